// Products of a few rows with a matrix stored row by row: batch 1, where packing costs more than it gives. Every word of
// the matrix is read once, in order: the rate is the memory's.
import { madd } from "./simd";

// c (rows, columns) = a (rows, K) b^T, or += where `accumulate`; b stored (columns, K).
export function multiplyFewRows(
  a: usize,
  lda: u32,
  rows: u32,
  b: usize,
  ldb: u32,
  columns: u32,
  K: u32,
  c: usize,
  ldc: u32,
  accumulate: bool,
): void {
  const strideB = (ldb << 2) as usize;
  for (let row: u32 = 0; row < rows; row++) {
    const x = a + ((row * lda) << 2) as usize;
    let target = c + ((row * ldc) << 2) as usize;
    let w = b;
    let column: u32 = 0;
    for (; column + 4 <= columns; column += 4, w += 4 * strideB, target += 16) {
      const value = dotFour(x, w, strideB, K);
      v128.store(target, accumulate ? f32x4.add(v128.load(target), value) : value);
    }
    for (; column < columns; column++, w += strideB, target += 4) {
      const value = dot(x, w, K);
      store<f32>(target, accumulate ? load<f32>(target) + value : value);
    }
  }
}

// The products of x (K) with four rows of w. Sixteen elements of each row at a time into two sums: of fifteen ways tried,
// between 1 and 8 rows, this one came closest to a mere stream of loads (81 % of it; one sum and four elements 65 %).
function dotFour(x: usize, w: usize, stride: usize, K: u32): v128 {
  const start = x, end = x + ((K << 2) as usize), whole = x + (((K & ~15) << 2) as usize);
  let w0 = w, w1 = w + stride, w2 = w + 2 * stride, w3 = w + 3 * stride;
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let r0 = f32x4.splat(0), r1 = f32x4.splat(0), r2 = f32x4.splat(0), r3 = f32x4.splat(0);
  while (x < whole) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    s0 = madd(a, v128.load(w0), s0);
    s1 = madd(a, v128.load(w1), s1);
    s2 = madd(a, v128.load(w2), s2);
    s3 = madd(a, v128.load(w3), s3);
    r0 = madd(b, v128.load(w0, 16), r0);
    r1 = madd(b, v128.load(w1, 16), r1);
    r2 = madd(b, v128.load(w2, 16), r2);
    r3 = madd(b, v128.load(w3, 16), r3);
    s0 = madd(c, v128.load(w0, 32), s0);
    s1 = madd(c, v128.load(w1, 32), s1);
    s2 = madd(c, v128.load(w2, 32), s2);
    s3 = madd(c, v128.load(w3, 32), s3);
    r0 = madd(d, v128.load(w0, 48), r0);
    r1 = madd(d, v128.load(w1, 48), r1);
    r2 = madd(d, v128.load(w2, 48), r2);
    r3 = madd(d, v128.load(w3, 48), r3);
    x += 64;
    w0 += 64;
    w1 += 64;
    w2 += 64;
    w3 += 64;
  }
  s0 = f32x4.add(s0, r0);
  s1 = f32x4.add(s1, r1);
  s2 = f32x4.add(s2, r2);
  s3 = f32x4.add(s3, r3);
  for (const four = start + (((K & ~3) << 2) as usize); x < four; x += 16, w0 += 16, w1 += 16, w2 += 16, w3 += 16) {
    const v = v128.load(x);
    s0 = madd(v, v128.load(w0), s0);
    s1 = madd(v, v128.load(w1), s1);
    s2 = madd(v, v128.load(w2), s2);
    s3 = madd(v, v128.load(w3), s3);
  }
  // four sums across lanes at once: a 4 x 4 transpose and three additions
  const a = v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), b = v128.shuffle<f32>(s2, s3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(s0, s1, 2, 6, 3, 7), d = v128.shuffle<f32>(s2, s3, 2, 6, 3, 7);
  let total = f32x4.add(
    f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7)),
    f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7)),
  );
  for (; x < end; x += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
    let four = v128.load32_zero(w0);
    four = v128.load_lane<f32>(w1, four, 1);
    four = v128.load_lane<f32>(w2, four, 2);
    four = v128.load_lane<f32>(w3, four, 3);
    total = madd(v128.load32_splat(x), four, total);
  }
  return total;
}

// The product of x (K) with one row of w; its order of additions is dotFour's.
function dot(x: usize, w: usize, K: u32): f32 {
  return f32x4.extract_lane(dotFour(x, w, 0, K), 0);
}
