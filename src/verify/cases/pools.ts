/**
 * Cases of pools over time: what lies beyond a row's length is NaN, so that whoever reads it is found.
 *
 * @module
 */
import type { Params } from "../../kernels.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** Options of both: the parameters, the order of x's axes, and whether each column has its largest element twice. */
export interface PoolOptions extends Partial<Omit<Params<"pool_backward">, "stepStride" | "rowStride">> {
  batchFirst?: boolean;
  ties?: boolean;
}

function pool({ steps = 5, batch = 3, columns = 11, kind = 0, batchFirst, ties }: PoolOptions) {
  const [stepStride, rowStride] = batchFirst ? [columns, steps * columns] : [batch * columns, columns];
  const lengths = integerNumbers(batch, 1, steps).map((length, b) => b === 0 ? steps : length + 1);
  const x = uniformNumbers(steps * batch * columns, 2);
  for (let row = 0; row < batch; row++) {
    for (let t = 0; t < steps; t++) {
      const from = t * stepStride + row * rowStride;
      if (ties && t > 0) x.fill(1, from, from + columns);
      if (t >= lengths[row]!) x.fill(NaN, from, from + columns);
    }
  }
  return { x, lengths, params: { steps, batch, columns, stepStride, rowStride, kind } };
}

/** T 5, B 3, columns 11, a mean. */
export function poolForwardCase(options: PoolOptions = {}): Case<"pool_forward"> {
  const { x, lengths, params } = pool(options);
  return {
    kernel: "pool_forward",
    params,
    buffers: { x, lengths, y: uniformNumbers(params.batch * params.columns, 3) },
    tolerance: TOLERANCES.pool_forward(params.steps),
  };
}

/** T 5, B 3, columns 11, a mean. */
export function poolBackwardCase(options: PoolOptions = {}): Case<"pool_backward"> {
  const { x, lengths, params } = pool(options);
  return {
    kernel: "pool_backward",
    params: { ...params, accumulate: options.accumulate ?? 0 },
    buffers: {
      x,
      lengths,
      dy: uniformNumbers(params.batch * params.columns, 4),
      dx: uniformNumbers(x.length, 5),
    },
    tolerance: TOLERANCES.elementwise,
  };
}
