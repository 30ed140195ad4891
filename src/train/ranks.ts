/**
 * Processes that train one model together, as far as training knows them: what binds them is src/mpi/, or the caller's own.
 *
 * Each has as many rows of every batch, and all have the same weights: gradients are summed before they are clipped. What
 * one of them knows alone, as its clock, is asked of the first.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { counted } from "../messages/printable.ts";

/** Processes that train one model together. */
export interface Ranks {
  /** Which one this is, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /**
   * Adds numbers up over all ranks, each of which calls it with as many, in the same order of calls.
   *
   * @param values What this rank has; afterwards the sum, of which all ranks have the same bits.
   */
  sum(values: Float32Array | Float64Array): void | Promise<void>;
}

/** Sizes of a step, of all ranks together. */
interface Sizes {
  readonly batchSize: number;
  readonly accumulateSteps: number;
}

/**
 * The rows of a batch that each rank has.
 *
 * @param batchSize B: rows of a batch, of all ranks together.
 * @param ranks The ranks, where there are some.
 * @returns How many each has.
 * @throws {RangeError} If the rows cannot be shared out evenly.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(shareOf(6, { size: 3 }), 2);
 * assertThrows(() => shareOf(2, { size: 3 }), RangeError, "3 ranks");
 * ```
 */
export function shareOf(batchSize: number, ranks: Pick<Ranks, "size"> | undefined): number {
  if (!ranks || batchSize % ranks.size === 0) return batchSize / (ranks?.size ?? 1);
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot train with ${option("batchSize", batchSize)} on ${
        counted(ranks.size, "rank")
      } as each must have as many rows: ` +
      `${option("batchSize")} must be a multiple of ${ranks.size}`,
  );
}

/**
 * The rows of a step that this rank has, side by side: those of its parts follow each other.
 *
 * @param sizes Those of all ranks together.
 * @param ranks The ranks, where there are some.
 * @returns The first row, and the one behind the last.
 */
export function rowsOf({ batchSize, accumulateSteps }: Sizes, ranks: Ranks | undefined): [number, number] {
  const rows = accumulateSteps * shareOf(batchSize, ranks);
  const begin = (ranks?.rank ?? 0) * rows;
  return [begin, begin + rows];
}

/**
 * What each rank has.
 *
 * @param words As many on all ranks.
 * @param ranks The ranks.
 * @returns Those of all ranks, in their order, with the same bits.
 */
export async function gather(words: Uint32Array, ranks: Ranks): Promise<Uint32Array[]> {
  const { rank, size } = ranks;
  const { length } = words;
  const all = new Float64Array(size * length); // which holds every u32, and 0 where another rank has something
  all.set(words, rank * length);
  await ranks.sum(all);
  return Array.from(
    { length: size },
    (_, one) => Uint32Array.from(all.subarray(one * length, (one + 1) * length)),
  );
}

/**
 * Numbers as the first rank has them.
 *
 * @param values As many on all ranks.
 * @param ranks The ranks, where there are some.
 * @returns Those of rank 0.
 */
export async function ofFirst(values: readonly number[], ranks: Ranks | undefined): Promise<number[]> {
  if (!ranks) return [...values];
  const shared = Float64Array.from(values, (value) => ranks.rank === 0 ? value : 0);
  await ranks.sum(shared);
  return [...shared];
}

/**
 * Bytes that rank 0 has alone.
 *
 * @param bytes Those, on rank 0.
 * @param ranks The ranks.
 * @returns The same on all ranks.
 */
export async function share(bytes: Uint8Array | undefined, ranks: Ranks): Promise<Uint8Array> {
  const [length] = await ofFirst([bytes?.length ?? 0], ranks);
  const words = new Uint32Array(Math.ceil(length! / 4));
  if (ranks.rank === 0 && bytes) new Uint8Array(words.buffer).set(bytes);
  const shared = Float64Array.from(words);
  await ranks.sum(shared);
  return new Uint8Array(Uint32Array.from(shared).buffer, 0, length);
}

/**
 * What lies row by row on all ranks, as one process has it.
 *
 * @param values This rank's: one list of rows behind the other.
 * @param lengths How many numbers each list has.
 * @param ranks The ranks, where there are some.
 * @returns The lists of all rows.
 */
export async function joinRows(
  values: Float32Array,
  lengths: readonly number[],
  ranks: Ranks | undefined,
): Promise<Float32Array> {
  if (!ranks) return values;
  const parts = (await gather(bitsOf(values), ranks)).map(({ buffer }) => new Float32Array(buffer));
  const all = new Float32Array(values.length * ranks.size);
  let begin = 0;
  let end = 0;
  for (const length of lengths) {
    for (const part of parts) {
      all.set(part.subarray(begin, begin + length), end);
      end += length;
    }
    begin += length;
  }
  return all;
}

/**
 * What of rows of one process a rank has: the other way round of joinRows().
 *
 * @param all The lists of all rows.
 * @param lengths How many numbers of each list a rank has.
 * @param ranks The ranks, where there are some.
 */
export function ownRows(
  all: Float32Array,
  lengths: readonly number[],
  ranks: Ranks | undefined,
): Float32Array {
  if (!ranks) return all;
  const { rank, size } = ranks;
  const own = new Float32Array(all.length / size);
  let begin = 0;
  for (const length of lengths) {
    const from = size * begin + rank * length;
    own.set(all.subarray(from, from + length), begin);
    begin += length;
  }
  return own;
}

/** The same memory as words. */
function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
