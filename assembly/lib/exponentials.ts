// The sum of e^(x - peak) over a row of logits (columns); where `keep`, the row turns into its terms.
import { exp } from "./activations";
import { put } from "./lanes";
import { loadLanes } from "./simd";
import { addWide, BLOCK, total } from "./wide";

const COLUMNS: u32 = 8 * BLOCK; // two chains of BLOCK vectors

export function sumOfExponentials(row: usize, columns: u32, peak: f32, keep: bool): f64 {
  const shift = f32x4.splat(peak);
  let sum = f64x2.splat(0);
  for (let from: u32 = 0; from < columns; from += COLUMNS) {
    sum = addWide(sum, block(row + (from << 2), min(COLUMNS, columns - from), shift, keep));
  }
  return total(sum);
}

// The sums of four lanes over a part of a row.
// @ts-ignore: decorator
@inline
function block(row: usize, columns: u32, shift: v128, keep: bool): v128 {
  let sum = f32x4.splat(0), other = sum;
  let c: u32 = 0;
  for (; c + 8 <= columns; c += 8) {
    const p = row + (c << 2);
    const e = exp(f32x4.sub(v128.load(p), shift)), f = exp(f32x4.sub(v128.load(p, 16), shift));
    sum = f32x4.add(sum, e);
    other = f32x4.add(other, f);
    if (keep) {
      v128.store(p, e);
      v128.store(p, f, 16);
    }
  }
  sum = f32x4.add(sum, other);
  for (; c + 4 <= columns; c += 4) {
    const p = row + (c << 2);
    const e = exp(f32x4.sub(v128.load(p), shift));
    sum = f32x4.add(sum, e);
    if (keep) v128.store(p, e);
  }
  if (c < columns) {
    const p = row + (c << 2);
    const e = exp(f32x4.sub(loadLanes(p, columns - c, f32x4.splat(-Infinity)), shift));
    sum = f32x4.add(sum, e);
    if (keep) put(p, e, columns - c);
  }
  return sum;
}
