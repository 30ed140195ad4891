/** Float64 reference of the kernel copy_columns. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** y[r, c] = x[r, c], or += where `accumulate`. */
export function copy_columns(
  { x, y }: Buffers<"copy_columns", Float64Array>,
  params: Params<"copy_columns">,
): void {
  const { rows, columns, ldX, offsetX, ldY, offsetY, accumulate } = params;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = offsetY + r * ldY + c;
      y[at] = (accumulate ? y[at]! : 0) + x[offsetX + r * ldX + c]!;
    }
  }
}
