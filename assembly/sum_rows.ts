// Sum over rows (a bias gradient, a mean loss): y[c] = scale * sum_r x[r, c], or += where `accumulate`.
// x (rows, columns), its rows ld words apart, the first at word `offset`; y (columns).
import { get, put } from "./lib/lanes";
import { madd } from "./lib/simd";
import { addHigh, addLow, BLOCK, narrow } from "./lib/wide";
import { COLUMNS } from "./numbers";

export function sum_rows(
  x: usize,
  y: usize,
  rows: u32,
  columns: u32,
  ld: u32,
  offset: u32,
  scale: f32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(columns, end * COLUMNS);
  const stride = (ld << 2) as usize;
  let c = begin * COLUMNS;
  for (; c + 16 <= last; c += 16) {
    let p = x + ((offset + c) << 2) as usize;
    const zero = f32x4.splat(0);
    let w0 = zero, w1 = zero, w2 = zero, w3 = zero, w4 = zero, w5 = zero, w6 = zero, w7 = zero;
    for (let row: u32 = 0; row < rows;) {
      let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
      for (const stop = min(rows, row + BLOCK); row < stop; row++, p += stride) {
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p, 16));
        s2 = f32x4.add(s2, v128.load(p, 32));
        s3 = f32x4.add(s3, v128.load(p, 48));
      }
      w0 = addLow(w0, s0), w1 = addHigh(w1, s0), w2 = addLow(w2, s1), w3 = addHigh(w3, s1);
      w4 = addLow(w4, s2), w5 = addHigh(w5, s2), w6 = addLow(w6, s3), w7 = addHigh(w7, s3);
    }
    const target = y + (c << 2);
    keep(target, narrow(w0, w1), scale, accumulate, 4);
    keep(target + 16, narrow(w2, w3), scale, accumulate, 4);
    keep(target + 32, narrow(w4, w5), scale, accumulate, 4);
    keep(target + 48, narrow(w6, w7), scale, accumulate, 4);
  }
  for (; c < last; c += 4) {
    const n = min<u32>(4, last - c);
    let p = x + ((offset + c) << 2) as usize;
    let low = f32x4.splat(0), high = low;
    for (let row: u32 = 0; row < rows;) {
      let sum = f32x4.splat(0);
      for (const stop = min(rows, row + BLOCK); row < stop; row++, p += stride) sum = f32x4.add(sum, get(p, n));
      low = addLow(low, sum), high = addHigh(high, sum);
    }
    keep(y + (c << 2), narrow(low, high), scale, accumulate, n);
  }
}

// @ts-ignore: decorator
@inline
function keep(y: usize, sum: v128, scale: f32, accumulate: u32, n: u32): void {
  put(y, madd(f32x4.splat(scale), sum, accumulate != 0 ? get(y, n) : f32x4.splat(0)), n);
}
