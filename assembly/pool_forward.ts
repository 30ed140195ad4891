// One vector of the time steps of each row: y[b] is by `kind`
//   0 mean  the sum of x[t, b] over t < lengths[b], divided by lengths[b]
//   1 max   the largest x[t, b] of t < lengths[b], of each column; a NaN where there is one
//   2 last  x[lengths[b] - 1, b]
// x (T = steps, B = batch, columns): x[t, b] begins at word t*stepStride + b*rowStride, so that (B, T, ·) is one too;
// lengths (B) u32, each from 1 to T; y (B, columns). What lies beyond a row's length is not read.
import { get, put } from "./lib/lanes";
import { isLarger } from "./lib/larger";
import { addHigh, addLow, BLOCK } from "./lib/wide";
import { POOL_LAST, POOL_MAX } from "./numbers";

export function pool_forward(
  x: usize,
  lengths: usize,
  y: usize,
  steps: u32,
  batch: u32,
  columns: u32,
  stepStride: u32,
  rowStride: u32,
  kind: u32,
  begin: u32,
  end: u32,
): void {
  const step = (stepStride << 2) as usize;
  for (let b = begin; b < end; b++) {
    const row = x + ((b * rowStride) << 2) as usize;
    const to = y + ((b * columns) << 2) as usize;
    const count = load<u32>(lengths + (b << 2));
    for (let c: u32 = 0; c < columns; c += 4) {
      const n = min<u32>(4, columns - c);
      const p = row + (c << 2);
      let value: v128;
      if (kind == POOL_LAST) value = get(p + (count - 1) * step, n);
      else if (kind == POOL_MAX) value = largest(p, count, step, n);
      else value = mean(p, count, step, n);
      put(to + (c << 2), value, n);
    }
  }
}

// Of n columns, at most 4, from the one at p on.
function mean(p: usize, count: u32, step: usize, n: u32): v128 {
  let low = f64x2.splat(0), high = low;
  for (let t: u32 = 0; t < count;) {
    let sum = f32x4.splat(0);
    for (const stop = min(count, t + BLOCK); t < stop; t++, p += step) sum = f32x4.add(sum, get(p, n));
    low = addLow(low, sum), high = addHigh(high, sum);
  }
  const divisor = f64x2.splat(<f64> count);
  const a = f32x4.demote_f64x2_zero(f64x2.div(low, divisor)), b = f32x4.demote_f64x2_zero(f64x2.div(high, divisor));
  return v128.shuffle<f32>(a, b, 0, 1, 4, 5);
}

function largest(p: usize, count: u32, step: usize, n: u32): v128 {
  let value = get(p, n);
  for (let t: u32 = 1; t < count; t++) {
    p += step;
    const other = get(p, n);
    value = v128.bitselect(other, value, isLarger(other, value));
  }
  return value;
}
