/**
 * Closeness of tensors: a difference as a number, or as a failure that says where. `verify` prints the numbers on
 * whatever machine the package is used, so nothing here needs a package of tests.
 *
 * @module
 */

/** What should be equal or close, and is not. */
export class Mismatch extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "Mismatch";
}

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

/** How far two tensors are apart. */
export interface Difference {
  /** The largest difference, relative to the largest finite |value| of what was expected. */
  error: number;
  /** The largest that is allowed. */
  tolerance: number;
  /** The worst element's index, both values and the shape, where the error is above the tolerance. */
  failure?: string;
}

/**
 * The difference of two tensors. NaN is close to nothing; an infinity only to itself.
 *
 * @param actual What was computed.
 * @param expected What should have been.
 * @param options Shape, tolerance, and a name.
 * @throws {Mismatch} If their lengths are not the shape's.
 */
export function differenceOf(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { shape, tolerance, floor = 0, what }: CloseOptions,
): Difference {
  const length = shape.reduce((product, size) => product * size, 1);
  if (actual.length !== expected.length || expected.length !== length) {
    throw new Mismatch(
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
  let worst = 0;
  let worstDistance = 0;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const distance = distanceOf(actual[i]!, expected[i]!);
    if (distance > tolerance * largest) count++;
    if (distance > worstDistance) [worst, worstDistance] = [i, distance];
  }
  const error = worstDistance === 0 ? 0 : worstDistance / largest;
  if (count === 0) return { error, tolerance };
  const failure =
    `${what}: ${count} of ${length} elements differ, worst at (${indexIn(shape, worst).join(", ")}) ` +
    `of shape (${shape.join(", ")}): actual ${actual[worst]}, expected ${expected[worst]}, ` +
    `difference ${worstDistance.toExponential(2)} above ${(tolerance * largest).toExponential(2)}`;
  return { error, tolerance, failure };
}

/**
 * Checks that no element differs by more than the tolerance.
 *
 * @param actual What was computed.
 * @param expected What should have been.
 * @param options Shape, tolerance, and a name.
 * @throws {Mismatch} If an element is off; the message has the worst one's index, both values and the shape.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  options: CloseOptions,
): void {
  assertWithin(differenceOf(actual, expected, options));
}

/**
 * Checks that a difference is within its tolerance.
 *
 * @throws {Mismatch} If it is not; the message is what the difference says.
 */
export function assertWithin({ failure }: Difference): void {
  if (failure !== undefined) throw new Mismatch(failure);
}

/**
 * Checks that two lists are equal, element by element.
 *
 * @throws {Mismatch} If an element differs; the message has the first.
 */
export function assertSame(
  actual: ArrayLike<number | string>,
  expected: ArrayLike<number | string>,
  what: string,
): void {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    if (Object.is(actual[i], expected[i])) continue;
    throw new Mismatch(`${what}: element ${i} is ${actual[i]}, not ${expected[i]}`);
  }
}

function distanceOf(actual: number, expected: number): number {
  if (actual === expected) return 0;
  const distance = Math.abs(actual - expected);
  return Number.isNaN(distance) ? Infinity : distance;
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
