/**
 * Sequences of many lengths, cut into batches of a few: each batch has one of so many lengths, and what is shorter is padded.
 * Each length costs a recorded program and its memory, each padded step costs time.
 *
 * @module
 */
import { ID_ARRAYS, type Ids, isIds } from "../ids.ts";
import { refuseUnknown } from "../messages/options.ts";
import { thousands } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { Random } from "../random.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { SHUFFLE_STREAMS } from "./batches.ts";
import { chooseLengths } from "./choose_lengths.ts";
import { type BatchArray, dataOf, shapeOf } from "./shaped_array.ts";

/** What sequences have: arrays of their steps, a list of (T, …) each; or one array of all, (N, …). */
export type SequenceColumn = readonly BatchArray[] | BatchArray;

/** Sequences: columns by name. */
export type Sequences<S> = { readonly [name in keyof S]: SequenceColumn };

/** What a batch has of a column: numbers, or ids of 32 bits. */
export type ElementsOf<C> = C extends readonly (infer A)[] ? ElementsOf<A>
  : C extends Float32Array | { readonly data: Float32Array } ? Float32Array<ArrayBuffer>
  : Uint32Array<ArrayBuffer>;

/** A batch of sequences. */
export type PaddedBatch<S> =
  & { readonly [name in keyof S]: { readonly data: ElementsOf<S[name]>; readonly shape: readonly number[] } }
  & {
    /** (B) The steps of each row that count. */
    readonly lengths: Uint32Array<ArrayBuffer>;
  };

/** Options of {@linkcode paddedBatches}. */
export interface PaddedBatchOptions<S> {
  /** Rows of a batch: B. */
  batchSize: number;
  /**
   * How many lengths batches may have; they are chosen from all lengths, so that they are those of each epoch.
   *
   * @default {8}
   */
  numLengths?: number;
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
   * Whether numbers are (B, T, …) rather than (T, B, …); ids always are.
   *
   * @default {false}
   */
  batchFirst?: boolean;
  /**
   * Whether the sequences that fill no batch sit out the epoch; else they are one of fewer rows.
   *
   * @default {true}
   */
  dropLast?: boolean;
  /**
   * What steps beyond a row's length hold, by column: an id to be ignored.
   *
   * @default {0}
   */
  padding?: { readonly [name in keyof S]?: number };
}

/** A column that was read. */
interface Column {
  readonly name: string;
  readonly isSteps: boolean;
  readonly isNumbers: boolean;
  /** The elements of each sequence: of all its steps, or of itself. */
  readonly parts: readonly (Float32Array | Ids)[];
  /** The sizes of a step, or of a sequence. */
  readonly shape: readonly number[];
  readonly padding: number;
}

/**
 * Cuts sequences of many lengths into shuffled batches, each padded to one of a few lengths, which are chosen such that the
 * padding is least. A sequence lies in a batch of the next length, or of a longer one where its own has too few for a batch.
 *
 * @param sequences Columns by name. A list has an array a sequence, with a first size of its steps; any other array has an
 * entry a sequence, such as its class.
 * @param options The batch's size, how many lengths there are, the seed and the epoch.
 * @returns The batches of an epoch, for fit(): each column as ids (B, T, …), numbers (T, B, …), or (B, …) of one an entry,
 * and `lengths` (B). The same seed and epoch give the same ones.
 * @throws {TypeError} If columns are not of the same sequences, have other arrays, or an option is unknown.
 * @throws {RangeError} If an option is out of range, or there are too few sequences for a batch.
 *
 * @example Usage
 * ```ts
 * import { paddedBatches } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = [Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of(5, 6, 7, 8), Uint8Array.of(9, 10)];
 * const batches = [...paddedBatches({ ids, label: Uint8Array.of(0, 1, 0, 1) }, { batchSize: 2, numLengths: 2 })];
 * assertEquals(batches.map(({ ids }) => ids.shape).sort(), [[2, 2], [2, 4]]);
 * const short = batches.find(({ ids }) => ids.shape[1] === 2)!;
 * assertEquals([...short.label.data], [1, 1]);
 * assertEquals([...short.lengths].sort(), [1, 2]);
 * ```
 */
