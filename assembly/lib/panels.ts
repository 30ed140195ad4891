// The product of panels (see pack.ts): the one loop in which a product spends its time.
//
// A tile is 3 rows by 12 columns, or 4 by 8: 9 or 8 accumulators, one load of A with a broadcast a row, 3 or 2 loads of B
// a depth. Stock Deno checks the bounds of every load, and broadcasts compete with multiply-adds: measured on one core of
// 35.8 GFLOP/s, 3 x 12 gives 35.2, 4 x 8 gives 30.9, 4 x 12 spills (20.0), 4 x 8 with its depth unrolled twice spills
// (19.5), 4 x 8 with broadcasting loads gives 23.6. Each element's sum has the same order in every tile.
import { madd } from "./simd";

// Depth that is worked through before the next rows: a panel of B then stays in the first cache (256 * 48 bytes).
export const DEPTH: u32 = 256;
// Words of a panel of A at one depth: a tile's rows, and a word that is not used where they are 3.
export const WORDS_A: u32 = 4;
// Bytes of a tile at an edge.
export const EDGE: usize = 192;

// The rows of a tile for a product of so many rows: a panel of 3 takes two thirds of the time of one of 4.
export function tileRows(rows: u32): u32 {
  return 2 * ((rows + 2) / 3) <= 3 * ((rows + 3) / 4) ? 3 : 4;
}

// The columns of that tile, and words of a panel of B at one depth.
export function tileColumns(tile: u32): u32 {
  return tile == 3 ? 12 : 8;
}

// c (rows, columns), its rows ldc words apart, = A B or += where `accumulate`; A and B are panels `depth` deep for tiles of
// `tile` rows; `edge` is a tile's memory.
export function multiplyPanels(
  tile: u32,
  a: usize,
  b: usize,
  rows: u32,
  columns: u32,
  depth: u32,
  c: usize,
  ldc: u32,
  accumulate: bool,
  edge: usize,
): void {
  const across = tileColumns(tile), stride = (ldc << 2) as usize;
  for (let from: u32 = 0; from < depth; from += DEPTH) {
    const count = min(DEPTH, depth - from);
    const add = accumulate || from > 0;
    let panelB = b + ((from * across) << 2) as usize;
    for (let column: u32 = 0; column < columns; column += across, panelB += ((depth * across) << 2) as usize) {
      let panelA = a + ((from * WORDS_A) << 2) as usize;
      for (let row: u32 = 0; row < rows; row += tile, panelA += ((depth * WORDS_A) << 2) as usize) {
        const target = c + ((row * ldc + column) << 2) as usize;
        const whole = row + tile <= rows && column + across <= columns;
        const into = whole ? target : edge;
        if (tile == 3) tile3x12(panelA, panelB, count, into, whole ? stride : 48, add && whole);
        else tile4x8(panelA, panelB, count, into, whole ? stride : 32, add && whole);
        if (!whole) copyEdge(edge, across, min(tile, rows - row), min(across, columns - column), target, ldc, add);
      }
    }
  }
}

function copyEdge(edge: usize, across: u32, rows: u32, columns: u32, c: usize, ldc: u32, add: bool): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      const target = c + ((i * ldc + j) << 2) as usize;
      const value = load<f32>(edge + ((i * across + j) << 2) as usize);
      store<f32>(target, add ? load<f32>(target) + value : value);
    }
  }
}

// c (3, 12), its rows `stride` bytes apart.
export function tile3x12(a: usize, b: usize, depth: u32, c: usize, stride: usize, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0);
  for (let k: u32 = 0; k < depth; k++, a += 16, b += 48) {
    const av = v128.load(a);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    let x = v128.shuffle<f32>(av, av, 0, 0, 0, 0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    c02 = madd(x, b2, c02);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    c12 = madd(x, b2, c12);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    c22 = madd(x, b2, c22);
  }
  const r1 = c + stride, r2 = r1 + stride;
  if (add) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c02 = f32x4.add(c02, v128.load(c, 32));
    c10 = f32x4.add(c10, v128.load(r1));
    c11 = f32x4.add(c11, v128.load(r1, 16));
    c12 = f32x4.add(c12, v128.load(r1, 32));
    c20 = f32x4.add(c20, v128.load(r2));
    c21 = f32x4.add(c21, v128.load(r2, 16));
    c22 = f32x4.add(c22, v128.load(r2, 32));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r1, c12, 32);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r2, c22, 32);
}

// c (4, 8), its rows `stride` bytes apart.
export function tile4x8(a: usize, b: usize, depth: u32, c: usize, stride: usize, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (let k: u32 = 0; k < depth; k++, a += 16, b += 32) {
    const av = v128.load(a);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.shuffle<f32>(av, av, 0, 0, 0, 0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
  }
  if (add) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(c + stride));
    c11 = f32x4.add(c11, v128.load(c + stride, 16));
    c20 = f32x4.add(c20, v128.load(c + 2 * stride));
    c21 = f32x4.add(c21, v128.load(c + 2 * stride, 16));
    c30 = f32x4.add(c30, v128.load(c + 3 * stride));
    c31 = f32x4.add(c31, v128.load(c + 3 * stride, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + stride, c10);
  v128.store(c + stride, c11, 16);
  v128.store(c + 2 * stride, c20);
  v128.store(c + 2 * stride, c21, 16);
  v128.store(c + 3 * stride, c30);
  v128.store(c + 3 * stride, c31, 16);
}
