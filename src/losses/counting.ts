/**
 * What classes and targets count in cross-entropy, as its kernel takes it: weights, an ignored target, smoothing.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { NONE } from "../kernels/numbers.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { checkReduction, type Reduction } from "./reduction.ts";
import { checkWeights, upload, type Weights } from "./weights.ts";

/** Options of cross-entropy that say what counts. */
export interface Counting {
  ignoreIndex?: number | undefined;
  weight?: Weights | undefined;
  labelSmoothing: number;
  reduction: Reduction;
}

/**
 * Checks these options.
 *
 * @throws {TypeError} If there are not as many weights as columns.
 * @throws {RangeError} If a number is out of its range, or the reduction is not known.
 */
export function checkCounting(
  { ignoreIndex, weight, labelSmoothing, reduction }: Counting,
  columns: number,
): void {
  const action = "compute a loss";
  checkReduction(reduction);
  assertIn(RANGES.probability, labelSmoothing, { action, name: "labelSmoothing" });
  if (ignoreIndex !== undefined) assertIn(RANGES.amount, ignoreIndex, { action, name: "ignoreIndex" });
  if (weight !== undefined) checkWeights("weight", weight, { length: columns, letter: "V" });
}

/** Buffers and parameters of softmax_cross_entropy. */
export interface Counted {
  buffers: { weights: Block; norm: Block };
  params: { weighted: number; ignored: number; smoothing: number };
  /** Blocks that were made for it. */
  fresh: Block[];
}

/** All targets count alike. */
export function countAlike({ block }: Tensor<"u32">): Counted {
  const params = { weighted: 0, ignored: NONE, smoothing: 0 };
  return { buffers: { weights: block, norm: block }, params, fresh: [] }; // which are not read
}

/**
 * What counts, on the device. The mean's norm follows from the targets: the host knows them, and computes it again
 * whenever they are written.
 *
 * @param targets The targets.
 * @param columns V: how many classes there are.
 * @param counting What checkCounting() has checked.
 */
export function count(targets: Tensor<"u32">, columns: number, counting: Counting): Counted {
  const { ignoreIndex, weight, labelSmoothing, reduction } = counting;
  if (ignoreIndex === undefined && !weight && labelSmoothing === 0) return countAlike(targets);
  const { device } = targets;
  const words = weight ? Float32Array.from(weight) : new Float32Array(columns).fill(1);
  const weights = upload(device, words);
  const params = { weighted: 1, ignored: ignoreIndex ?? NONE, smoothing: labelSmoothing };
  if (reduction === "sum") {
    const norm = upload(device, Float32Array.of(1));
    return { buffers: { weights, norm }, params, fresh: [weights, norm] };
  }
  const key = `1 / weight of targets: ${ignoreIndex}, ${weight ? words.join() : "all 1"}`;
  const [norm] = targets.derive(key, (values) => [normOf(values, words, ignoreIndex)]);
  return { buffers: { weights, norm: norm! }, params, fresh: [weights] };
}

/** 1 / the sum of the targets' weights as the bits of a float32; NaN, as PyTorch has it, where that is 0. */
function normOf(targets: Uint32Array, weights: Float32Array, ignoreIndex: number | undefined): Uint32Array {
  let sum = 0;
  for (const target of targets) {
    if (target !== ignoreIndex) sum += weights[target]!;
  }
  return new Uint32Array(Float32Array.of(sum === 0 ? NaN : 1 / sum).buffer);
}
