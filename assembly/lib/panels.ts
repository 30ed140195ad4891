// The product of panels (see pack.ts): the one loop in which a product spends its time.
// A tile is 4 rows by 8 columns: 8 accumulators, one load of A with 4 broadcasts and two loads of B a depth. Stock Deno
// checks the bounds of every load, so loads a multiply-add are what counts; wider tiles and an unrolled depth spill.
import { madd } from "./simd";

// Depth that is worked through before the next rows: a panel of B then stays in the first cache (256 * 32 bytes).
export const DEPTH: u32 = 256;

// c (rows, columns), its rows ldc words apart, = A B or += where `accumulate`, over the depths [from, to) of panels that
// are `depth` deep.
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
): void {
  for (let from: u32 = 0; from < depth; from += DEPTH) {
    const count = min(DEPTH, depth - from);
    const add = accumulate || from > 0;
    for (let column: u32 = 0; column < columns; column += 8) {
      const panelB = b + ((column * depth + from * 8) << 2) as usize;
      for (let row: u32 = 0; row < rows; row += 4) {
        const panelA = a + ((row * depth + from * 4) << 2) as usize;
        const target = c + ((row * ldc + column) << 2) as usize;
        if (row + 4 <= rows && column + 8 <= columns) tile(panelA, panelB, count, target, ldc << 2, add);
        else {
          tile(panelA, panelB, count, edge, 32, false);
          copyEdge(edge, min(<u32> 4, rows - row), min(<u32> 8, columns - column), target, ldc, add);
        }
      }
    }
  }
}

function copyEdge(edge: usize, rows: u32, columns: u32, c: usize, ldc: u32, add: bool): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      const target = c + ((i * ldc + j) << 2) as usize;
      const value = load<f32>(edge + ((i * 8 + j) << 2) as usize);
      store<f32>(target, add ? load<f32>(target) + value : value);
    }
  }
}

// c (4, 8), its rows `stride` bytes apart.
function tile(a: usize, b: usize, depth: u32, c: usize, stride: usize, add: bool): void {
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
