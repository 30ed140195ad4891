/**
 * Memory that is needed no more, given back at once: a large model would stand in it several times before the engine
 * collects.
 *
 * @module
 */
import type { StateDict } from "../../tensors/module.ts";
import type { PlainLayer } from "./plain.ts";

/** Numbers or bytes. */
type Numbers = Float32Array | Uint8Array;

/**
 * The numbers of layers.
 *
 * @param layers The layers.
 */
export function numbersOf(layers: readonly PlainLayer[]): Float32Array[] {
  return layers.flatMap((layer) => "arrays" in layer ? dataOf(layer.arrays) : []);
}

/**
 * The numbers of tensors.
 *
 * @param tensors The tensors.
 */
export function dataOf(tensors: StateDict): Float32Array[] {
  return Object.values(tensors).map(({ data }) => data);
}

/**
 * Gives memory back.
 *
 * @param arrays What nobody reads any more.
 * @param kept What is read still: memory that it lies in stays.
 */
export function release(arrays: readonly Numbers[], kept: readonly Numbers[]): void {
  const buffers = new Set<ArrayBufferLike>(kept.map(({ buffer }) => buffer));
  for (const { buffer } of arrays) {
    if (buffer instanceof ArrayBuffer && !buffer.detached && !buffers.has(buffer)) buffer.transfer?.(0);
  }
}
