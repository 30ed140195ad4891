/**
 * What losses of numbers share: two tensors of one shape, a loss an element, and one number of them.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { CHUNK } from "../kernels.ts";
import { ceil } from "../kernels/ceil.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { formatShape, sameShape } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { pushBackward } from "./backward.ts";
import { checkReduction, type Reduction } from "./reduction.ts";
import { upload } from "./weights.ts";

/** What a loss judges, and against what. */
interface Pair {
  /** The word for what is judged. */
  name: "logits" | "predictions";
  /** f32, any shape */
  x: Tensor;
  /** f32, the same shape */
  targets: Tensor;
  tape: Tape | undefined;
}

/**
 * Checks the arguments of a loss of numbers.
 *
 * @throws {TypeError} If they are no tensors of numbers, differ in shape, or something lies on another device.
 */
export function checkPair({ name, x, targets, tape }: Pair): void {
  const device = x?.device;
  checkTensor(name, x, { dtype: "f32", device });
  checkTensor("targets", targets, { dtype: "f32", device });
  if (!sameShape(x.shape, targets.shape)) {
    throw new TypeError(
      `Cannot compare ${name} of shape ${formatShape(x.shape)} with targets of shape ${
        formatShape(targets.shape)
      }: they must be the same`,
    );
  }
  checkTape(tape, device);
}

/** Which loss, and how its elements become one. */
interface Manner {
  /** SQUARED, HUBER or LOGISTIC. */
  kind: number;
  reduction: Reduction;
  /** @default {1} */
  delta?: number;
  /** Of positive targets, those of the last size repeating; all 1 where absent. */
  weights?: Float32Array | undefined;
}

/**
 * A loss of numbers.
 *
 * @param pair What checkPair() has checked.
 * @param manner Which loss.
 * @returns The loss, [1].
 * @throws {RangeError} If the reduction is not known.
 */
export function pointwiseLoss(
  { x, targets, tape }: Pair,
  { kind, reduction, delta = 1, weights }: Manner,
): Tensor {
  checkReduction(reduction);
  const { device, size: count } = x;
  const scale = reduction === "mean" ? 1 / count : 1;
  const work = (): { loss: Tensor; kept: Block[]; gradient: Block } => {
    const partials = device.alloc(ceil(count, CHUNK));
    const gradient = device.alloc(tape ? count : 1);
    const loss = new Tensor(device, device.alloc(1), [1]);
    const written = weights && upload(device, weights);
    const buffers = { x: x.block, goals: targets.block, weights: written ?? x.block, dx: gradient, partials };
    device.run("pointwise_loss", buffers, {
      count,
      columns: weights?.length ?? 0,
      kind,
      delta,
      scale,
      gradient: tape ? 1 : 0,
    });
    const sum = { rows: partials.length, columns: 1, ld: 1, offset: 0, scale, accumulate: 0 };
    device.run("sum_rows", { x: partials, y: loss.block }, sum);
    return { loss, kept: [partials, gradient, ...(written ? [written] : [])], gradient };
  };
  if (!tape) return device.scope(() => work().loss);
  const { loss, kept, gradient } = work();
  for (const block of kept) tape.keep(block);
  pushBackward(tape, { loss, judged: x, gradient });
  return loss;
}