export function paddedBatches<S extends Sequences<S>>(
  sequences: S,
  options: PaddedBatchOptions<S>,
): Generator<PaddedBatch<S>, void, unknown> {
  const { batchSize, numLengths = 8, seed = 0, epoch = 0, batchFirst = false, dropLast = true } = options;
  const { padding = {} } = options;
  const known = { batchSize, numLengths, seed, epoch, batchFirst, dropLast, padding };
  refuseUnknown("cut batches", options, known);
  const names = { action: "cut batches" };
  assertIn(RANGES.count, batchSize, { ...names, name: "batchSize" });
  assertIn(RANGES.count, numLengths, { ...names, name: "numLengths" });
  assertIn(RANGES.seed, seed, { ...names, name: "seed" });
  assertIn({ ...RANGES.amount, to: SHUFFLE_STREAMS - 1 }, epoch, { ...names, name: "epoch" });
  const { columns, lengths } = read(sequences, padding);
  if (lengths.length < batchSize && dropLast) {
    throw new RangeError(
      `Cannot cut ${thousands(lengths.length)} sequences into batches of ${thousands(batchSize)} rows`,
    );
  }
  const random = new Random(seed, SHUFFLE_STREAMS + epoch);
  const chosen = chooseLengths(lengths, numLengths);
  const batches = rowsOf(lengths, { chosen, batchSize, dropLast, random });
  return cut(columns, lengths, { batches, batchFirst }) as Generator<PaddedBatch<S>, void, unknown>;
}

/** Rows of a batch, and its steps. */
export interface Rows {
  readonly rows: readonly number[];
  readonly steps: number;
}

/**
 * Which sequences make which batch, in the order of an epoch.
 *
 * @param lengths The steps of each sequence.
 * @param options The lengths that batches may have, rising, the last as long as any; how many rows a batch has; whether those
 * that fill none sit out; and what shuffles.
 */
export function rowsOf(
  lengths: ArrayLike<number>,
  { chosen, batchSize, dropLast, random }: {
    chosen: readonly number[];
    batchSize: number;
    dropLast: boolean;
    random: Random;
  },
): Rows[] {
  const order = Uint32Array.from(lengths, (_, index) => index);
  random.shuffle(order);
  const kept = dropLast ? order.subarray(0, order.length - order.length % batchSize) : order;
  const bins: number[][] = chosen.map(() => []);
  for (const row of kept) bins[chosen.findIndex((length) => length >= lengths[row]!)]!.push(row);
  const batches: Rows[] = [];
  bins.forEach((bin, index) => {
    const last = index === bins.length - 1;
    const whole = bin.length - bin.length % batchSize;
    for (let start = 0; start < (last ? bin.length : whole); start += batchSize) {
      batches.push({ rows: bin.slice(start, start + batchSize), steps: chosen[index]! });
    }
    if (!last) bins[index + 1]!.push(...bin.slice(whole)); // they fill up longer batches
  });
  const places = Uint32Array.from(batches, (_, index) => index);
  random.shuffle(places);
  return Array.from(places, (place) => batches[place]!);
}

function* cut(
  columns: readonly Column[],
  lengths: readonly number[],
  { batches, batchFirst }: { batches: readonly Rows[]; batchFirst: boolean },
): Generator<Record<string, unknown>, void, unknown> {
  for (const { rows, steps } of batches) {
    const batch: Record<string, unknown> = {};
    for (const column of columns) {
      batch[column.name] = column.isSteps
        ? padded(column, { rows, steps, batchFirst: batchFirst || !column.isNumbers })
        : side(column, rows);
    }
    yield { ...batch, lengths: Uint32Array.from(rows, (row) => lengths[row]!) };
  }
}

/** Zeros for a column's elements. */
function elements({ isNumbers }: Column, count: number): Float32Array | Uint32Array {
  return isNumbers ? new Float32Array(count) : new Uint32Array(count);
}

