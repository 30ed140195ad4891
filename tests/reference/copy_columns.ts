/** Float64 reference of the kernel copy_columns. @module */
import type { Buffers, Params } from "../../src/kernels.ts";

/** target[r, c] = source[r, c], or += where `accumulate`. */
export function copy_columns(
  { source, target }: Buffers<"copy_columns", Float64Array>,
  params: Params<"copy_columns">,
): void {
  const { rows, columns, ldSource, offsetSource, ldTarget, offsetTarget, accumulate } = params;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = offsetTarget + r * ldTarget + c;
      target[at] = (accumulate ? target[at]! : 0) + source[offsetSource + r * ldSource + c]!;
    }
  }
}
