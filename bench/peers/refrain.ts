/**
 * The training step that the peers are timed with, in refrain: takes the flags of pytorch.py and prints the same line.
 *
 *     deno run -A bench/peers/refrain.ts --cell lstm --threads 2 --steps 100
 *
 * As there, the loss is read back at every step, and random ids are trained on, the state carried from step to step.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { type DeviceName, openDevice } from "../../src/device/open_device.ts";
import { train } from "../../src/train.ts";
import { median } from "../harness.ts";
import { corpusOf, modelOf, type TrainingWorkload } from "../workloads.ts";

const NUMBERS = {
  ...{ "hidden-size": 256, "num-layers": 1, "vocabulary-size": 1027, "batch-size": 32, "num-steps": 35 },
  ...{ threads: 2, steps: 100, warmup: 10 },
};
const flags = parseArgs(Deno.args, {
  string: ["cell", "device", ...Object.keys(NUMBERS)],
  default: { cell: "rnn", device: "wasm", ...NUMBERS },
});
const number = (name: keyof typeof NUMBERS): number => Number(flags[name]);

const workload: TrainingWorkload = {
  cell: flags.cell as TrainingWorkload["cell"],
  hiddenSize: number("hidden-size"),
  numLayers: number("num-layers"),
  vocabularySize: number("vocabulary-size"),
  batchSize: number("batch-size"),
  numSteps: number("num-steps"),
};
const { batchSize, numSteps } = workload, threads = number("threads"), warmup = number("warmup");
using device = await openDevice(flags.device as DeviceName, { threads });
using model = modelOf(device, workload);

const settings = {
  epochs: warmup + number("steps"),
  batchSize,
  numSteps,
  learningRate: 1e-3,
  clipGradNorm: 1e-2,
};
const seconds: number[] = [];
let start = performance.now(), firstLoss: number | undefined;
for await (const { loss } of train(model, corpusOf(workload, 1), { ...settings, carryState: true })) {
  firstLoss ??= loss;
  seconds.push((performance.now() - start) / 1000);
  start = performance.now();
}
if (Math.abs(firstLoss! - Math.log(workload.vocabularySize)) > 0.05) {
  throw new Error(`Cannot time steps whose first loss is not that of random weights: it is ${firstLoss}`);
}
const timed = seconds.slice(warmup), middle = median(timed);
console.log(JSON.stringify({
  ...{ peer: "refrain", variant: device.name, ...workload, threads, steps: timed.length },
  ...{ medianMs: middle * 1e3, minMs: Math.min(...timed) * 1e3 },
  ...{ tokensPerSecond: Math.round(batchSize * numSteps / middle), description: device.info.description },
}));
