/**
 * Cross-entropy of softmax, and perplexity.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import { assertIds, checkTape, checkTensor } from "../tensors/arguments.ts";
import { copy } from "../tensors/copy.ts";
import { formatShape } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { pushBackward } from "./backward.ts";

/**
 * The mean over all rows of -log softmax(logits[n])[target of n]: PyTorch's nn.CrossEntropyLoss.
 *
 * @param logits The logits, f32 (T·B, V), time-major: row t·B + b.
 * @param targets The ids to predict, u32 (B, T).
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `inPlace`: the logits may turn into their gradient, which saves a copy; with a tape only.
 * @returns The loss, [1].
 * @throws {TypeError} If there are not as many targets as rows, or something lies on another device.
 * @throws {RangeError} If a target is not below V.
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
 * ```
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor<"u32">,
  tape?: Tape,
  options: { inPlace?: boolean } = {},
): Tensor {
  const { inPlace = false } = options;
  refuseUnknown("compute a loss", options, { inPlace });
  const { rows, ...sizes } = sizesOf(logits, targets, tape); // checks them
  const { device } = logits;
  const { columns } = sizes;
  const work = (): { loss: Tensor; gradient: Tensor } => {
    const gradient = tape && !inPlace
      ? new Tensor(device, tape.keep(device.alloc(rows * columns)), logits.shape)
      : logits;
    if (gradient !== logits) copy(device, logits, gradient, { columns: rows * columns });
    const losses = device.alloc(rows);
    const loss = new Tensor(device, device.alloc(1), [1]);
    tape?.keep(losses);
    device.run("softmax_cross_entropy", { targets: targets.block, logits: gradient.block, losses }, {
      ...sizes,
      scale: 1 / rows,
      gradient: tape ? 1 : 0,
      accumulate: 0,
    });
    const mean = { rows, columns: 1, ld: 1, offset: 0, scale: 1 / rows, accumulate: 0 };
    device.run("sum_rows", { x: losses, y: loss.block }, mean);
    return { loss, gradient };
  };
  if (!tape) return device.scope(() => work().loss);
  const { loss, gradient } = work();
  pushBackward(tape, { loss, judged: logits, gradient: gradient.block });
  return loss;
}

function sizesOf(
  logits: Tensor,
  targets: Tensor<"u32">,
  tape: Tape | undefined,
): { rows: number; batch: number; steps: number; columns: number; ld: number } {
  const device = logits?.device;
  checkTensor("logits", logits, { dtype: "f32", device });
  checkTensor("targets", targets, { dtype: "u32", device });
  const [rows, columns] = logits.shape as [number, number];
  const [batch, steps] = targets.shape as [number, number];
  if (logits.shape.length !== 2 || targets.shape.length !== 2 || batch * steps !== rows) {
    throw new TypeError(
      `Cannot compare logits of shape ${formatShape(logits.shape)} with targets of shape ${
        formatShape(targets.shape)
      }: they must be (T*B, V) and (B, T)`,
    );
  }
  assertIds(targets, columns);
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
 * @param options `runs`: over how many runs of as many rows the gradients' mean is taken, which add up in the parameters.
 * @throws {TypeError} If there are not as many targets as rows, or something lies on another device.
 * @throws {RangeError} If a target is not below V.
 */
export function addLosses(
  logits: Tensor,
  targets: Tensor<"u32">,
  losses: Block,
  tape?: Tape,
  { runs = 1 }: { runs?: number } = {},
): void {
  const { rows, ...sizes } = sizesOf(logits, targets, tape);
  logits.device.run("softmax_cross_entropy", { targets: targets.block, logits: logits.block, losses }, {
    ...sizes,
    scale: 1 / (rows * runs),
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
