/**
 * Cross-entropy of softmax, and perplexity.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { copy } from "../tensors/copy.ts";
import { formatShape, sameShape, sizeOf } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { pushBackward } from "./backward.ts";
import { checkCounting, count, type Counting } from "./counting.ts";
import type { Reduction } from "./reduction.ts";
import type { Weights } from "./weights.ts";

/** Options of crossEntropy(). */
export interface CrossEntropyOptions {
  /**
   * Whether the logits may turn into their gradient, which saves a copy; with a tape only.
   *
   * @default {false}
   */
  inPlace?: boolean;
  /** A target that counts for nothing, such as that of padding: any u32, whether or not it is below V. */
  ignoreIndex?: number;
  /** How much each class counts, V numbers; a step that is recorded keeps them as they are. */
  weight?: Weights;
  /**
   * The part of each target that is shared out among all classes, from 0 to 1 (Szegedy et al. 2016).
   *
   * @default {0}
   */
  labelSmoothing?: number;
  /**
   * "mean", in which each row counts as the weight of its target, or "sum" of all rows.
   *
   * @default {"mean"}
   */
  reduction?: Reduction;
}

/**
 * The mean over all rows of -log softmax(logits[n])[target of n]: PyTorch's nn.CrossEntropyLoss.
 *
 * With a weight w of each class and e = `labelSmoothing`, the loss of a row with target y and p = softmax(logits[n]) is
 * -(1 - e) · w[y] · log p[y] - e / V · Σ_v w[v] · log p[v], and the mean is their sum, divided by the sum of w[y]. Rows
 * whose target is `ignoreIndex` are in neither sum, and their gradient is 0 whatever their logits are. As in PyTorch the
 * mean of no rows is NaN, with gradients of 0, and the mean of rows whose targets all weigh 0 is NaN, as are its
 * gradients.
 *
 * @param logits The logits, f32 (N, V), (T, B, V) or (B, T, V), as a layer gives them; or the rows of (T, B, V) one behind
 * the other, (T·B, V), as RNNModel does.
 * @param targets The ids to predict, u32, in the shape of the logits without V; or (B, T) beside logits (T·B, V), row
 * t·B + b. Of rows b·T + t, as `batchFirst` gives them, no shape tells: they are reshaped to (B, T, V).
 * @param tape The tape that records it; without one nothing is kept.
 * @param options What counts, and how rows become one number.
 * @returns The loss, [1].
 * @throws {TypeError} If the shapes differ, there are not as many weights as classes, or something lies on another device.
 * @throws {RangeError} If a target is not below V, a weight is negative, or another option is out of its range.
 *
 * @example Usage
 * ```ts
 * import { crossEntropy, openDevice, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const logits = Tensor.from(device, new Float32Array(12), [3, 4]); // T 3, B 1, V 4: nothing known
 * const loss = crossEntropy(logits, Tensor.from(device, new Uint32Array([0, 1, 2]), [1, 3]));
 * assertAlmostEquals((await loss.data())[0]!, Math.log(4), 1e-6);
 *
 * const padded = Tensor.from(device, new Uint32Array([0, 1, 9]), [3]); // 9 is no class
 * const unpadded = crossEntropy(logits, padded, undefined, { ignoreIndex: 9, weight: [1, 3, 1, 1] });
 * assertAlmostEquals((await unpadded.data())[0]!, (Math.log(4) + 3 * Math.log(4)) / (1 + 3), 1e-6);
 * ```
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor<"u32">,
  tape?: Tape,
  options: CrossEntropyOptions = {},
): Tensor {
  const { inPlace = false, ignoreIndex, weight, labelSmoothing = 0, reduction = "mean" } = options;
  refuseUnknown("compute a loss", options, { inPlace, ignoreIndex, weight, labelSmoothing, reduction });
  const counting = { ignoreIndex, weight, labelSmoothing, reduction };
  const { rows, ...sizes } = sizesOf(logits, targets, { tape, counting }); // checks them
  const { device } = logits;
  const { columns } = sizes;
  const work = (): { loss: Tensor; gradient: Tensor } => {
    const gradient = tape && !inPlace
      ? new Tensor(device, tape.keep(device.alloc(rows * columns)), logits.shape)
      : logits;
    if (gradient !== logits) copy(device, logits, gradient, { columns: rows * columns });
    const losses = device.alloc(rows);
    const loss = new Tensor(device, device.alloc(1), [1]);
    const { buffers, params, fresh } = count(targets, columns, counting);
    for (const block of [losses, ...fresh]) tape?.keep(block);
    const scale = params.weighted || reduction === "sum" ? 1 : 1 / rows;
    device.run("softmax_cross_entropy", {
      targets: targets.block,
      ...buffers,
      logits: gradient.block,
      losses,
    }, { ...sizes, scale, gradient: tape ? 1 : 0, accumulate: 0, ...params });
    const sum = { rows, columns: 1, ld: 1, offset: 0, scale, accumulate: 0 };
    device.run("sum_rows", { x: losses, y: loss.block }, sum);
    return { loss, gradient };
  };
  if (!tape) return device.scope(() => work().loss);
  const { loss, gradient } = work();
  pushBackward(tape, { loss, judged: logits, gradient: gradient.block });
  return loss;
}

/**
 * Checks logits and targets: row r of the logits has target r mod B · T + ⌊r / B⌋.
 *
 * @returns The rows, B, T and V.
 */
