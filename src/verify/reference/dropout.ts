/** Float64 reference of the kernel dropout. @module */
import type { Buffers, Params } from "../../kernels.ts";
import { threefry2x32, uniform } from "../../random.ts";

/** y[i] = x[i] / (1 - p) where uniform(n) >= p, else 0; += where `accumulate`. n is i's place in the whole batch. */
export function dropout(
  { x, seed, y }: Buffers<"dropout", Float64Array>,
  { count, probability: p, stream, accumulate, columns }: Params<"dropout">,
): void {
  const [key0, key1, part, parts] = seed as unknown as [number, number, number, number];
  for (let i = 0; i < count; i++) {
    const n = parts === 1 ? i : (Math.floor(i / columns) * parts + part) * columns + i % columns;
    const kept = uniform(threefry2x32(key0, key1, n, stream)[0]) >= p;
    y[i] = (accumulate ? y[i]! : 0) + (kept ? x[i]! / (1 - p) : 0);
  }
}
