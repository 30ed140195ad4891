// The gradient of pool_forward: dx[t, b] from dy[b], 0 for t >= lengths[b]; += where `accumulate`. By `kind`:
//   0 mean  dy[b] / lengths[b]
//   1 max   dy[b] at the first step that has the largest element of its column, or at the first NaN; else 0
//   2 last  dy[b] at t = lengths[b] - 1; else 0
// x and dx (T = steps, B = batch, columns): [t, b] begins at word t*stepStride + b*rowStride; lengths (B) u32, each from 1 to
// T; dy (B, columns). x is read for max only, and not beyond a row's length.
import { get, put } from "./lib/lanes";
import { isLarger } from "./lib/larger";
import { POOL_MAX, POOL_MEAN } from "./numbers";

export function pool_backward(
  x: usize,
  lengths: usize,
  dy: usize,
  dx: usize,
  steps: u32,
  batch: u32,
  columns: u32,
  stepStride: u32,
  rowStride: u32,
  kind: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const step = (stepStride << 2) as usize;
  for (let b = begin; b < end; b++) {
    const row = ((b * rowStride) << 2) as usize;
    const from = dy + ((b * columns) << 2) as usize;
    const count = load<u32>(lengths + (b << 2));
    for (let c: u32 = 0; c < columns; c += 4) {
      const n = min<u32>(4, columns - c);
      let value = get(from + (c << 2), n);
      if (kind == POOL_MEAN) value = f32x4.div(value, f32x4.splat(<f32> count));
      // From the first step up to the last that counts, those whose number is the chosen one.
      const chosen = kind == POOL_MAX ? placeOfLargest(x + row + (c << 2), count, step, n) : i32x4.splat(count - 1);
      let p = dx + row + (c << 2);
      for (let t: u32 = 0; t < steps; t++, p += step) {
        const here = kind == POOL_MEAN ? i32x4.splat(t < count ? -1 : 0) : i32x4.eq(i32x4.splat(t), chosen);
        const part = v128.and(value, here);
        put(p, accumulate != 0 ? f32x4.add(get(p, n), part) : part, n);
      }
    }
  }
}

// The first step that has it, of n columns, at most 4, from the one at p on.
function placeOfLargest(p: usize, count: u32, step: usize, n: u32): v128 {
  let value = get(p, n);
  let place = i32x4.splat(0);
  for (let t: u32 = 1; t < count; t++) {
    p += step;
    const other = get(p, n);
    const larger = isLarger(other, value);
    value = v128.bitselect(other, value, larger);
    place = v128.bitselect(i32x4.splat(t), place, larger);
  }
  return place;
}