export function sizesOf(
  logits: Tensor,
  targets: Tensor<"u32">,
  { tape, counting }: { tape: Tape | undefined; counting?: Counting },
): { rows: number; batch: number; steps: number; columns: number; ld: number } {
  const device = logits?.device;
  checkTensor("logits", logits, { dtype: "f32", device });
  checkTensor("targets", targets, { dtype: "u32", device });
  const leading = logits.shape.slice(0, -1);
  const columns = logits.shape.at(-1)!;
  const alike = leading.length > 0 && sameShape(leading, targets.shape);
  const [batch, steps] = alike ? [targets.size, 1] : targets.shape as [number, number];
  const rows = sizeOf(leading);
  if (!alike && (leading.length !== 1 || targets.shape.length !== 2 || batch * steps !== rows)) {
    throw new TypeError(
      `Cannot compare logits of shape ${formatShape(logits.shape)} with targets of shape ${
        formatShape(targets.shape)
      }: they must be (…, V) and (…), or (T*B, V) and (B, T)`,
    );
  }
  if (counting) checkCounting(counting, columns);
  targets.assertBelow(columns, counting?.ignoreIndex);
  checkTape(tape, device);
  return { rows, batch, steps, columns, ld: columns };
}

/**
 * For recorded programs: the loss of each row, added up over runs. Their mean is taken by MeanLoss, not in each run.
 *
 * @param logits The logits, f32 (T·B, V), time-major; with a tape they turn into the gradient of the mean loss, from
 * which backward([]) then begins.
 * @param targets The ids to predict, u32 (B, T).
 * @param losses The rows' losses (T·B), which are added to.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `runs`: over how many runs of as many rows the gradients' mean is taken, which add up in the parameters;
 * `scale`: what they are multiplied by instead; `ignoreIndex`: a target that counts for nothing.
 * @throws {TypeError} If there are not as many targets as rows, or something lies on another device.
 * @throws {RangeError} If a target is not below V.
 */
export function addLosses(
  logits: Tensor,
  targets: Tensor<"u32">,
  losses: Block,
  tape?: Tape,
  { runs = 1, scale, ignoreIndex }: { runs?: number; scale?: number; ignoreIndex?: number } = {},
): void {
  const counting = { ignoreIndex, labelSmoothing: 0, reduction: "sum" } as const;
  const { rows, ...sizes } = sizesOf(logits, targets, { tape, counting });
  const { buffers, params, fresh } = count(targets, sizes.columns, counting);
  for (const block of fresh) tape?.keep(block);
  logits.device.run("softmax_cross_entropy", {
    targets: targets.block,
    ...buffers,
    logits: logits.block,
    losses,
  }, {
    ...sizes,
    ...params,
    scale: scale ?? 1 / (rows * runs),
    gradient: tape ? 1 : 0,
    accumulate: 1,
  });
  tape?.adopt(logits, logits.block);
}

/**
 * What a loss in nats means: how many equally likely characters leave one as uncertain.
 *
 * @param loss The mean cross-entropy in nats.
 * @returns The perplexity, e^loss.
 */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}
