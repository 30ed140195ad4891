// The product of panels (see pack.ts): the one loop in which a product spends its time.
//
// A tile is 5 rows by 8 columns, or 4 by 8 where 5 do not divide the rows: 10 accumulators hide a multiply-add's latency
// of 5 cycles at two a cycle. A's panel holds 5 words a depth, so that 4 depths are 5 loads: stock Deno checks the bounds
// of every load, and a check costs about as much as a multiply-add. Measured on one core whose registers alone reach
// 40.7 GFLOP/s: 5 x 8 35.0, 3 x 12 31.1 (unrolled likewise 32.0), 4 x 8 29.3 (30.3). A broadcasting load for each word of A
// has more checks, but 12 accumulators: 6 x 8 is the faster one on newer cores (Zen 5), on Zen 4 it does 46 where 5 x 8 does
// 52. Each element's sum has the same order in every tile.
//
// Where no bound is checked and V8 makes one 256-bit operation of two neighbours of 128 bits ("turbo", see README.md), a
// tile is 6 rows by 16 columns with broadcasting loads, or 5 or 4 by 16: 110.7, 104.4 and 100.4 of 112.4 GFLOP/s of another
// core, on which stock Deno's registers reach 59.0 and 5 x 8 52.5; stock Deno would spill in them (35).
import { EDGE as EDGE_WORDS } from "../numbers";
import { panelColumns, panelHeight } from "./pack";
import { ownWords } from "./scratch";
import { madd } from "./simd";

// Depth that is worked through before the next rows: a panel of B then stays in the first cache (256 * 32 bytes).
export const DEPTH: u32 = 256;
// Bytes of a tile at an edge.
export const EDGE: usize = EDGE_WORDS << 2;

// Memory of this thread for such a tile.
export function edgeTile(): usize {
  return ownWords((EDGE >> 2) as u32);
}

// c (rows, columns), its rows ldc words apart, = A B or += where `accumulate`, or a row (columns) of `bias` + A B where that is
// not 0; A and B are panels `depth` deep; `edge` is a tile's memory.
export function multiplyPanels(
  a: usize,
  b: usize,
  rows: u32,
  columns: u32,
  depth: u32,
  c: usize,
  ldc: u32,
  accumulate: bool,
  edge: usize,
  bias: usize = 0,
): void {
  const across = panelColumns(), stride = (ldc << 2) as usize;
  for (let from: u32 = 0; from < depth; from += DEPTH) {
    const count = min(DEPTH, depth - from);
    const add = accumulate || from > 0, biased = bias != 0 && from == 0;
    let panelB = b + ((from * across) << 2) as usize;
    for (let column: u32 = 0; column < columns; column += across, panelB += ((depth * across) << 2) as usize) {
      let panelA = a, target = c + (column << 2) as usize;
      for (let row: u32 = 0; row < rows;) {
        const height = panelHeight(rows - row);
        const start = panelA + ((from * height) << 2) as usize;
        // What the tile is added to, its rows `apart` bytes apart.
        const first = biased ? bias + (column << 2) as usize : add ? target : 0, apart = biased ? 0 : stride;
        if (row + height <= rows && column + across <= columns) {
          multiplyTile(height, across, start, panelB, count, target, stride, first, apart);
        } else {
          multiplyTile(height, across, start, panelB, count, edge, (across << 2) as usize, 0, 0);
          copyEdge(edge, across, min(height, rows - row), min(across, columns - column), target, stride, first, apart);
        }
        row += height;
        panelA += ((depth * height) << 2) as usize;
        target += height * stride;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function multiplyTile(
  height: u32,
  across: u32,
  a: usize,
  b: usize,
  depth: u32,
  c: usize,
  stride: usize,
  from: usize,
  apart: usize,
): void {
  if (across == 16) {
    if (height == 6) tile6x16(a, b, depth, c, stride, from, apart);
    else if (height == 5) tile5x16(a, b, depth, c, stride, from, apart);
    else tile4x16(a, b, depth, c, stride, from, apart);
  } else if (height == 6) tile6x8(a, b, depth, c, stride, from, apart);
  else if (height == 5) tile5x8(a, b, depth, c, stride, from, apart);
  else tile4x8(a, b, depth, c, stride, from, apart);
}

function copyEdge(
  edge: usize,
  across: u32,
  rows: u32,
  columns: u32,
  c: usize,
  stride: usize,
  from: usize,
  apart: usize,
): void {
  for (let i: u32 = 0; i < rows; i++, c += stride, from += from ? apart : 0) {
    for (let j: u32 = 0; j < columns; j++) {
      const at = (j << 2) as usize, value = load<f32>(edge + ((i * across + j) << 2) as usize);
      store<f32>(c + at, from ? load<f32>(from + at) + value : value);
    }
  }
}

// c (5, 8), its rows `stride` bytes apart, plus what lies at `from`, rows `apart` bytes apart, unless that is 0. Four depths a round: the 20 words of A are 5 vectors.
export function tile5x8(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0);
  let av: v128, x: v128, b0: v128, b1: v128;
  const end = b + (depth << 5), whole = b + ((depth & ~3) << 5);
  while (b < whole) {
    b0 = v128.load(b), b1 = v128.load(b, 16), b += 32;
    av = v128.load(a), a += 16;
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    av = v128.load(a), a += 16;
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);

    b0 = v128.load(b), b1 = v128.load(b, 16), b += 32;
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    av = v128.load(a), a += 16;
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);

    b0 = v128.load(b), b1 = v128.load(b, 16), b += 32;
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    av = v128.load(a), a += 16;
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);

    b0 = v128.load(b), b1 = v128.load(b, 16), b += 32;
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    av = v128.load(a), a += 16;
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
  }
  while (b < end) {
    b0 = v128.load(b), b1 = v128.load(b, 16), b += 32;
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    a += 20;
  }
  storeRow(c, c00, c01, from, 0);
  storeRow(c + stride, c10, c11, from, apart);
  storeRow(c + 2 * stride, c20, c21, from, 2 * apart);
  storeRow(c + 3 * stride, c30, c31, from, 3 * apart);
  storeRow(c + 4 * stride, c40, c41, from, 4 * apart);
}

