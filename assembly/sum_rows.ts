// Sum over rows (a bias gradient, a mean loss): y[c] = scale * sum_r x[r, c], or += where `accumulate`.
// x (rows, columns), its rows ld words apart, the first at word `offset`; y (columns).
import { get, put } from "./lib/lanes";
import { madd } from "./lib/simd";

const COLUMNS: u32 = 16; // a unit

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
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let row: u32 = 0; row < rows; row++, p += stride) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
    }
    const target = y + (c << 2);
    keep(target, s0, scale, accumulate, 4);
    keep(target + 16, s1, scale, accumulate, 4);
    keep(target + 32, s2, scale, accumulate, 4);
    keep(target + 48, s3, scale, accumulate, 4);
  }
  for (; c < last; c += 4) {
    const n = min<u32>(4, last - c);
    let p = x + ((offset + c) << 2) as usize;
    let sum = f32x4.splat(0);
    for (let row: u32 = 0; row < rows; row++, p += stride) sum = f32x4.add(sum, get(p, n));
    keep(y + (c << 2), sum, scale, accumulate, n);
  }
}

// @ts-ignore: decorator
@inline
function keep(y: usize, sum: v128, scale: f32, accumulate: u32, n: u32): void {
  put(y, madd(f32x4.splat(scale), sum, accumulate != 0 ? get(y, n) : f32x4.splat(0)), n);
}
