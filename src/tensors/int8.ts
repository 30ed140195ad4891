/**
 * Weights of int8: matrices whose rows have a scale each, by which their numbers stand for float32 ones. Zero stands for
 * zero, and the largest number of a row for 127 or -127.
 *
 * @module
 */

/** A matrix of int8, and a scale a row. */
export interface Int8Matrix {
  /** Rows and columns. */
  readonly shape: number[];
  /** Its numbers, row-major. */
  readonly data: Int8Array;
  /** What a row's numbers are multiplied by, (rows). */
  readonly scale: Float32Array;
}

/** Such matrices by PyTorch's names. */
export type Int8Weights = Record<string, Int8Matrix>;

/** The largest number, as -128 has no counterpart. */
const MOST = 127;
/** Scales below are subnormal: too coarse, and slow to compute with. */
const LEAST_SCALE = 2 ** -126;

/**
 * Rounds a matrix to int8, each row by a scale of its own.
 *
 * @param matrix Float32 numbers, all finite.
 * @returns The matrix; of a row that is zero, or nearly, the scale is 1.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { data, scale } = toInt8({ shape: [2, 2], data: Float32Array.of(127, -1.4, 0.25, 0.5) });
 * assertEquals([...data], [127, -1, 64, 127]);
 * assertEquals([...scale], [1, Math.fround(0.5 / 127)]);
 * ```
 */
export function toInt8({ shape, data }: { shape: number[]; data: Float32Array }): Int8Matrix {
  const [rows = 0, columns = 0] = shape;
  const numbers = new Int8Array(data.length);
  const scale = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const exact = largest / MOST;
    scale[row] = exact < LEAST_SCALE ? 1 : exact;
    for (let column = 0; column < columns; column++) {
      numbers[row * columns + column] = Math.round(own[column]! / scale[row]!);
    }
  }
  return { shape: [...shape], data: numbers, scale };
}

/**
 * What a matrix of int8 stands for.
 *
 * @param matrix The matrix.
 * @returns Each number times its row's scale, as float32.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const matrix = { shape: [2, 2], data: Int8Array.of(1, -2, 3, 4), scale: Float32Array.of(0.5, 2) };
 * assertEquals([...fromInt8(matrix)], [0.5, -1, 6, 8]);
 * ```
 */
export function fromInt8({ shape, data, scale }: Int8Matrix): Float32Array {
  const [, columns = 0] = shape;
  const numbers = new Float32Array(data.length);
  for (let row = 0; row < scale.length; row++) {
    for (let i = row * columns; i < (row + 1) * columns; i++) numbers[i] = data[i]! * scale[row]!;
  }
  return numbers;
}