// c (6, 8), its rows `stride` bytes apart. 12 sums, two vectors of B and one of A: all 15 registers. Two depths a round.
export function tile6x8(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0);
  let x: v128, b0: v128, b1: v128;
  const end = b + (depth << 5), whole = b + ((depth & ~1) << 5);
  while (b < whole) {
    b0 = v128.load(b), b1 = v128.load(b, 16);
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);

    b0 = v128.load(b, 32), b1 = v128.load(b, 48), b += 64;
    x = v128.load32_splat(a, 24), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 28), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 32), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 36), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 40), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 44), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);
    a += 48;
  }
  if (b < end) {
    b0 = v128.load(b), b1 = v128.load(b, 16);
    x = v128.load32_splat(a), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16), c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20), c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);
  }
  storeRow(c, c00, c01, from, 0);
  storeRow(c + stride, c10, c11, from, apart);
  storeRow(c + 2 * stride, c20, c21, from, 2 * apart);
  storeRow(c + 3 * stride, c30, c31, from, 3 * apart);
  storeRow(c + 4 * stride, c40, c41, from, 4 * apart);
  storeRow(c + 5 * stride, c50, c51, from, 5 * apart);
}

// c (4, 8), its rows `stride` bytes apart.
export function tile4x8(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let av: v128, x: v128, b0: v128, b1: v128;
  const end = b + (depth << 5);
  while (b < end) {
    av = v128.load(a), b0 = v128.load(b), b1 = v128.load(b, 16);
    x = v128.shuffle<f32>(av, av, 0, 0, 0, 0), c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.shuffle<f32>(av, av, 1, 1, 1, 1), c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.shuffle<f32>(av, av, 2, 2, 2, 2), c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.shuffle<f32>(av, av, 3, 3, 3, 3), c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    a += 16, b += 32;
  }
  storeRow(c, c00, c01, from, 0);
  storeRow(c + stride, c10, c11, from, apart);
  storeRow(c + 2 * stride, c20, c21, from, 2 * apart);
  storeRow(c + 3 * stride, c30, c31, from, 3 * apart);
}

