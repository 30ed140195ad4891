// Products of one row with a matrix that many steps take: batch 1 of a generation. The matrix is packed once into panels of
// 32 columns: 8 sums hide a multiply-add's latency, and every word of a panel is one load at an offset from one address.
// Measured on one core, 480 KiB of weights: 77 of the 83 GB/s of a mere stream of loads, with turbo 108 of 91 (a stream of
// 128-bit loads); four rows of the matrix as it is stored, as in few_rows.ts, 60 and 67.
import { packFour } from "./pack";
import { DEPTH } from "./panels";
import { madd } from "./simd";

const ACROSS: u32 = 32;

// Words of the panels of a matrix (columns, depth).
export function vectorPanels(columns: u32, depth: u32): u32 {
  return (columns + ACROSS - 1) / ACROSS * ACROSS * depth;
}

// Panels of a matrix (columns, depth) that is stored row by row.
export function packVectorPanels(source: usize, columns: u32, depth: u32, target: usize): void {
  const stride = (depth << 2) as usize;
  for (let column: u32 = 0; column < columns; column += ACROSS, source += ACROSS * stride, target += ACROSS * stride) {
    for (let i: u32 = 0; i < ACROSS; i += 4) {
      packFour(source + i * stride, stride, <i32> (columns - column) - <i32> i, depth, ACROSS, target + (i << 2));
    }
  }
}

// y (columns) = x (depth) b, or += where `accumulate`; b are panels; `edge` is memory of a panel's width. Sums have the
// order of multiplyPanels: a text's bits do not depend on how many others are written.
export function multiplyOneRow(
  x: usize,
  b: usize,
  columns: u32,
  depth: u32,
  y: usize,
  accumulate: bool,
  edge: usize,
): void {
  for (let column: u32 = 0; column < columns; column += ACROSS, y += ACROSS << 2) {
    const whole = column + ACROSS <= columns, rest = ((columns - column) << 2) as usize;
    if (!whole && accumulate) memory.copy(edge, y, rest);
    for (let from: u32 = 0; from < depth; from += DEPTH) {
      const count = min(DEPTH, depth - from);
      multiplyPanel(x + (from << 2), b, count, whole ? y : edge, accumulate || from > 0);
      b += ((count * ACROSS) << 2) as usize;
    }
    if (!whole) memory.copy(y, edge, rest);
  }
}

// y (32) = x (depth) times one panel. Neighbours stand next to each other, as in tile4x16 (panels.ts).
export function multiplyPanel(x: usize, b: usize, depth: u32, y: usize, add: bool): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0), s5 = f32x4.splat(0), s6 = f32x4.splat(0), s7 = f32x4.splat(0);
  let a: v128, w: v128;
  const end = x + (depth << 2), whole = x + ((depth & ~3) << 2);
  while (x < whole) {
    a = v128.load(x);
    w = v128.shuffle<f32>(a, a, 0, 0, 0, 0);
    s0 = madd(w, v128.load(b), s0), s1 = madd(w, v128.load(b, 16), s1);
    s2 = madd(w, v128.load(b, 32), s2), s3 = madd(w, v128.load(b, 48), s3);
    s4 = madd(w, v128.load(b, 64), s4), s5 = madd(w, v128.load(b, 80), s5);
    s6 = madd(w, v128.load(b, 96), s6), s7 = madd(w, v128.load(b, 112), s7);
    w = v128.shuffle<f32>(a, a, 1, 1, 1, 1);
    s0 = madd(w, v128.load(b, 128), s0), s1 = madd(w, v128.load(b, 144), s1);
    s2 = madd(w, v128.load(b, 160), s2), s3 = madd(w, v128.load(b, 176), s3);
    s4 = madd(w, v128.load(b, 192), s4), s5 = madd(w, v128.load(b, 208), s5);
    s6 = madd(w, v128.load(b, 224), s6), s7 = madd(w, v128.load(b, 240), s7);
    w = v128.shuffle<f32>(a, a, 2, 2, 2, 2);
    s0 = madd(w, v128.load(b, 256), s0), s1 = madd(w, v128.load(b, 272), s1);
    s2 = madd(w, v128.load(b, 288), s2), s3 = madd(w, v128.load(b, 304), s3);
    s4 = madd(w, v128.load(b, 320), s4), s5 = madd(w, v128.load(b, 336), s5);
    s6 = madd(w, v128.load(b, 352), s6), s7 = madd(w, v128.load(b, 368), s7);
    w = v128.shuffle<f32>(a, a, 3, 3, 3, 3);
    s0 = madd(w, v128.load(b, 384), s0), s1 = madd(w, v128.load(b, 400), s1);
    s2 = madd(w, v128.load(b, 416), s2), s3 = madd(w, v128.load(b, 432), s3);
    s4 = madd(w, v128.load(b, 448), s4), s5 = madd(w, v128.load(b, 464), s5);
    s6 = madd(w, v128.load(b, 480), s6), s7 = madd(w, v128.load(b, 496), s7);
    x += 16, b += 512;
  }
  while (x < end) {
    w = v128.load32_splat(x);
    s0 = madd(w, v128.load(b), s0), s1 = madd(w, v128.load(b, 16), s1);
    s2 = madd(w, v128.load(b, 32), s2), s3 = madd(w, v128.load(b, 48), s3);
    s4 = madd(w, v128.load(b, 64), s4), s5 = madd(w, v128.load(b, 80), s5);
    s6 = madd(w, v128.load(b, 96), s6), s7 = madd(w, v128.load(b, 112), s7);
    x += 4, b += 128;
  }
  if (add) {
    s0 = f32x4.add(s0, v128.load(y)), s1 = f32x4.add(s1, v128.load(y, 16));
    s2 = f32x4.add(s2, v128.load(y, 32)), s3 = f32x4.add(s3, v128.load(y, 48));
    s4 = f32x4.add(s4, v128.load(y, 64)), s5 = f32x4.add(s5, v128.load(y, 80));
    s6 = f32x4.add(s6, v128.load(y, 96)), s7 = f32x4.add(s7, v128.load(y, 112));
  }
  v128.store(y, s0);
  v128.store(y, s1, 16);
  v128.store(y, s2, 32);
  v128.store(y, s3, 48);
  v128.store(y, s4, 64);
  v128.store(y, s5, 80);
  v128.store(y, s6, 96);
  v128.store(y, s7, 112);
}
