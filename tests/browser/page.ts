/**
 * What run.ts has a browser do, on a page's own thread or in a worker: train, go through a file and generate on each device,
 * and `verify` where the address says so. The report goes to the server that the page came from.
 *
 * @module
 */
import type { Device } from "../../mod.ts";
import { printTable } from "../../src/cli/verify.ts";
import { openWasm } from "../../src/device/wasm.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { allChecks, openTargets, runChecks } from "../../src/verify/verify.ts";
import { type Trained, trainOn } from "../everywhere/app.ts";

/** What a page sends. */
export interface Report {
  /** By device. */
  readonly trained: Readonly<Record<string, Trained>>;
  /** The lines of `verify`. */
  readonly lines: readonly string[];
  /** What was thrown. */
  readonly error?: string;
}

/** How devices are opened here: with bits that no machine changes; with the kernels that `verify` does not take. */
export const OPEN: Readonly<Record<string, () => Promise<Device>>> = {
  wasm: () => openWasm({ threads: 2, deterministic: true }),
  webgpu: () => openWebgpu({ largestLoop: 0 }),
};

async function report(asked: URLSearchParams): Promise<Report> {
  const trained: Record<string, Trained> = {};
  const lines: string[] = [];
  for (const [name, open] of Object.entries(OPEN).filter(([name]) => asked.has(name))) {
    using device = await open();
    trained[name] = await trainOn(device);
  }
  if (!asked.has("verify")) return { trained, lines };
  const targets = await openTargets(undefined);
  const print = (line: string): unknown => lines.push(line);
  const code = await printTable(targets, runChecks(targets, await allChecks()), { log: print, error: print });
  if (code !== 0) throw new Error(lines.join("\n"));
  return { trained, lines };
}

if (!("Deno" in globalThis)) {
  const body = await report(new URLSearchParams(location.search)).catch((error) => ({ error: `${error}` }));
  await fetch("/report", { method: "POST", body: JSON.stringify(body) });
}
