/**
 * A training that takes steps when it is told to, for bench/ranks.ts: one process, or a rank of several. It sleeps while
 * others are timed, so that nothing but what is measured has the cores.
 *
 * It joins the socket of `--socket`, says a line `{"name": …, "rank": …}` once its first step is taken, and answers each
 * line `{"steps": n}` with the seconds of so many steps, and of what lies in their sums; `{"sums": n}` with those of so many
 * sums of the gradients' length alone.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Device } from "../../src/device/device.ts";
import { openDevice } from "../../src/device/open_device.ts";
import { openMpi } from "../../src/mpi.ts";
import type { RNNModel } from "../../src/model.ts";
import type { Ranks } from "../../src/train/ranks.ts";
import { Training } from "../../src/train/training.ts";
import { linesOf } from "../peers/protocol.ts";
import { corpusOf, modelOf, TRAINING } from "../workloads.ts";

/** What a worker is told. */
export interface Wish {
  /** Steps to take. */
  readonly steps?: number;
  /** Sums to make of what is as long as the gradients. */
  readonly sums?: number;
}

/** What it answers. */
export interface Answer {
  /** Seconds of each step, or of each sum. */
  readonly seconds: number;
  /** Of them those within sums of gradients, the wait for others among them. */
  readonly summing: number;
}

/** What it says first. */
export interface Hello {
  readonly name: string;
  readonly rank: number;
  /** Words of the gradients. */
  readonly words: number;
}

/** Steps of an epoch: the text is no part of what is measured. */
const STEPS = 8;

/** Ranks whose sums of gradients are timed. */
class TimedRanks implements Ranks {
  readonly rank: number;
  readonly size: number;
  readonly #ranks: Ranks;
  /** Milliseconds. */
  summing = 0;

  constructor(ranks: Ranks) {
    this.#ranks = ranks;
    this.rank = ranks.rank;
    this.size = ranks.size;
  }

  sum(values: Float32Array | Float64Array): void | Promise<void> {
    const start = performance.now();
    const summing = this.#ranks.sum(values);
    if (values instanceof Float32Array) this.summing += performance.now() - start;
    return summing;
  }
}

/** Milliseconds of a sum as long as the gradients, of ranks that come to it at once. */
async function timeSum(device: Device, model: RNNModel, ranks: Ranks): Promise<number> {
  using gradients = device.alloc(model.parameterCount());
  let took = 0;
  await device.alter(gradients, async (words) => {
    await ranks.sum(new Float64Array(1));
    const start = performance.now();
    await ranks.sum(words);
    took = performance.now() - start;
  });
  return took;
}

const flags = parseArgs(Deno.args, {
  string: ["name", "socket", "workload", "batch", "threads", "library"],
  boolean: ["mpi"],
}) as unknown as Record<"name" | "socket" | "workload" | "batch" | "threads", string> & {
  mpi: boolean;
  library?: string;
};
const { library } = flags;
const ranks = flags.mpi ? new TimedRanks(openMpi(library ? { library } : {})) : undefined;
using device = await openDevice("wasm", { threads: Number(flags.threads) });
const workload = { ...TRAINING[flags.workload]!, batchSize: Number(flags.batch) };
using model = modelOf(device, workload);
const { batchSize, numSteps } = workload;
const connection = await Deno.connect({ transport: "unix", path: flags.socket });
const lines = linesOf(connection.readable)[Symbol.asyncIterator]();
const writer = connection.writable.getWriter();
const say = (line: Hello | Answer): Promise<void> =>
  writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
/** Steps that may be taken. */
let left = 1;
let asked = 0;
let start = 0;

/** Behind each step: the next one, or what is told next. */
async function onStep(): Promise<void> {
  if (--left > 0) return;
  await device.read(training.step.loss.losses);
  if (asked > 0) {
    const seconds = (performance.now() - start) / 1000 / asked;
    await say({ seconds, summing: (ranks?.summing ?? 0) / 1000 / asked });
  } else await say({ name: flags.name, rank: ranks?.rank ?? 0, words: model.parameterCount() });
  while (left === 0) await obey();
}

async function obey(): Promise<void> {
  const { value, done } = await lines.next();
  if (done) Deno.exit();
  const { steps = 0, sums = 0 }: Wish = JSON.parse(value);
  if (sums > 0) {
    let took = 0;
    for (let sum = 0; sum < sums; sum++) took += await timeSum(device, model, ranks!);
    const seconds = took / 1000 / sums;
    return await say({ seconds, summing: seconds });
  }
  left = steps;
  asked = steps;
  if (ranks) ranks.summing = 0;
  start = performance.now();
}

const options = { epochs: 1e9, learningRate: 1e-3, clipGradNorm: 1e-2, carryState: true, logEvery: 1e9 };
using training = new Training(model, corpusOf(workload, STEPS), {
  ...options,
  batchSize,
  numSteps,
  onStep,
  ...(ranks ? { ranks } : {}),
});
for await (const _ of training.run());
