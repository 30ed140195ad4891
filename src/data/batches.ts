/**
 * Cutting a corpus into batches, the two ways of the tutorial: consecutive sampling, where a row goes on in the next
 * batch where it ended in this one, so that the state can be carried over; and random sampling, where it does not.
 *
 * @module
 */

import { ID_ARRAYS, type Ids, isIds } from "../ids.ts";
import { errorNaming, type Naming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { counted, thousands } from "../messages/printable.ts";
import { Random } from "../random.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { typeName } from "../messages/type_name.ts";
import type { TokenKind } from "./tokens.ts";
import { quote } from "../messages/quote.ts";

/** One step's data. */
export interface Batch {
  /** The characters read, (B, T), row-major. */
  readonly inputs: Uint32Array;
  /** The characters to predict, each the one after its input, (B, T), row-major. */
  readonly targets: Uint32Array;
}

/** The size of a batch. */
export interface BatchOptions {
  /** Rows of a batch: B. */
  readonly batchSize: number;
  /** Time steps, characters of a row: T. */
  readonly numSteps: number;
}

/** The options of {@linkcode randomBatches}. */
export interface RandomBatchOptions extends BatchOptions {
  /**
   * The seed of the order.
   *
   * @default {0}
   */
  readonly seed?: number;
  /**
   * The epoch, 0 to 2^31 - 1: each has an order of its own.
   *
   * @default {0}
   */
  readonly epoch?: number;
}

/** The options of {@linkcode stepsPerEpoch} and {@linkcode checkFits}. */
export interface SamplingOptions extends BatchOptions {
  /**
   * Batches that make a step.
   *
   * @default {1}
   */
  readonly accumulateSteps?: number;
  /**
   * The way of sampling.
   *
   * @default {"consecutive"}
   */
  readonly sampling?: "consecutive" | "random";
  /**
   * What the corpus is counted in, for the sentence.
   *
   * @default {"character"}
   */
  readonly kind?: TokenKind;
}

/**
 * An epoch's shuffling, or its resets where nothing is shuffled, takes a stream of the upper half of a seed's, so that it
 * shares no numbers with initial weights.
 */
export const SHUFFLE_STREAMS = 2 ** 31;

/**
 * Cuts a corpus by consecutive sampling. The first B * ⌊N/B⌋ characters are laid out in B rows; step k takes columns
 * k * T to (k + 1) * T of it, the targets are one column further. (`data_iter_consecutive` of "Dive into Deep
 * Learning", first edition, 6.3.)
 *
 * @param ids The corpus, (N).
 * @param options The batch's size.
 * @returns ⌊(⌊N/B⌋ - 1) / T⌋ batches, in the text's order.
 * @throws {TypeError} If the corpus is another array, or an option is unknown.
 * @throws {RangeError} If the size is not a positive integer, or the corpus is too small for one batch.
 *
 * @example Usage
 * ```ts
 * import { consecutiveBatches } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = Uint32Array.from({ length: 30 }, (_, i) => i);
 * const [first, second] = consecutiveBatches(ids, { batchSize: 2, numSteps: 6 });
 * assertEquals([...first!.inputs], [0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 20]);
 * assertEquals([...first!.targets], [1, 2, 3, 4, 5, 6, 16, 17, 18, 19, 20, 21]);
 * assertEquals([...second!.inputs], [6, 7, 8, 9, 10, 11, 21, 22, 23, 24, 25, 26]);
 * ```
 */
export function consecutiveBatches(ids: Ids, options: BatchOptions): Generator<Batch, void, unknown> {
  const { batchSize, numSteps } = options;
  refuseUnknown("cut batches", options, { batchSize, numSteps });
  requireIds(ids);
  checkFits(ids.length, { batchSize, numSteps, sampling: "consecutive" });
  const steps = stepsPerEpoch(ids.length, { batchSize, numSteps, sampling: "consecutive" });
  const rowLength = Math.floor(ids.length / batchSize);
  return cut(ids, { batchSize, numSteps }, steps, (step, row) => row * rowLength + step * numSteps);
}

/**
 * Cuts a corpus by random sampling: the ⌊(N - 1) / T⌋ pieces of T characters that begin at multiples of T, shuffled,
 * B of them a batch. (`data_iter_random` of "Dive into Deep Learning", first edition, 6.3.)
 *
 * @param ids The corpus, (N).
 * @param options The batch's size, the seed and the epoch.
 * @returns ⌊⌊(N - 1) / T⌋ / B⌋ batches; the same seed and epoch give the same ones.
 * @throws {TypeError} If the corpus is another array, or an option is unknown.
 * @throws {RangeError} If an option is out of range, or the corpus is too small for one batch.
 *
 * @example Usage
 * ```ts
 * import { randomBatches } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = Uint32Array.from({ length: 30 }, (_, i) => i);
 * const [batch] = randomBatches(ids, { batchSize: 2, numSteps: 6, seed: 0, epoch: 0 });
 * assertEquals(batch!.inputs[0]! % 6, 0);
 * assertEquals(batch!.targets, batch!.inputs.map((id) => id + 1));
 * ```
 */
export function randomBatches(
  ids: Ids,
  options: RandomBatchOptions,
): Generator<Batch, void, unknown> {
  const { batchSize, numSteps, seed = 0, epoch = 0 } = options;
  refuseUnknown("cut batches", options, { batchSize, numSteps, seed, epoch });
  requireIds(ids);
  checkFits(ids.length, { batchSize, numSteps, sampling: "random" });
  if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch >= SHUFFLE_STREAMS) {
    throw new RangeError(
      `Cannot shuffle the batches as the epoch must be an integer from 0 to 2^31 - 1: current value is ${epoch}`,
    );
  }
  const steps = stepsPerEpoch(ids.length, { batchSize, numSteps, sampling: "random" });
  const examples = new Uint32Array(Math.floor((ids.length - 1) / numSteps)).map((_, i) => i);
  new Random(seed, SHUFFLE_STREAMS + epoch).shuffle(examples);
  return cut(
    ids,
    { batchSize, numSteps },
    steps,
    (step, row) => examples[step * batchSize + row]! * numSteps,
  );
}

