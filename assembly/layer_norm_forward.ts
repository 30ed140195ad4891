// Layer normalization (Ba, Kiros and Hinton 2016) of each row: y = n * weight + bias, n = (x - m) * r, m the mean of the row,
// r = 1 / sqrt(v + epsilon), v = the mean of (x - m)^2.
// x, y (rows, columns); weight, bias (columns), read where `scaled` and `shifted`, else 1 and 0; statistics (rows, 2): m and r.
import { get, put } from "./lib/lanes";
import { Moments } from "./lib/moments";

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
    Moments.of(x + start, columns, epsilon);
    store<f32>(statistics + (row << 3), Moments.mean);
    store<f32>(statistics + (row << 3), Moments.rate, 4);
    const m = f32x4.splat(Moments.mean), r = f32x4.splat(Moments.rate);
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