// c (4, 16), its rows `stride` bytes apart. Loads, multiply-adds and stores of neighbours stand next to each other.
export function tile4x16(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  for (let k: u32 = 0; k < depth; k++, a += 16, b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02), c03 = madd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12), c13 = madd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22), c23 = madd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30), c31 = madd(x, b1, c31), c32 = madd(x, b2, c32), c33 = madd(x, b3, c33);
  }
  storeWideRow(c, c00, c01, c02, c03, from, 0);
  storeWideRow(c + stride, c10, c11, c12, c13, from, apart);
  storeWideRow(c + 2 * stride, c20, c21, c22, c23, from, 2 * apart);
  storeWideRow(c + 3 * stride, c30, c31, c32, c33, from, 3 * apart);
}

// c (5, 16), as tile4x16.
export function tile5x16(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c42 = f32x4.splat(0), c43 = f32x4.splat(0);
  for (let k: u32 = 0; k < depth; k++, a += 20, b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02), c03 = madd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12), c13 = madd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22), c23 = madd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30), c31 = madd(x, b1, c31), c32 = madd(x, b2, c32), c33 = madd(x, b3, c33);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40), c41 = madd(x, b1, c41), c42 = madd(x, b2, c42), c43 = madd(x, b3, c43);
  }
  storeWideRow(c, c00, c01, c02, c03, from, 0);
  storeWideRow(c + stride, c10, c11, c12, c13, from, apart);
  storeWideRow(c + 2 * stride, c20, c21, c22, c23, from, 2 * apart);
  storeWideRow(c + 3 * stride, c30, c31, c32, c33, from, 3 * apart);
  storeWideRow(c + 4 * stride, c40, c41, c42, c43, from, 4 * apart);
}

// c (6, 16), as tile4x16.
export function tile6x16(a: usize, b: usize, depth: u32, c: usize, stride: usize, from: usize, apart: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c42 = f32x4.splat(0), c43 = f32x4.splat(0);
  let c50 = f32x4.splat(0), c51 = f32x4.splat(0), c52 = f32x4.splat(0), c53 = f32x4.splat(0);
  for (let k: u32 = 0; k < depth; k++, a += 24, b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00), c01 = madd(x, b1, c01), c02 = madd(x, b2, c02), c03 = madd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10), c11 = madd(x, b1, c11), c12 = madd(x, b2, c12), c13 = madd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20), c21 = madd(x, b1, c21), c22 = madd(x, b2, c22), c23 = madd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30), c31 = madd(x, b1, c31), c32 = madd(x, b2, c32), c33 = madd(x, b3, c33);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40), c41 = madd(x, b1, c41), c42 = madd(x, b2, c42), c43 = madd(x, b3, c43);
    x = v128.load32_splat(a, 20);
    c50 = madd(x, b0, c50), c51 = madd(x, b1, c51), c52 = madd(x, b2, c52), c53 = madd(x, b3, c53);
  }
  storeWideRow(c, c00, c01, c02, c03, from, 0);
  storeWideRow(c + stride, c10, c11, c12, c13, from, apart);
  storeWideRow(c + 2 * stride, c20, c21, c22, c23, from, 2 * apart);
  storeWideRow(c + 3 * stride, c30, c31, c32, c33, from, 3 * apart);
  storeWideRow(c + 4 * stride, c40, c41, c42, c43, from, 4 * apart);
  storeWideRow(c + 5 * stride, c50, c51, c52, c53, from, 5 * apart);
}

// V8 looks for neighbours among the stores of one basic block, and goes from these to what they store: no branch between.
// @ts-ignore: decorator
@inline
function storeWideRow(c: usize, x0: v128, x1: v128, x2: v128, x3: v128, from: usize, at: usize): void {
  if (from) {
    from += at;
    x0 = f32x4.add(x0, v128.load(from));
    x1 = f32x4.add(x1, v128.load(from, 16));
    x2 = f32x4.add(x2, v128.load(from, 32));
    x3 = f32x4.add(x3, v128.load(from, 48));
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
  v128.store(c, x2, 32);
  v128.store(c, x3, 48);
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, left: v128, right: v128, from: usize, at: usize): void {
  v128.store(c, from ? f32x4.add(left, v128.load(from + at)) : left);
  v128.store(c, from ? f32x4.add(right, v128.load(from + at, 16)) : right, 16);
}
