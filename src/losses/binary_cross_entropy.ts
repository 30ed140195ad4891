/**
 * Cross-entropy of yes and no, from logits.
 *
 * @module
 */
import { LOGISTIC } from "../kernels/numbers.ts";
import { refuseUnknown } from "../messages/options.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { checkPair, pointwiseLoss } from "./pointwise.ts";
import type { Reduction } from "./reduction.ts";
import { checkWeights, type Weights } from "./weights.ts";

/**
 * The mean over all elements of -posWeight · y · log σ(x) - (1 - y) · log(1 - σ(x)), with a logit x and its target y, 0 or
 * 1 or a probability: PyTorch's nn.BCEWithLogitsLoss. A loss below float32's distance of two numbers around 1 does not
 * become 0: of x = -20 and y = 0 it is 2.06e-9. No gradient goes to the targets.
 *
 * @param logits The logits, f32 (…, C).
 * @param targets What should be, f32 of the same shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `posWeight`: how much positive targets count, one number for all or C numbers; a step that is recorded
 * keeps them as they are. `reduction`: "mean", or "sum" of all elements.
 * @returns The loss, [1].
 * @throws {TypeError} If the shapes differ, posWeight has another length, or something is not "f32" or lies on another
 * device.
 * @throws {RangeError} If a weight is negative, or the reduction is not known.
 *
 * @example Usage
 * ```ts
 * import { binaryCrossEntropyWithLogits, openDevice, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const logits = Tensor.from(device, [0, 0], [1, 2]); // nothing known
 * const targets = Tensor.from(device, [1, 0], [1, 2]);
 * const loss = binaryCrossEntropyWithLogits(logits, targets, undefined, { posWeight: 3 });
 * assertAlmostEquals((await loss.data())[0]!, (3 * Math.log(2) + Math.log(2)) / 2, 1e-6);
 * ```
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  targets: Tensor,
  tape?: Tape,
  options: { posWeight?: number | Weights; reduction?: Reduction } = {},
): Tensor {
  const { posWeight, reduction = "mean" } = options;
  refuseUnknown("compute a loss", options, { posWeight, reduction });
  const pair = { name: "logits", x: logits, targets, tape } as const;
  checkPair(pair);
  const given = typeof posWeight === "number" ? [posWeight] : posWeight;
  const length = typeof posWeight === "number" ? 1 : logits.shape.at(-1) ?? 1;
  const weights = given === undefined ? undefined : checkWeights("posWeight", given, { length, letter: "C" });
  return pointwiseLoss(pair, { kind: LOGISTIC, reduction, weights });
}
