/**
 * Typed arrays with their sizes: what batches are made of.
 *
 * @module
 */
import type { Ids } from "../ids.ts";

/** An array with its sizes, outermost first. */
export interface ShapedArray {
  /** Numbers or ids, row-major. */
  readonly data: Float32Array | Ids;
  /** The sizes. */
  readonly shape: readonly number[];
}

/** Numbers or ids: of one dimension where no shape is given. */
export type BatchArray = Float32Array | Ids | ShapedArray;

/**
 * The elements of what may be an array of a batch.
 *
 * @param given Anything.
 * @returns Its typed array; undefined where it has none.
 */
export function dataOf(given: unknown): unknown {
  return ArrayBuffer.isView(given) ? given : (given as Partial<ShapedArray> | null | undefined)?.data;
}

/**
 * Its sizes.
 *
 * @param given What has elements.
 * @returns Its shape as it was given, or its length.
 */
export function shapeOf(given: unknown): unknown {
  return ArrayBuffer.isView(given) ? [(given as Float32Array).length] : (given as ShapedArray).shape;
}
