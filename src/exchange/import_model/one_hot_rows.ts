/**
 * One-hot rows as a part of a Sequential, whose number of tokens can be asked for.
 *
 * @module
 */
import { oneHot } from "../../layers/one_hot.ts";
import type { SequentialPart } from "../../layers/sequential.ts";
import type { Tensor } from "../../tensors/tensor.ts";

/** The number of tokens of each part that was made. */
const SIZES = new WeakMap<SequentialPart, number>();

/**
 * Makes ids of any shape rows (…, V).
 *
 * @param size The number of tokens V.
 */
export function oneHotRows(size: number): SequentialPart {
  const part = (ids: Tensor): Tensor => oneHot(ids as unknown as Tensor<"u32">, size);
  SIZES.set(part, size);
  return part;
}

/**
 * The number of tokens of one-hot rows.
 *
 * @param part Any part.
 * @returns The number; undefined of another part.
 */
export function tokensOf(part: SequentialPart): number | undefined {
  return SIZES.get(part);
}