/**
 * Counts the steps of an epoch.
 *
 * @param size The corpus' size in tokens: N.
 * @param options The batch's size and the way of sampling.
 * @returns How many there are; 0 when the corpus is too small for one.
 * @throws {RangeError} If the batch's size is not a positive integer.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(stepsPerEpoch(10_000, { batchSize: 32, numSteps: 35 }), 8);
 * ```
 */
export function stepsPerEpoch(size: number, options: SamplingOptions): number {
  const { batchSize, numSteps, accumulateSteps = 1, sampling = "consecutive" } = options;
  assertIn(RANGES.count, batchSize, { action: "cut batches", name: "batchSize" });
  assertIn(RANGES.count, numSteps, { action: "cut batches", name: "numSteps" });
  assertIn(RANGES.count, accumulateSteps, { action: "cut batches", name: "accumulateSteps" });
  const rows = batchSize * accumulateSteps;
  if (sampling !== "consecutive" && sampling !== "random") {
    throw new RangeError(
      `Cannot cut batches as sampling must be "consecutive" or "random": ` +
        `current value is ${quote(sampling)}`,
    );
  }
  const steps = sampling === "consecutive"
    ? Math.floor((Math.floor(size / rows) - 1) / numSteps)
    : Math.floor(Math.floor((size - 1) / numSteps) / rows);
  return Math.max(steps, 0);
}

/**
 * Checks that a corpus gives at least one batch, and says what would fit when it does not.
 *
 * @param size The corpus' size in tokens: N.
 * @param options The batch's size and the way of sampling.
 * @throws {RangeError} If the corpus is too small, or the batch's size is not a positive integer.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkFits(120, { batchSize: 32, numSteps: 35 }), RangeError, "at least 1,152 characters");
 * ```
 */
export function checkFits(size: number, options: SamplingOptions): void {
  if (stepsPerEpoch(size, options) > 0) return;
  const { batchSize, numSteps, accumulateSteps = 1, sampling = "consecutive", kind = "character" } = options;
  const consecutive = sampling === "consecutive";
  const all = batchSize * accumulateSteps;
  const needed = consecutive ? all * (numSteps + 1) : all * numSteps + 1;
  const rows = accumulateSteps > 1
    ? `${thousands(accumulateSteps)} times ${counted(batchSize, "row")}`
    : counted(batchSize, "row");
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot cut ${counted(size, kind)} into batches of ${rows} of ` +
      `${counted(numSteps, "step")} as at least ${thousands(needed)} ${kind}s are needed: ` +
      adviceFor(size, { batchSize, numSteps, accumulateSteps, sampling }, option),
  );
}

/** Which sizes of a batch would fit a corpus that is too small for the given one. */
function adviceFor(
  size: number,
  { batchSize, numSteps, accumulateSteps, sampling }: Required<Omit<SamplingOptions, "kind">>,
  option: Naming,
): string {
  const consecutive = sampling === "consecutive";
  const all = batchSize * accumulateSteps;
  const rows = Math.floor((consecutive ? size / (numSteps + 1) : (size - 1) / numSteps) / accumulateSteps);
  const steps = Math.floor(consecutive ? size / all - 1 : (size - 1) / all);
  const fits: string[] = [];
  if (rows > 0) fits.push(`${option("batchSize", rows)} with ${option("numSteps", numSteps)}`);
  if (steps > 0) fits.push(`${option("numSteps", steps)} with ${option("batchSize", batchSize)}`);
  if (fits.length === 2) return `${fits.join(", or ")}, would fit`;
  if (fits.length === 1) return `${fits[0]} would fit`;
  if (accumulateSteps > 1) return `a smaller ${option("accumulateSteps")} may fit`;
  if (size > 1) return `${option("batchSize", 1)} with ${option("numSteps", size - 1)} would fit`;
  return `not even ${option("batchSize", 1)} with ${option("numSteps", 1)} would fit`;
}

/** Copies the batches out; `start(step, row)` says where a row begins in `ids`. */
function* cut(
  ids: Ids,
  { batchSize, numSteps }: BatchOptions,
  steps: number,
  start: (step: number, row: number) => number,
): Generator<Batch, void, unknown> {
  for (let step = 0; step < steps; step++) {
    const inputs = new Uint32Array(batchSize * numSteps);
    const targets = new Uint32Array(batchSize * numSteps);
    for (let row = 0; row < batchSize; row++) {
      const from = start(step, row);
      inputs.set(ids.subarray(from, from + numSteps), row * numSteps);
      targets.set(ids.subarray(from + 1, from + 1 + numSteps), row * numSteps);
    }
    yield { inputs, targets };
  }
}

function requireIds(ids: Ids): void {
  if (isIds(ids)) return;
  throw new TypeError(`Cannot cut batches as ids must be ${ID_ARRAYS}: current type is ${typeName(ids)}`);
}
