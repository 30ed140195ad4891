/**
 * Where the time of a training step goes, by kernel. The step is that of a Training, so what is measured is what runs.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { Block, Device, Program } from "../device/device.ts";
import { CELL_GATES } from "../kernels.ts";
import { matmul } from "../tensors/matmul.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import type { TrainOptions } from "../train.ts";
import { Training } from "../train/training.ts";
import { turn } from "../turn.ts";
import { checkProfileRoom } from "./demand.ts";
import { describe, workOf } from "./kernel_work.ts";

/** A kernel at one shape. */
export interface Row {
  kernel: string;
  /** In words. */
  shape: string;
  /** In one step. */
  calls: number;
  /** Of all its calls in one step. */
  seconds: number;
  /** Of its products, in one step. */
  flop: number;
  /** That must be read or written in one step. */
  bytes: number;
  /** Of a recurrence's seconds, those that its products take as one gemm of the same operands. */
  products?: number;
}

/** A step of training, taken apart. All times are medians, in seconds. */
export interface Profile {
  /** The step as one program. */
  step: number;
  /** The longest first. */
  rows: Row[];
  /** Of all rows. */
  sum: number;
  /** Of gemm, and of the products of recurrences. */
  products: number;
}

/** What is timed: one run has a time a round. */
interface Timed {
  run(): void;
  /** How often a run does what is to be timed. */
  readonly times: number;
  readonly seconds: number[];
}

/** Commands of a GPU are too short to be timed alone; a software adapter's are not. */
const TIMES_ON_GPU = 16;
/** Seconds after which compilers and caches are warm. */
const WARM = 0.3;

/**
 * Times a training step as one program, and each of its kernels as a program of its own, in turns.
 *
 * @param model The model, which is trained a little.
 * @param corpus At least one batch.
 * @param options Those of train(), and how many times all is timed.
 * @returns Times by kernel and shape.
 */
export async function profile(
  model: RNNModel,
  corpus: Corpus,
  { steps, ...options }: Omit<TrainOptions, "epochs"> & { steps: number },
): Promise<Profile> {
  const { device } = model;
  const { batchSize = 32, numSteps = 35 } = options;
  checkProfileRoom(device, configOf(model), { batchSize, numSteps, made: true });
  options.signal?.throwIfAborted();
  const training = new Training(model, corpus, { ...options, epochs: 1 });
  const owned: Disposable[] = [training];
  const own = <D extends Disposable>(made: D): D => {
    owned.push(made);
    return made;
  };
  try {
    const { step } = training;
    const [program] = step.programs as [Program];
    await turn(options);
    for (const batch of training.batches(1)) {
      step.run(batch);
      break; // the program runs on this batch from now on
    }
    const whole = timed(program);
    const times = device.name === "wasm" || device.software ? 1 : TIMES_ON_GPU;
    const parts = program.parts(times).map((part) => ({
      part: own(part),
      ...timed(part, times),
      product: part.kernel.startsWith("recurrent") ? timed(own(productOf(device, part))) : undefined,
    }));
    await turn(options);
    const all: Timed[] = [whole, ...parts, ...parts.flatMap(({ product }) => product ?? [])];
    const word = own(device.alloc(1));
    await time(all, {
      ended: () => device.read(word), // a GPU's work is over only then
      rounds: steps,
      signal: options.signal,
    });
    const rows = new Map<string, Row>();
    for (const { part, seconds, times, product } of parts) {
      const shape = describe(part);
      const key = `${part.kernel} ${shape}`;
      const { flop, bytes } = workOf(part);
      const row = rows.get(key) ?? { kernel: part.kernel, shape, calls: 0, seconds: 0, flop: 0, bytes: 0 };
      row.calls++;
      row.seconds += median(seconds) / times;
      row.flop += flop;
      row.bytes += bytes;
      if (product) row.products = (row.products ?? 0) + median(product.seconds);
      rows.set(key, row);
    }
    return summary(median(whole.seconds), [...rows.values()]);
  } finally {
    for (const made of owned.reverse()) made[Symbol.dispose]();
  }
}

function summary(step: number, rows: Row[]): Profile {
  rows.sort((a, b) => b.seconds - a.seconds);
  const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
  const products = rows.map((row) => row.kernel === "gemm" ? row.seconds : row.products ?? 0);
  return { step, rows, sum: total(rows.map(({ seconds }) => seconds)), products: total(products) };
}

/** The products of all steps of a recurrence as one gemm: those of a forward pass, or those taken backwards. */
function productOf(device: Device, { kernel, params }: ReturnType<Program["parts"]>[number]): Program {
  const { steps, batch, hidden, projection, cell } = params as Record<string, number>;
  const backward = kernel === "recurrent_backward";
  const gates = CELL_GATES[cell!]! * hidden!;
  const outputs = projection || hidden!;
  const M = steps! * batch!;
  const [N, K] = backward ? [outputs, gates] : [gates, outputs];
  const block = (length: number): Block => {
    const made = device.alloc(length);
    device.write(made, Float32Array.from({ length }, (_, i) => Math.sin(i)));
    return made;
  };
  return device.record(() => { // the blocks are the program's
    const buffers = { a: block(M * K), b: block(N * K), c: block(M * N) };
    matmul(device, buffers, { M, N, K, transposeB: backward ? 0 : 1 });
  });
}

function timed(program: { run(): void }, times: number = 1): Timed {
  return { run: () => program.run(), times, seconds: [] };
}

/** Times all, one after the other, `rounds` times after the compilers have done their work. */
async function time(
  all: readonly Timed[],
  { ended, rounds, signal }: {
    ended: () => Promise<unknown>;
    rounds: number;
    signal: AbortSignal | undefined;
  },
): Promise<void> {
  const secondsOf = async (run: () => void): Promise<number> => {
    const start = performance.now();
    run();
    await ended();
    const seconds = (performance.now() - start) / 1000;
    signal?.throwIfAborted();
    return seconds;
  };
  const start = performance.now();
  do {
    for (const { run } of all) await secondsOf(run);
  } while (performance.now() - start < WARM * 1000);
  for (let round = 0; round < rounds; round++) {
    const waits = [];
    for (let i = 0; i < 5; i++) waits.push(await secondsOf(() => {}));
    const wait = median(waits);
    for (const { run, seconds } of all) seconds.push(Math.max(0, await secondsOf(run) - wait));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
