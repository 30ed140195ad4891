/**
 * What run.ts has a browser do, on a page's own thread or in a worker: train, go through a file and generate on each device,
 * and `verify` where the address says so. The report goes to the server that the page came from.
 *
 * @module
 */
import { Corpus, decodeModel, type Device, encodeModel, generate, LSTM, RNNModel, train } from "../../mod.ts";
import { printTable } from "../../src/cli/verify.ts";
import { openWasm } from "../../src/device/wasm.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { allChecks, openTargets, runChecks } from "../../src/verify/verify.ts";

/** What one device did. */
export interface Trained {
  readonly description: string;
  /** The mean loss of each epoch. */
  readonly losses: readonly number[];
  /** What the model wrote. */
  readonly text: string;
}

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

/** Trains a small model, takes it through its file, and lets it write. */
export async function trainOn(device: Device): Promise<Trained> {
  const corpus = Corpus.fromText("火车开了 我们只是暂时分开 ".repeat(8)), V = corpus.vocabulary.size;
  const model = new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: 48, seed: 1 }), V);
  const options = { epochs: 20, batchSize: 4, numSteps: 5, learningRate: 1e-2, clipGradNorm: 1 };
  const losses: number[] = [];
  for await (const { loss } of train(model, corpus, options)) losses.push(loss);
  const { model: again, vocabulary } = decodeModel(await encodeModel(model, corpus.vocabulary), device);
  let text = "";
  for await (const one of generate(again, vocabulary, { prefix: "火车", length: 40, seed: 1 })) {
    text += one.text;
  }
  return { description: device.info.description, losses, text };
}

async function report(asked: URLSearchParams): Promise<Report> {
  const trained: Record<string, Trained> = {}, lines: string[] = [];
  for (const [name, open] of Object.entries(OPEN).filter(([name]) => asked.has(name))) {
    using device = await open();
    trained[name] = await trainOn(device);
  }
  if (!asked.has("verify")) return { trained, lines };
  const targets = await openTargets(undefined), print = (line: string): unknown => lines.push(line);
  const code = await printTable(targets, runChecks(targets, await allChecks()), { log: print, error: print });
  if (code !== 0) throw new Error(lines.join("\n"));
  return { trained, lines };
}

if (!("Deno" in globalThis)) {
  const body = await report(new URLSearchParams(location.search)).catch((error) => ({ error: `${error}` }));
  await fetch("/report", { method: "POST", body: JSON.stringify(body) });
}
