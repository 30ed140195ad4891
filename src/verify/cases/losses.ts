/**
 * Cases of the kernels of losses of numbers.
 *
 * @module
 */
import { CHUNK, type Params } from "../../kernels.ts";
import { LOGISTIC, SQUARED } from "../../kernels/numbers.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** count 4096 + 1027; numbers up to `largest`, goals of the logistic loss 0 or 1. */
export function pointwiseLossCase(
  options: Partial<Params<"pointwise_loss">> & { largest?: number } = {},
): Case<"pointwise_loss"> {
  const { count = CHUNK + 1027, columns = 0, kind = SQUARED, delta = 1 } = options;
  const { scale = 1 / count, gradient = 1, largest = 3 } = options;
  return {
    kernel: "pointwise_loss",
    params: { count, columns, kind, delta, scale, gradient },
    buffers: {
      x: uniformNumbers(count, 1, -largest, largest),
      goals: kind === LOGISTIC ? integerNumbers(count, 2, 2) : uniformNumbers(count, 2, -largest, largest),
      // What is not used may hold anything.
      weights: columns ? uniformNumbers(columns, 3, 0, 5) : Float64Array.of(NaN),
      dx: uniformNumbers(gradient ? count : 1, 4),
      partials: uniformNumbers(Math.ceil(count / CHUNK), 5),
    },
    tolerance: TOLERANCES.pointwise_loss,
  };
}
