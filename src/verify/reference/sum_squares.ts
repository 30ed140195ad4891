/** Float64 reference of the kernel sum_squares. @module */
import { type Buffers, CHUNK, type Params } from "../../kernels.ts";

/** partials[k] = sum of x[i]^2 over the k-th chunk. */
export function sum_squares(
  { x, partials }: Buffers<"sum_squares", Float64Array>,
  { count }: Params<"sum_squares">,
): void {
  partials.fill(0, 0, Math.ceil(count / CHUNK));
  for (let i = 0; i < count; i++) partials[Math.floor(i / CHUNK)]! += x[i]! * x[i]!;
}
