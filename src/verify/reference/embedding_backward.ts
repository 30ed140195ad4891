/** Float64 reference of the kernel embedding_backward. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** dtable[id, c] += sum of dy[n, c] over the rows n that used id. */
export function embedding_backward(
  { dy, order, starts, dtable }: Buffers<"embedding_backward", Float64Array>,
  { vocabulary: V, columns, idStride, columnStride, ld }: Params<"embedding_backward">,
): void {
  for (let id = 0; id < V; id++) {
    for (let k = starts[id]!; k < starts[id + 1]!; k++) {
      for (let c = 0; c < columns; c++) {
        dtable[id * idStride + c * columnStride]! += dy[order[k]! * ld + c]!;
      }
    }
  }
}
