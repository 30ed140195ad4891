/** Float64 reference of the kernel pool_backward. @module */
import { type Buffers, type Params, POOL_KINDS } from "../../kernels.ts";
import { placeOfLargest, stepsOf } from "./pool_forward.ts";

/** dx[t, b]: a share of dy[b] for each step that counts, or all of it for one; += where `accumulate`. */
export function pool_backward(
  { x, lengths, dy, dx }: Buffers<"pool_backward", Float64Array>,
  params: Params<"pool_backward">,
): void {
  const { steps, batch, columns, stepStride, rowStride, accumulate } = params;
  const kind = POOL_KINDS[params.kind]!;
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < columns; column++) {
      const count = lengths[row]!;
      const chosen = kind === "max"
        ? placeOfLargest(stepsOf({ x, lengths }, params, { row, column }))
        : count - 1;
      const whole = dy[row * columns + column]!;
      for (let t = 0; t < steps; t++) {
        const one = t === chosen ? whole : 0;
        const value = kind === "mean" ? (t < count ? whole / count : 0) : one;
        const at = t * stepStride + row * rowStride + column;
        dx[at] = (accumulate ? dx[at]! : 0) + value;
      }
    }
  }
}
