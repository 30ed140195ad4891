/**
 * The squared difference of numbers.
 *
 * @module
 */
import { SQUARED } from "../kernels/numbers.ts";
import { refuseUnknown } from "../messages/options.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { checkPair, pointwiseLoss } from "./pointwise.ts";
import type { Reduction } from "./reduction.ts";

/**
 * The mean over all elements of (prediction - target)²: PyTorch's nn.MSELoss. No gradient goes to the targets.
 *
 * @param predictions The predictions, f32 of any shape.
 * @param targets What they should be, f32 of the same shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `reduction`: "mean", or "sum" of all elements.
 * @returns The loss, [1].
 * @throws {TypeError} If the shapes differ, or something is not "f32" or lies on another device.
 * @throws {RangeError} If the reduction is not known.
 *
 * @example Usage
 * ```ts
 * import { meanSquaredError, openDevice, Tape, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const predictions = Tensor.from(device, [1, 2, 3, 4], [2, 2]);
 * const targets = Tensor.from(device, [1, 2, 3, 2], [2, 2]);
 * using tape = new Tape(device);
 * const loss = meanSquaredError(predictions, targets, tape);
 * assertEquals([...await loss.data()], [1]);
 * tape.backward(loss);
 * assertEquals([...await tape.gradient(predictions)], [0, 0, 0, 1]);
 * ```
 */
export function meanSquaredError(
  predictions: Tensor,
  targets: Tensor,
  tape?: Tape,
  options: { reduction?: Reduction } = {},
): Tensor {
  const { reduction = "mean" } = options;
  refuseUnknown("compute a loss", options, { reduction });
  const pair = { name: "predictions", x: predictions, targets, tape } as const;
  checkPair(pair);
  return pointwiseLoss(pair, { kind: SQUARED, reduction });
}
