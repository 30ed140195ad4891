/**
 * Arrays of other frameworks in PyTorch's layouts: transposed, blocks of rows in another order, checked in shape.
 *
 * @module
 */
import type { HostTensor } from "../../tensors/module.ts";
import { formatShape, sameShape } from "../../tensors/shape.ts";
import { unfit } from "./unfit.ts";

/** An array with its name in the file, for sentences. */
export interface NamedArray extends HostTensor {
  /** What the file calls it. */
  readonly name: string;
}

/**
 * Checks an array's shape.
 *
 * @param array The array.
 * @param shape The shape that it must have.
 * @throws {TypeError} If it has another.
 */
export function checkShape({ name, shape: current }: NamedArray, shape: readonly number[]): void {
  if (sameShape(current, shape)) return;
  throw unfit(`"${name}" must be of shape ${formatShape(shape)}: current shape is ${formatShape(current)}`);
}

/**
 * A matrix transposed, its columns' blocks in another order: (I, G·H) becomes (G·H, I).
 *
 * @param matrix The matrix (I, G·H).
 * @param order Which block of columns becomes block 0 of rows, 1, …; G in all.
 * @returns The matrix (G·H, I).
 */
export function transposed({ shape, data }: HostTensor, order: readonly number[] = [0]): HostTensor {
  const [rows, columns] = shape as [number, number];
  const block = columns / order.length;
  const result = new Float32Array(data.length);
  order.forEach((from, to) => {
    for (let column = 0; column < block; column++) {
      const source = from * block + column;
      const target = (to * block + column) * rows;
      for (let row = 0; row < rows; row++) result[target + row] = data[row * columns + source]!;
    }
  });
  return { shape: [columns, rows], data: result };
}

/**
 * A vector with its blocks in another order.
 *
 * @param vector The vector (G·H).
 * @param order Which block becomes block 0, 1, …; G in all.
 * @returns The vector (G·H).
 */
export function reordered(vector: Float32Array, order: readonly number[]): HostTensor {
  const block = vector.length / order.length;
  const result = new Float32Array(vector.length);
  order.forEach((from, to) => result.set(vector.subarray(from * block, (from + 1) * block), to * block));
  return { shape: [vector.length], data: result };
}

/**
 * A vector of zeros.
 *
 * @param length Its length.
 */
export function zeros(length: number): HostTensor {
  return { shape: [length], data: new Float32Array(length) };
}

/**
 * Arrays one below the other.
 *
 * @param arrays At least one, alike but for their rows.
 * @returns One array of all their rows.
 */
export function stacked(arrays: readonly HostTensor[]): HostTensor {
  const data = new Float32Array(arrays.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const array of arrays) {
    data.set(array.data, at);
    at += array.data.length;
  }
  const [, ...rest] = arrays[0]!.shape;
  return { shape: [arrays.reduce((sum, { shape }) => sum + shape[0]!, 0), ...rest], data };
}
