/**
 * A batch of arrays: what fit() is given, checked, and the types of the tensors that its step gets in their place.
 *
 * @module
 */
import { type BatchArray, dataOf, shapeOf } from "../../data/shaped_array.ts";
import { ID_ARRAYS, type Ids, isIds } from "../../ids.ts";
import { quote } from "../../messages/quote.ts";
import { typeName } from "../../messages/type_name.ts";
import { isIn, RANGES } from "../../ranges.ts";
import { formatShape, sizeOf } from "../../tensors/shape.ts";
import { type DType, Tensor } from "../../tensors/tensor.ts";

/** A batch: arrays by name. */
export type ArrayBatch<B> = { readonly [name in keyof B]: BatchArray };

/** What a step is given in place of a batch: a tensor for each array, "u32" for ids. */
export type BatchTensors<B> = { readonly [name in keyof B]: Tensor<DTypeOf<B[name]>> };

/** What the words of an array's tensor are. */
export type DTypeOf<A> = A extends Float32Array | { readonly data: Float32Array } ? "f32" : "u32";

/** An array of a batch. */
export interface BatchEntry {
  readonly name: string;
  readonly data: Float32Array | Ids;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Reads batches, which must be alike. */
export class BatchReader {
  #first: readonly BatchEntry[] | undefined;

  /**
   * Reads a batch.
   *
   * @param batch What was given.
   * @returns Its arrays, in the order of the first batch.
   * @throws {TypeError} If it is none, or has other arrays than the first one, or one of another type.
   */
  read(batch: unknown): readonly BatchEntry[] {
    if (typeof batch !== "object" || batch === null || ArrayBuffer.isView(batch) || Array.isArray(batch)) {
      throw new TypeError(`Cannot fit to a batch that is no object of arrays: it is ${quote(batch)}`);
    }
    const entries = Object.entries(batch).map(([name, given]) => entryOf(name, given));
    if (entries.length === 0) throw new TypeError("Cannot fit to a batch without arrays");
    this.#first ??= entries;
    return this.#first.map((like) => {
      const entry = entries.find(({ name }) => name === like.name);
      if (!entry || entries.length !== this.#first!.length) {
        throw new TypeError(
          `Cannot fit to a batch of ${namesOf(entries)}: the first one is of ${namesOf(this.#first!)}`,
        );
      }
      if (entry.dtype === like.dtype) return entry;
      throw new TypeError(
        `Cannot fit to a batch whose ${
          quote(entry.name)
        } is ${entry.dtype}: it is ${like.dtype} in the first one`,
      );
    });
  }
}

function namesOf(entries: readonly BatchEntry[]): string {
  return entries.map(({ name }) => quote(name)).join(", ");
}

function entryOf(name: string, given: unknown): BatchEntry {
  const data = dataOf(given);
  if (!(data instanceof Float32Array) && !isIds(data)) {
    const current = typeName(data === undefined || given instanceof Tensor ? given : data);
    throw new TypeError(
      `Cannot fit to a batch as its ${
        quote(name)
      } must be a Float32Array, or ids, ${ID_ARRAYS}, or one with its shape, { data, shape }: current type is ${current}`,
    );
  }
  const shape = shapeOf(given);
  if (!Array.isArray(shape) || !shape.every((size) => isIn(RANGES.count, size))) {
    throw new TypeError(
      `Cannot fit to a batch as the shape of its ${
        quote(name)
      } must be an array of positive integers: it is ${quote(shape)}`,
    );
  }
  if (sizeOf(shape) !== data.length) {
    throw new TypeError(
      `Cannot fit to a batch as its ${quote(name)} of shape ${formatShape(shape)} must have ${
        sizeOf(shape)
      } elements: it has ${data.length}`,
    );
  }
  return { name, data, shape, dtype: isIds(data) ? "u32" : "f32" };
}
