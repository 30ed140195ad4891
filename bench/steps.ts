/**
 * A recurrence in one dispatch against a dispatch a time step, by cell and hidden size: where LARGEST_LOOP of
 * src/device/webgpu/steps.ts should lie on this machine's GPU.
 *
 *     deno run -A bench/steps.ts [--rounds 5] [--batch 32] [--steps 35] [--sizes 128,256,512]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Device, Program } from "../src/device/device.ts";
import { openWebgpu } from "../src/device/webgpu.ts";
import {
  type Buffers,
  CELL_GATES,
  CELLS,
  kernelEntry,
  type KernelName,
  type Params,
} from "../src/kernels.ts";
import { upload } from "../src/verify/cases/arrays.ts";
import { type Case, encode } from "../src/verify/cases/check_kernel.ts";
import { recurrentBackwardCase, recurrentForwardCase } from "../src/verify/cases/recurrent.ts";
import { formatSeconds, median, table } from "./harness.ts";

const flags = parseArgs(Deno.args, {
  string: ["rounds", "batch", "steps", "sizes"],
  default: { rounds: "5", batch: "32", steps: "35", sizes: "128,192,256,384,512" },
});
/** Runs between two reads: what a read costs is little beside them. */
const RUNS = 8;

/** Seconds of a run of the kernel, each time it is called. */
function timer(device: Device, { kernel, buffers, params }: Case<KernelName>): () => Promise<number> {
  const blocks = Object.keys(kernelEntry(kernel).buffers).map((name) => {
    return [name, upload(device, encode(name, (buffers as Record<string, Float64Array>)[name]!))] as const;
  });
  const last = blocks.at(-1)![1].view(0, 1);
  const program: Program = device.record(() =>
    device.run(kernel, Object.fromEntries(blocks) as Buffers<KernelName, never>, params as Params<KernelName>)
  );
  return async () => {
    await device.read(last);
    const start = performance.now();
    for (let i = 0; i < RUNS; i++) program.run();
    await device.read(last);
    return (performance.now() - start) / 1000 / RUNS;
  };
}

using whole = await openWebgpu({ lanes: 0, deep: true, largestLoop: Infinity });
using single = await openWebgpu({ lanes: 0, deep: true, largestLoop: 0 });
const batch = Number(flags.batch);
const steps = Number(flags.steps);
const rows: string[][] = [];
for (const [index, cell] of CELLS.entries()) {
  if (cell === "relu") continue; // as tanh
  for (const hidden of String(flags.sizes).split(",").map(Number)) {
    const sizes = { cell, hidden, batch, steps };
    for (const one of [recurrentForwardCase(sizes), recurrentBackwardCase(sizes)] as Case<KernelName>[]) {
      const ways = [timer(whole, one), timer(single, one)];
      const times: number[][] = [[], []];
      for (const way of ways) await way(); // compiled, and warm
      for (let round = 0; round < Number(flags.rounds); round++) {
        for (const [i, way] of ways.entries()) times[i]!.push(await way());
      }
      const [loop, dispatches] = times.map(median) as [number, number];
      const kib = CELL_GATES[index]! * hidden * hidden * 4 / 1024;
      rows.push([
        one.kernel,
        cell,
        `${hidden}`,
        `${kib}`,
        formatSeconds(loop),
        formatSeconds(dispatches),
        (dispatches / loop).toFixed(2),
      ]);
    }
  }
}
console.log(`Recurrences on ${whole.info.description}: B ${batch}, T ${steps}, medians\n`);
console.log(table(["kernel", "cell", "H", "KiB of weight_hh", "one dispatch", "one a step", "ratio"], rows));
