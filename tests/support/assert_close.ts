/**
 * Closeness of tensors, with a failure that says where.
 *
 * @module
 */
import { AssertionError } from "@std/assert";

/** Options of assertClose(). */
export interface CloseOptions {
  /** The shape of both; its product is their length. */
  shape: readonly number[];
  /** The largest difference, relative to the largest finite |value| of `expected`. */
  tolerance: number;
  /**
   * Values smaller than this count as large as this.
   *
   * @default {0}
   */
  floor?: number;
  /** The tensor's name for the failure. */
  what: string;
}

/**
 * Holds when no element differs by more than the tolerance. NaN is close to nothing; an infinity only to itself.
 *
 * @param actual what was computed
 * @param expected what should have been
 * @param options shape, tolerance, and a name
 * @throws {AssertionError} with the worst element's index, both values and the shape
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { shape, tolerance, floor = 0, what }: CloseOptions,
): void {
  const length = shape.reduce((product, size) => product * size, 1);
  if (actual.length !== expected.length || expected.length !== length) {
    throw new AssertionError(
      `${what}: ${actual.length} elements for ${expected.length} expected ones of shape (${
        shape.join(", ")
      })`,
    );
  }
  let largest = floor;
  for (let i = 0; i < length; i++) {
    const size = Math.abs(expected[i]!);
    if (size > largest && size < Infinity) largest = size;
  }
  let worst = -1, worstDifference = tolerance * largest, count = 0;
  for (let i = 0; i < length; i++) {
    const difference = differenceOf(actual[i]!, expected[i]!);
    if (difference > tolerance * largest) count++;
    if (difference > worstDifference) [worst, worstDifference] = [i, difference];
  }
  if (worst < 0) return;
  throw new AssertionError(
    `${what}: ${count} of ${length} elements differ, worst at (${indexIn(shape, worst).join(", ")}) ` +
      `of shape (${shape.join(", ")}): actual ${actual[worst]}, expected ${expected[worst]}, ` +
      `difference ${worstDifference.toExponential(2)} above ${(tolerance * largest).toExponential(2)}`,
  );
}

function differenceOf(actual: number, expected: number): number {
  if (actual === expected) return 0;
  const difference = Math.abs(actual - expected);
  return Number.isNaN(difference) ? Infinity : difference;
}

/** The index of a flat element along each dimension. */
function indexIn(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  for (const size of shape.toReversed()) {
    index.unshift(flat % size);
    flat = Math.floor(flat / size);
  }
  return index;
}
