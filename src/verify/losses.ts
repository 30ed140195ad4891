/**
 * Losses against PyTorch: the value of each, and the gradient of what it judges, with every option.
 *
 * @module
 */
import { type Difference, differenceOf } from "./cases/assert_close.ts";
import { GOLDEN } from "./cases/tolerances.ts";
import type { Device } from "../device/device.ts";
import { binaryCrossEntropyWithLogits } from "../losses/binary_cross_entropy.ts";
import { crossEntropy } from "../losses/cross_entropy.ts";
import { huber } from "../losses/huber.ts";
import { meanSquaredError } from "../losses/mean_squared_error.ts";
import { Tape } from "../tensors/tape.ts";
import { type DType, Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";
import { fromGolden, type LossCase } from "./golden.ts";

/** The losses of numbers, by name. */
const LOSSES = { meanSquaredError, huber, binaryCrossEntropyWithLogits };
const TITLES = {
  meanSquaredError: "Squared error",
  huber: "Huber",
  binaryCrossEntropyWithLogits: "Binary cross-entropy",
  crossEntropy: "Cross-entropy",
};

/**
 * Computes one golden loss, and takes it backwards.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 */
export async function* compareLoss(
  device: Device,
  { name, loss, options, input, targets, value, gradient }: LossCase,
): AsyncGenerator<readonly [part: "values" | "gradients", difference: Difference], void, void> {
  const x = Tensor.from(device, input.data, input.shape);
  const wanted: Tensor<DType> = loss === "crossEntropy"
    ? Tensor.from(device, Uint32Array.from(targets.data), targets.shape)
    : Tensor.from(device, targets.data, targets.shape);
  const tape = new Tape(device);
  try {
    const actual = loss === "crossEntropy"
      ? crossEntropy(x, wanted as Tensor<"u32">, tape, options)
      : LOSSES[loss](x, wanted as Tensor, tape, options);
    tape.backward(actual);
    const close = { shape: [1], tolerance: GOLDEN, what: `${name}: value` };
    yield ["values", differenceOf(await actual.data(), [value], close)];
    const what = `${name}: gradient`;
    yield ["gradients", fromGolden({ shape: x.shape, data: await tape.gradient(x) }, gradient, { what })];
    actual[Symbol.dispose]();
  } finally {
    for (const memory of [tape, x, wanted]) memory[Symbol.dispose]();
  }
}

/**
 * The check of all losses.
 *
 * @param cases The golden cases.
 */
export function lossChecks(cases: readonly LossCase[]): Check[] {
  return [...new Set(cases.map(({ loss }) => loss))].map((loss) => {
    const own = cases.filter((given) => given.loss === loss);
    const title = TITLES[loss];
    const rows = { values: `${title}, ${own.length} cases`, gradients: `${title}: gradients` };
    return {
      group: "Losses against PyTorch",
      rows: Object.values(rows),
      async *run(device) {
        for (const given of own) {
          for await (const [part, difference] of compareLoss(device, given)) yield [rows[part], difference];
        }
      },
    };
  });
}
