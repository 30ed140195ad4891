/**
 * A difference's square where it is small, and its size where it is large.
 *
 * @module
 */
import { HUBER } from "../kernels/numbers.ts";
import { refuseUnknown } from "../messages/options.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { checkPair, pointwiseLoss } from "./pointwise.ts";
import type { Reduction } from "./reduction.ts";

/**
 * The mean over all elements of d² / 2 where |d| < delta, else delta · (|d| - delta / 2), with
 * d = prediction - target: PyTorch's nn.HuberLoss (Huber 1964). A few targets that are far off weigh less than in
 * meanSquaredError(). No gradient goes to the targets.
 *
 * @param predictions The predictions, f32 of any shape.
 * @param targets What they should be, f32 of the same shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `delta`: from which difference on the loss grows evenly, 1 where absent. `reduction`: "mean", or "sum"
 * of all elements.
 * @returns The loss, [1].
 * @throws {TypeError} If the shapes differ, or something is not "f32" or lies on another device.
 * @throws {RangeError} If delta is not positive, or the reduction is not known.
 *
 * @example Usage
 * ```ts
 * import { huber, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const predictions = Tensor.from(device, [0.5, 10], [2]);
 * const targets = Tensor.from(device, [0, 0], [2]);
 * const loss = huber(predictions, targets, undefined, { reduction: "sum" });
 * assertEquals([...await loss.data()], [0.125 + 9.5]);
 * ```
 */
export function huber(
  predictions: Tensor,
  targets: Tensor,
  tape?: Tape,
  options: { delta?: number; reduction?: Reduction } = {},
): Tensor {
  const { delta = 1, reduction = "mean" } = options;
  refuseUnknown("compute a loss", options, { delta, reduction });
  const pair = { name: "predictions", x: predictions, targets, tape } as const;
  checkPair(pair);
  assertIn(RANGES.positive, delta, { action: "compute a loss", name: "delta" });
  return pointwiseLoss(pair, { kind: HUBER, reduction, delta });
}
