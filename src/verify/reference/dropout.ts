/** Float64 reference of the kernel dropout. @module */
import type { Buffers, Params } from "../../kernels.ts";
import { threefry2x32, uniform } from "../../random.ts";

/** y[i] = x[i] / (1 - p) where uniform(i) >= p, else 0; += where `accumulate`. */
export function dropout(
  { x, seed, y }: Buffers<"dropout", Float64Array>,
  { count, probability: p, stream, accumulate }: Params<"dropout">,
): void {
  for (let i = 0; i < count; i++) {
    const kept = uniform(threefry2x32(seed[0]!, seed[1]!, i, stream)[0]) >= p;
    y[i] = (accumulate ? y[i]! : 0) + (kept ? x[i]! / (1 - p) : 0);
  }
}