/** Steps side by side, in the order of steps or of rows. */
function padded(
  column: Column,
  { rows, steps, batchFirst }: Rows & { batchFirst: boolean },
): { data: Float32Array | Uint32Array; shape: number[] } {
  const { parts, shape, padding } = column;
  const size = shape.reduce((product, each) => product * each, 1);
  const batch = rows.length;
  const data = elements(column, steps * batch * size).fill(padding);
  rows.forEach((row, b) => {
    const part = parts[row]!;
    if (batchFirst) return data.set(part, b * steps * size);
    for (let t = 0; t * size < part.length; t++) {
      data.set(part.subarray(t * size, (t + 1) * size), (t * batch + b) * size);
    }
  });
  return { data, shape: [...batchFirst ? [batch, steps] : [steps, batch], ...shape] };
}

/** An entry a row. */
function side(
  column: Column,
  rows: readonly number[],
): { data: Float32Array | Uint32Array; shape: number[] } {
  const { parts, shape } = column;
  const size = shape.reduce((product, each) => product * each, 1);
  const data = elements(column, rows.length * size);
  rows.forEach((row, b) => data.set(parts[row]!, b * size));
  return { data, shape: [rows.length, ...shape] };
}

/** Reads the columns, and the length of each sequence. */
function read(
  sequences: object,
  padding: Readonly<Record<string, number>>,
): { columns: Column[]; lengths: readonly number[] } {
  let lengths: readonly number[] | undefined;
  const entries = Object.entries(sequences ?? {});
  if (entries.some(([name]) => name === "lengths")) {
    throw new TypeError('Cannot cut sequences with a column "lengths": batches have one of their own');
  }
  refuseUnknown("pad sequences", padding, Object.fromEntries(entries));
  const columns = entries.map(([name, given]): Column => {
    const isSteps = Array.isArray(given);
    const arrays = (isSteps ? given : [given]).map((each: unknown) => arrayOf(name, each));
    const [first] = arrays;
    if (!first) throw new TypeError(`Cannot cut sequences as ${quote(name)} has none`);
    const isNumbers = first.data instanceof Float32Array;
    const shape = first.shape.slice(1);
    const same = arrays.every(({ data, shape: other }) =>
      data instanceof Float32Array === isNumbers && other.slice(1).join() === shape.join()
    );
    if (!same) {
      throw new TypeError(`Cannot cut sequences as those of ${quote(name)} have several types or shapes`);
    }
    const counts = arrays.map((array) => array.shape[0]!);
    if (isSteps) {
      lengths ??= counts;
      if (lengths.length !== counts.length || lengths.some((count, index) => count !== counts[index])) {
        throw new TypeError(`Cannot cut sequences as ${quote(name)} has other numbers of steps`);
      }
    }
    const size = isSteps ? 0 : first.data.length / counts[0]!;
    const parts = isSteps
      ? arrays.map(({ data }) => data)
      : Array.from({ length: counts[0]! }, (_, row) => first.data.subarray(row * size, (row + 1) * size));
    const { [name]: pad = 0 } = padding;
    if (!isNumbers) {
      assertIn(RANGES.amount, pad, { action: "pad sequences", name: `the padding of ${quote(name)}` });
    }
    return { name, isSteps, isNumbers, parts, shape, padding: pad };
  });
  if (!lengths) throw new TypeError("Cannot cut sequences without a column of steps: a list of arrays");
  for (const { name, parts } of columns) {
    if (parts.length === lengths.length) continue;
    throw new TypeError(
      `Cannot cut ${thousands(lengths.length)} sequences as ${quote(name)} has ${
        thousands(parts.length)
      } entries`,
    );
  }
  return { columns, lengths };
}

function arrayOf(name: string, given: unknown): { data: Float32Array | Ids; shape: readonly number[] } {
  const data = dataOf(given);
  const shape = data === undefined ? undefined : shapeOf(given);
  const isArray = data instanceof Float32Array || isIds(data);
  if (isArray && data.length === 0) {
    throw new TypeError(`Cannot cut sequences as one of ${quote(name)} is empty: each has a step at least`);
  }
  if (!isArray || !Array.isArray(shape)) {
    throw new TypeError(
      `Cannot cut sequences as ${
        quote(name)
      } must have Float32Arrays, or ids, ${ID_ARRAYS}, or such with their shape, { data, shape }`,
    );
  }
  if (shape.reduce((product, size) => product * size, 1) === data.length) return { data, shape };
  throw new TypeError(
    `Cannot cut sequences as an array of ${quote(name)} has ${data.length} elements: its shape is ${
      quote(shape)
    }`,
  );
}
