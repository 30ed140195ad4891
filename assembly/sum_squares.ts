// Partial sums of squares: partials[k] = sum of x[i]^2 over the k-th chunk of 4096 elements (CHUNK in src/kernels/).
// x (count); partials (⌈count / 4096⌉). Chunks are fixed, so that the sum does not depend on threads.
import { get } from "./lib/lanes";
import { madd } from "./lib/simd";
import { addWide, BLOCK, total } from "./lib/wide";
import { CHUNK } from "./numbers";

export function sum_squares(x: usize, partials: usize, count: u32, begin: u32, end: u32): void {
  for (let unit = begin; unit < end; unit++) {
    const last = min(count, (unit + 1) * CHUNK);
    let i = unit * CHUNK;
    let sum = f64x2.splat(0);
    while (i + 16 <= last) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (const stop = min(last, i + 16 * BLOCK); i + 16 <= stop; i += 16) {
        const p = x + (i << 2);
        const x0 = v128.load(p), x1 = v128.load(p, 16), x2 = v128.load(p, 32), x3 = v128.load(p, 48);
        s0 = madd(x0, x0, s0);
        s1 = madd(x1, x1, s1);
        s2 = madd(x2, x2, s2);
        s3 = madd(x3, x3, s3);
      }
      sum = addWide(sum, f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    }
    for (; i < last; i += 4) {
      const rest = get(x + (i << 2), min<u32>(4, last - i));
      sum = addWide(sum, f32x4.mul(rest, rest));
    }
    store<f32>(partials + (unit << 2), <f32> total(sum));
  }
}
