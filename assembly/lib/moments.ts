// Mean and deviation of rows, and the way back from what is normalized.
import { get, put } from "./lanes";
import { loadLanes } from "./simd";
import { addWide, BLOCK, total } from "./wide";

export class Moments {
  static mean: f32 = 0; // m
  static rate: f32 = 0; // 1 / sqrt(v + epsilon), v the mean of (x - m)^2

  // Those of a row.
  static of(row: usize, columns: u32, epsilon: f32): void {
    const mean = <f32> (sum(row, columns) / columns);
    const variance = sumOfSquares(row, columns, f32x4.splat(mean)) / columns;
    Moments.mean = mean;
    Moments.rate = <f32> (1 / sqrt<f64>(variance + epsilon));
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

// n (columns) = (x - m) r, in the place of x.
export function normalize(row: usize, columns: u32, mean: f32, rate: f32): void {
  const m = f32x4.splat(mean), r = f32x4.splat(rate);
  for (let c: u32 = 0; c < columns; c += 4) {
    const n = min<u32>(4, columns - c), p = row + (c << 2);
    put(p, f32x4.mul(f32x4.sub(get(p, n), m), r), n);
  }
}

// The gradient of x = m + n / r in the place of n (columns), d being that of n gain + bias; that of gain is added to dgain, that of
// bias to dbias: with g = d gain and means over the row, r (g - mean(g) - n mean(g n)).
export function normalizeBack(
  row: usize,
  d: usize,
  gain: usize,
  rate: f32,
  dgain: usize,
  dbias: usize,
  columns: u32,
): void {
  let wide = f64x2.splat(0), wideAlong = wide;
  for (let c: u32 = 0; c < columns;) {
    let part = f32x4.splat(0), along = part;
    for (const stop = min(columns, c + 4 * BLOCK); c < stop; c += 4) {
      const n = min<u32>(4, columns - c), at = (c << 2) as usize;
      const normal = get(row + at, n), upstream = get(d + at, n);
      const g = f32x4.mul(upstream, get(gain + at, n)); // 0 in the lanes that are left over
      put(dgain + at, f32x4.add(get(dgain + at, n), f32x4.mul(upstream, normal)), n);
      put(dbias + at, f32x4.add(get(dbias + at, n), upstream), n);
      part = f32x4.add(part, g);
      along = f32x4.add(along, f32x4.mul(g, normal));
    }
    wide = addWide(wide, part);
    wideAlong = addWide(wideAlong, along);
  }
  const r = f32x4.splat(rate);
  const meanG = f32x4.splat(<f32> (total(wide) / columns));
  const meanAlong = f32x4.splat(<f32> (total(wideAlong) / columns));
  for (let c: u32 = 0; c < columns; c += 4) {
    const n = min<u32>(4, columns - c), at = (c << 2) as usize;
    const g = f32x4.mul(get(d + at, n), get(gain + at, n));
    const left = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(get(row + at, n), meanAlong));
    put(row + at, f32x4.mul(r, left), n);
  }
}
