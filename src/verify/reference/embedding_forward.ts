/** Float64 reference of the kernel embedding_forward. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** y[t·B + b, c] = table[ids[b, t], c], plus bias[c] where `biased`. */
export function embedding_forward(
  { table, ids, bias, y }: Buffers<"embedding_forward", Float64Array>,
  params: Params<"embedding_forward">,
): void {
  const { batch: B, steps: T, columns, idStride, columnStride, ld, biased } = params;
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      for (let c = 0; c < columns; c++) {
        const value = table[ids[b * T + t]! * idStride + c * columnStride]!;
        y[(t * B + b) * ld + c] = (biased ? bias[c]! : 0) + value;
      }
    }
  }
}
