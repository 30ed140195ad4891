/** Float64 reference of the kernel sum_rows. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** y[c] = scale * sum_r x[r, c], or += where `accumulate`. */
export function sum_rows(
  { x, y }: Buffers<"sum_rows", Float64Array>,
  { rows, columns, ld, offset, scale, accumulate }: Params<"sum_rows">,
): void {
  for (let c = 0; c < columns; c++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += x[offset + r * ld + c]!;
    y[c] = (accumulate ? y[c]! : 0) + scale * sum;
  }
}
