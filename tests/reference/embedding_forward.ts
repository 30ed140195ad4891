/** Float64 reference of the kernel embedding_forward. @module */
import type { Buffers, Params } from "../../src/kernels.ts";

/** y[t*B + b, c] = table[ids[b, t], c], or += where `accumulate`. */
export function embedding_forward(
  { table, ids, y }: Buffers<"embedding_forward", Float64Array>,
  params: Params<"embedding_forward">,
): void {
  const { batch: B, steps: T, columns, idStride, columnStride, ld, accumulate } = params;
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      for (let c = 0; c < columns; c++) {
        const at = (t * B + b) * ld + c;
        y[at] = (accumulate ? y[at]! : 0) + table[ids[b * T + t]! * idStride + c * columnStride]!;
      }
    }
  }
}
