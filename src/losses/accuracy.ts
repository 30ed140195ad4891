/**
 * What is right of classes that were predicted: measures for people, which are read and have no gradient.
 *
 * @module
 */
import { refuseUnknown } from "../messages/options.ts";
import { checkTensor } from "../tensors/arguments.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { sizesOf } from "./cross_entropy.ts";

/** A measure of some rows: the sum over them, and how many they are; means of several batches follow from both. */
export interface Measured {
  /** The sum over all that counts. */
  readonly sum: number;
  /** How much counts. */
  readonly count: number;
}

/**
 * The place of the largest number of each row: the class that logits name. The first of several that are equal.
 *
 * @param x The numbers, f32 (…, V).
 * @returns The places, from 0, row-major: as many as x has rows.
 * @throws {TypeError} If x is no Tensor of "f32".
 *
 * @example Usage
 * ```ts
 * import { argmax, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const logits = Tensor.from(device, [0.1, 0.7, 0.2, 3, 1, 2], [2, 3]);
 * assertEquals([...await argmax(logits)], [1, 0]);
 * ```
 */
export async function argmax(x: Tensor): Promise<Uint32Array> {
  checkTensor("numbers", x, { dtype: "f32", device: x?.device });
  const columns = x.shape.at(-1) ?? 1;
  const data = await x.data();
  const places = new Uint32Array(x.size / columns);
  for (let row = 0; row < places.length; row++) {
    let best = row * columns;
    for (let at = best + 1; at < (row + 1) * columns; at++) if (data[at]! > data[best]!) best = at;
    places[row] = best - row * columns;
  }
  return places;
}

/**
 * How many targets are the class that their logits name: for fit()'s `measure`, beside the loss.
 *
 * @param logits The logits, as crossEntropy() takes them.
 * @param targets The right classes, u32, as crossEntropy() takes them.
 * @param options `ignoreIndex`: a target that does not count, such as that of padding.
 * @returns How many are right, and how many count.
 * @throws {TypeError} If the shapes differ, or something lies on another device.
 * @throws {RangeError} If a target is not below V.
 *
 * @example Usage
 * ```ts
 * import { accuracy, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const logits = Tensor.from(device, [0.1, 0.7, 0.2, 3, 1, 2], [2, 3]);
 * const targets = Tensor.from(device, Uint8Array.of(1, 2), [2]);
 * assertEquals(await accuracy(logits, targets), { sum: 1, count: 2 });
 * ```
 */
export async function accuracy(
  logits: Tensor,
  targets: Tensor<"u32">,
  options: { ignoreIndex?: number } = {},
): Promise<Measured> {
  const { ignoreIndex } = options;
  refuseUnknown("measure the accuracy", options, { ignoreIndex });
  const counting = { ignoreIndex, labelSmoothing: 0, reduction: "mean" } as const;
  const { batch, steps } = sizesOf(logits, targets, { tape: undefined, counting }); // checks them
  const goals = targets.values;
  let [sum, count] = [0, 0];
  (await argmax(logits)).forEach((place, row) => {
    const goal = goals[row % batch * steps + Math.floor(row / batch)]!;
    if (goal === ignoreIndex) return;
    count++;
    if (goal === place) sum++;
  });
  return { sum, count };
}
