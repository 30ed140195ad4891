// Layer normalization (Ba, Kiros and Hinton 2016) of each row: y = n * weight + bias, n = (x - m) * r, m the mean of the row,
// r = 1 / sqrt(v + epsilon), v = the mean of (x - m)^2.
// x, y (rows, columns); weight, bias (columns), read where `scaled` and `shifted`, else 1 and 0; statistics (rows, 2): m and r.
import { get, put } from "./lib/lanes";
import { loadLanes } from "./lib/simd";
import { addWide, BLOCK, total } from "./lib/wide";

export function layer_norm_forward(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  statistics: usize,
  rows: u32,
  columns: u32,
  epsilon: f32,
  scaled: u32,
  shifted: u32,
  begin: u32,
  end: u32,
): void {
  for (let row = begin; row < end; row++) {
    const start = ((row * columns) << 2) as usize;
    const mean = <f32> (sum(x + start, columns) / columns);
    const m = f32x4.splat(mean);
    const variance = sumOfSquares(x + start, columns, m) / columns;
    const rate = <f32> (1 / sqrt<f64>(variance + epsilon));
    store<f32>(statistics + (row << 3), mean);
    store<f32>(statistics + (row << 3), rate, 4);
    const r = f32x4.splat(rate);
    for (let c: u32 = 0; c < columns; c += 4) {
      const n = min<u32>(4, columns - c);
      const at = (c << 2) as usize;
      let value = f32x4.mul(f32x4.sub(get(x + start + at, n), m), r);
      if (scaled != 0) value = f32x4.mul(value, get(weight + at, n));
      if (shifted != 0) value = f32x4.add(value, get(bias + at, n));
      put(y + start + at, value, n);
    }
  }
}

function sum(row: usize, columns: u32): f64 {
  let wide = f64x2.splat(0);
  for (let c: u32 = 0; c < columns;) {
    let part = f32x4.splat(0);
    for (const stop = min(columns, c + 4 * BLOCK); c < stop; c += 4) {
      part = f32x4.add(part, get(row + (c << 2), min<u32>(4, columns - c)));
    }
    wide = addWide(wide, part);
  }
  return total(wide);
}

// Of distances from m; where fewer than four columns are left, the other lanes are m themselves.
function sumOfSquares(row: usize, columns: u32, m: v128): f64 {
  let wide = f64x2.splat(0);
  for (let c: u32 = 0; c < columns;) {
    let part = f32x4.splat(0);
    for (const stop = min(columns, c + 4 * BLOCK); c < stop; c += 4) {
      const p = row + (c << 2);
      const d = f32x4.sub(columns - c >= 4 ? v128.load(p) : loadLanes(p, columns - c, m), m);
      part = f32x4.add(part, f32x4.mul(d, d));
    }
    wide = addWide(wide, part);
  }
  return total(wide);
}
