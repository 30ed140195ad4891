/** Float64 reference of the kernel add_rows. @module */
import type { Buffers, Params } from "../../src/kernels.ts";

/** y[r, c] = x[c], or += where `accumulate`. */
export function add_rows(
  { x, y }: Buffers<"add_rows", Float64Array>,
  { rows, columns, ld, accumulate }: Params<"add_rows">,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) y[r * ld + c] = (accumulate ? y[r * ld + c]! : 0) + x[c]!;
  }
}
