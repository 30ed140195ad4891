/**
 * A series cut into windows: steps that a model reads, and those behind them that it learns to tell.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { thousands } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { Random } from "../random.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { SHUFFLE_STREAMS } from "./batches.ts";

/** The sizes of a window. */
export interface WindowSizes {
  /** T: steps that are read. */
  numSteps: number;
  /** H: steps behind them, the targets. */
  horizon: number;
}

/** Options of {@linkcode windows}. */
export interface WindowOptions extends WindowSizes {
  /** C: numbers of a step. */
  columns: number;
  /**
   * B: windows of a batch; those that fill none sit out the epoch.
   *
   * @default {all of them, in their order}
   */
  batchSize?: number;
  /**
   * The seed of the order.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * The epoch, 0 to 2^31 - 1: each has an order of its own.
   *
   * @default {0}
   */
  epoch?: number;
  /**
   * Whether a window, its targets too, has the differences from its last step: so a model goes on from there wherever a
   * series has risen to.
   *
   * @default {false}
   */
  relative?: boolean;
}

/** A batch of windows. */
export interface WindowBatch {
  /** (T, B, C) What is read. */
  readonly x: { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] };
  /** (B, H·C) The steps behind it, side by side. */
  readonly y: { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] };
}

/**
 * Counts windows.
 *
 * @param rows N: steps of a series.
 * @param sizes The sizes of a window.
 * @returns How many there are; 0 where the series is too short for one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(windowCount(10, { numSteps: 4, horizon: 2 }), 5);
 * ```
 */
export function windowCount(rows: number, { numSteps, horizon }: WindowSizes): number {
  return Math.max(0, rows - numSteps - horizon + 1);
}

/**
 * Cuts a series into all of its windows, shuffled batches of them, for fit(): each begins a step behind another.
 *
 * @param values (N, C) The series, standardized.
 * @param options The sizes of a window and of a batch, the seed and the epoch.
 * @returns The batches of an epoch. The same seed and epoch give the same ones.
 * @throws {TypeError} If values are no numbers, or an option is unknown.
 * @throws {RangeError} If an option is out of range, the values are no whole steps, or too few for a window or a batch.
 *
 * @example Usage
 * ```ts
 * import { windows } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const [all] = windows([1, 2, 4, 8, 16], { columns: 1, numSteps: 2, horizon: 1 });
 * assertEquals(all!.x, { data: Float32Array.of(1, 2, 4, 2, 4, 8), shape: [2, 3, 1] }); // (T, B, C)
 * assertEquals(all!.y, { data: Float32Array.of(4, 8, 16), shape: [3, 1] });
 * const [relative] = windows([1, 2, 4], { columns: 1, numSteps: 2, horizon: 1, relative: true });
 * assertEquals([...relative!.x.data, ...relative!.y.data], [-1, 0, 2]);
 * ```
 */
export function windows(
  values: ArrayLike<number>,
  options: WindowOptions,
): Generator<WindowBatch, void, unknown> {
  const { columns, numSteps, horizon, batchSize, seed = 0, epoch = 0, relative = false } = options;
  const action = "cut windows";
  refuseUnknown(action, options, { columns, numSteps, horizon, batchSize, seed, epoch, relative });
  for (const [name, value] of Object.entries({ columns, numSteps, horizon })) {
    assertIn(RANGES.count, value, { action, name });
  }
  if (batchSize !== undefined) assertIn(RANGES.count, batchSize, { action, name: "batchSize" });
  assertIn(RANGES.seed, seed, { action, name: "seed" });
  assertIn({ ...RANGES.amount, to: SHUFFLE_STREAMS - 1 }, epoch, { action, name: "epoch" });
  if (typeof values !== "object" || typeof values?.length !== "number") {
    throw new TypeError(
      `Cannot cut windows as values must be an array of numbers: current value is ${quote(values)}`,
    );
  }
  const rows = values.length / columns;
  if (!Number.isInteger(rows)) {
    throw new RangeError(`Cannot cut windows as ${values.length} numbers are no steps of ${columns} columns`);
  }
  const count = windowCount(rows, { numSteps, horizon });
  checkWindows(rows, { numSteps, horizon });
  if (batchSize !== undefined && batchSize > count) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot cut a batch of ${option("batchSize", batchSize)} as there are ${thousands(count)} windows`,
    );
  }
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  if (batchSize !== undefined) new Random(seed, SHUFFLE_STREAMS + epoch).shuffle(order);
  return cut(values, order, { columns, numSteps, horizon, batchSize: batchSize ?? count, relative });
}

/**
 * Takes some windows of a batch.
 *
 * @param batch The batch.
 * @param rows The first window, and the one behind the last.
 * @returns A batch of them.
 *
 * @example Usage
 * ```ts
 * import { windows } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const [all] = windows([1, 2, 4, 8, 16], { columns: 1, numSteps: 2, horizon: 1 });
 * const { x, y } = takeRows(all!, [1, 3]);
 * assertEquals(x, { data: Float32Array.of(2, 4, 4, 8), shape: [2, 2, 1] }); // (T, B, C)
 * assertEquals(y, { data: Float32Array.of(8, 16), shape: [2, 1] });
 * ```
 */
export function takeRows({ x, y }: WindowBatch, [begin, end]: readonly [number, number]): WindowBatch {
  const [T, B, C] = x.shape as [number, number, number];
  const width = y.shape[1]!;
  const rows = end - begin;
  const data = new Float32Array(T * rows * C);
  for (let t = 0; t < T; t++) {
    data.set(x.data.subarray((t * B + begin) * C, (t * B + end) * C), t * rows * C);
  }
  const targets = y.data.slice(begin * width, end * width);
  return { x: { data, shape: [T, rows, C] }, y: { data: targets, shape: [rows, width] } };
}

/**
 * Checks that a series has a window.
 *
 * @param rows N: its steps.
 * @param sizes The sizes of a window.
 * @param what What is too short, for the sentence.
 * @throws {RangeError} If it is too short.
 */
export function checkWindows(
  rows: number,
  { numSteps, horizon }: WindowSizes,
  what: string = "the series",
): void {
  if (windowCount(rows, { numSteps, horizon }) > 0) return;
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot cut a window of ${option("numSteps", numSteps)} and ${
        option("horizon", horizon)
      } as they take ` +
      `${thousands(numSteps + horizon)} rows: ${what} has ${thousands(rows)}`,
  );
}

function* cut(
  values: ArrayLike<number>,
  order: Uint32Array,
  { columns: C, numSteps: T, horizon: H, batchSize: B, relative }: Required<
    Omit<WindowOptions, "seed" | "epoch">
  >,
): Generator<WindowBatch, void, unknown> {
  for (let first = 0; first + B <= order.length; first += B) {
    const x = new Float32Array(T * B * C);
    const y = new Float32Array(B * H * C);
    for (let b = 0; b < B; b++) {
      const start = order[first + b]! * C;
      const last = start + (T - 1) * C;
      for (let i = 0; i < (T + H) * C; i++) {
        const value = values[start + i]! - (relative ? values[last + i % C]! : 0);
        const t = Math.floor(i / C);
        if (t < T) x[(t * B + b) * C + i % C] = value;
        else y[b * H * C + i - T * C] = value;
      }
    }
    yield { x: { data: x, shape: [T, B, C] }, y: { data: y, shape: [B, H * C] } };
  }
}
