/** Float64 reference of the kernel combine. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** y[i] = a[i] + b[i], or a[i] b[i] where `product`; += where `accumulate`. */
export function combine(
  { a, b, y }: Buffers<"combine", Float64Array>,
  { count, product, accumulate }: Params<"combine">,
): void {
  for (let i = 0; i < count; i++) {
    const value = product ? a[i]! * b[i]! : a[i]! + b[i]!;
    y[i] = (accumulate ? y[i]! : 0) + value;
  }
}
