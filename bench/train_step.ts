/**
 * One step of training, whole: forward, backward, clipping, update, and the loss read back once a round.
 *
 *     deno run -A bench/train_step.ts [--filter H1-lstm] [--rounds 11] [--json FILE]
 *     deno bench -A bench/train_step.ts
 *
 * Before it is timed, the first loss is held to ln V, and three steps on one batch must lower it.
 *
 * @module
 */
import { assert, assertAlmostEquals } from "@std/assert";
import type { Device } from "../src/device/device.ts";
import { workOf } from "../src/profile/kernel_work.ts";
import { train, type TrainReport } from "../src/train.ts";
import { bench, type Benchmark, openDevices, type Running } from "./harness.ts";
import { notesOfTraining } from "./noted_kernels.ts";
import { corpusOf, modelOf, trainingOn, type TrainingWorkload } from "./workloads.ts";

const SETTINGS = { epochs: 1e9, learningRate: 1e-3, clipGradNorm: 1e-2, carryState: true };

/** A training that goes on for ever, one report a round. */
class RunningSteps implements Running {
  readonly #steps: number;
  readonly #resources: DisposableStack = new DisposableStack();
  readonly #reports: AsyncGenerator<TrainReport, void, void>;

  constructor(device: Device, workload: TrainingWorkload, steps: number) {
    const { batchSize, numSteps } = workload;
    const model = this.#resources.use(modelOf(device, workload));
    this.#steps = steps;
    this.#reports = train(model, corpusOf(workload, steps), { ...SETTINGS, batchSize, numSteps });
  }

  /** The next report. */
  async report(): Promise<TrainReport> {
    return (await this.#reports.next()).value!;
  }

  async round(): Promise<number> {
    const start = performance.now();
    await this.report();
    return (performance.now() - start) / 1000 / this.#steps;
  }

  [Symbol.dispose](): void {
    this.#reports.return();
    this.#resources.dispose();
  }
}

async function check(device: Device, workload: TrainingWorkload): Promise<void> {
  using steps = new RunningSteps(device, workload, 1);
  const { loss } = await steps.report();
  assertAlmostEquals(loss, Math.log(workload.vocabularySize), 0.05);
  let last = loss;
  for (let step = 0; step < 3; step++) last = (await steps.report()).loss;
  assert(last < loss, `Three steps on one batch led from a loss of ${loss} to ${last}`);
}

/** A round has work for about this many seconds on a slow machine, but one step at the least. */
function stepsOfRound(device: Device, gflop: number): number {
  const perRound = device.name === "wasm" || device.software ? 10 : 1000;
  return Math.max(1, Math.round(perRound / gflop));
}

async function benchmarkOf(device: Device, name: string, workload: TrainingWorkload): Promise<Benchmark> {
  const notes = await notesOfTraining(device, workload);
  kernels.push(`${name} on ${device.name} ${notes.length}`);
  const gflop = notes.reduce((sum, note) => sum + workOf(note).flop, 0) / 1e9;
  return {
    group: "training step",
    name,
    device: device.name,
    amounts: { "tokens/s": workload.batchSize * workload.numSteps, "GFLOP/s": gflop },
    async start(): Promise<Running> {
      await check(device, workload);
      const steps = new RunningSteps(device, workload, stepsOfRound(device, gflop));
      for (let round = 0; round < 2; round++) await steps.round();
      return steps;
    },
  };
}

const devices = await openDevices();
const benchmarks: Benchmark[] = [];
const kernels: string[] = [];
for (const device of devices) {
  for (const [name, workload] of Object.entries(trainingOn(device))) {
    benchmarks.push(await benchmarkOf(device, name, workload));
  }
}
const after = (): string => `Kernels a step: ${kernels.join(", ")}`;
await bench(benchmarks, { title: "Training steps", main: import.meta.main, after });
