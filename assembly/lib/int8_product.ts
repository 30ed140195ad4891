// Products of the B rows of a step with weights of int8, of which each thread has its own columns, packed once for many steps:
// what shared_product.ts is of float32. The left operand is rounded to numbers of 7 bits without a sign, 1 to 127 or 0 to 127,
// with a scale a row:
//   x = (u - offset) * scale;  fixed, for |x| <= 1: u = round(63 x) + 64, scale 1 / 63;  by the largest of a row, for x >= 0:
//   u = round(127 x / largest), offset 0;  of a row that has been rounded, from -63 to 63: u = q + 64
//   y = float(sum over k of (u[k] - offset) w[k]) * (scale of the row * scale of the column)
// Sums are exact integers of 32 bits, up to a depth of 130,000, so that no tile and no build changes a bit. They begin at
// -offset * sum of w[k], which is packed beside the columns. Above a size of 2^24 float() rounds.
import { packFour } from "./pack";
import { Share } from "./shared_product";
import { horizontalMax, loadLanes } from "./simd";
import { bytes } from "./words";

// Columns of a panel for several rows and for one; rows of the left operand's panels.
const ACROSS: u32 = 8, ACROSS_ONE: u32 = 32, TALL: u32 = 4;
// What u stands for where x has a sign, and where it has none.
const SIGNED: f32 = 63, OFFSET: i32 = 64, UNSIGNED: f32 = 127;
// A row whose largest number is below counts as zero: what it is divided by must not be infinite.
const LEAST: f32 = 1e-30;

// Words of a row of `depth` numbers: whole vectors, the last filled up with zeros.
export function int8Words(depth: u32): u32 {
  return (depth + 15) / 16 * 4;
}

// @ts-ignore: decorator
@inline
function tallRows(): u32 {
  return Share.batch > 1 ? (Share.batch + TALL - 1) & ~(TALL - 1) : TALL;
}

// Words of a left operand (B, depth): the rows' scales, then their numbers.
export function int8LeftWords(depth: u32): u32 {
  return tallRows() * (1 + int8Words(depth));
}

// The numbers of row b of a left operand, a word of four each `step` bytes.
// @ts-ignore: decorator
@inline
function rowOf(left: usize, b: u32, words: u32): usize {
  const panels = left + bytes(tallRows());
  return Share.batch > 1 ? panels + bytes((b & ~(TALL - 1)) * words + (b & (TALL - 1))) : panels;
}

// @ts-ignore: decorator
@inline
function stepOf(): usize {
  return Share.batch > 1 ? bytes(TALL) : 4;
}

// x (B, depth) as a left operand; `signed` where |x| <= 1, else x >= 0.
export function packLeftInt8(x: usize, depth: u32, signed: bool, left: usize): void {
  const words = int8Words(depth), step = stepOf();
  for (let b: u32 = 0; b < Share.batch; b++, x += bytes(depth)) {
    const largest = signed ? <f32> 1 : largestOf(x, depth), some = largest >= LEAST;
    const most = signed ? SIGNED : UNSIGNED;
    store<f32>(left + bytes(b), some ? largest / most : <f32> 0);
    roundRow(x, depth, some ? most / largest : <f32> 0, signed ? OFFSET : 0, rowOf(left, b, words), step);
  }
}

function largestOf(x: usize, depth: u32): f32 {
  let most = f32x4.splat(0), k: u32 = 0;
  for (; k + 4 <= depth; k += 4) most = f32x4.max(most, v128.load(x + bytes(k)));
  if (k < depth) most = f32x4.max(most, loadLanes(x + bytes(k), depth - k, f32x4.splat(0)));
  return horizontalMax(most);
}

function roundRow(x: usize, depth: u32, factor: f32, offset: i32, target: usize, step: usize): void {
  const by = f32x4.splat(factor), plus = i32x4.splat(offset);
  let k: u32 = 0;
  for (; k + 4 <= depth; k += 4, target += step) putFour(v128.load(x + bytes(k)), by, plus, target);
  if (k < depth) {
    putFour(loadLanes(x + bytes(k), depth - k, f32x4.splat(0)), by, plus, target);
    k += 4, target += step;
  }
  const end: u32 = 4 * int8Words(depth);
  for (; k < end; k += 4, target += step) store<u32>(target, 0);
}

// @ts-ignore: decorator
@inline
function putFour(x: v128, by: v128, plus: v128, target: usize): void {
  const whole = i32x4.add(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, by))), plus);
  const halves = i16x8.narrow_i32x4_s(whole, whole);
  v128.store32_lane(target, i8x16.narrow_i16x8_u(halves, halves), 0);
}

// Row b of a left operand from a row of numbers from -63 to 63, with its scale.
export function packRowInt8(q: usize, depth: u32, scale: f32, b: u32, left: usize): void {
  const words = int8Words(depth), step = stepOf(), plus = i8x16.splat(OFFSET as i8);
  let target = rowOf(left, b, words);
  store<f32>(left + bytes(b), scale);
  for (let k: u32 = 0; k < words; k++, target += step) {
    v128.store32_lane(target, i8x16.add(v128.load32_zero(q + bytes(k)), plus), 0);
  }
}

// Words of the panels of this thread's columns.
export function int8PanelWords(columns: u32, depth: u32): u32 {
  const width = across();
  return (columns + width - 1) / width * width * (2 + int8Words(depth));
}

// @ts-ignore: decorator
@inline
function across(): u32 {
  return Share.batch > 1 ? ACROSS : ACROSS_ONE;
}

// This thread's rows of a weight (columns, depth) as panels: each the sums that its columns begin at, their scales, then their
// numbers, four depths a word. `signed` as the left operand is. Gives the place behind them.
export function packWeightInt8(weight: usize, scale: usize, columns: u32, depth: u32, signed: bool, panels: usize): usize {
  const first = Share.first(columns), count = Share.count(columns, first), words = int8Words(depth), width = across();
  const stride = bytes(words);
  let source = weight + bytes(first * words), from = scale + bytes(first);
  for (let column: u32 = 0; column < count; column += width, source += width * stride, from += bytes(width)) {
    for (let i: u32 = 0; i < width; i++) {
      const there = column + i < count;
      store<i32>(panels + bytes(i), there && signed ? -OFFSET * sumOf(source + i * stride, words) : 0);
      store<f32>(panels + bytes(width + i), there ? load<f32>(from + bytes(i)) : <f32> 0);
    }
    panels += bytes(2 * width);
    for (let i: u32 = 0; i < width; i += 4) {
      packFour(source + i * stride, stride, <i32> (count - column) - <i32> i, words, width, panels + bytes(i));
    }
    panels += bytes(width * words);
  }
  return panels;
}

function sumOf(row: usize, words: u32): i32 {
  let sum: i32 = 0;
  for (let k: u32 = 0; k < 4 * words; k++) sum += <i32> load<i8>(row + k);
  return sum;
}

// y (B, columns), its rows ld words apart, = x weight^T in this thread's columns, or += where `accumulate`. Gives the place of
// the next panels.
export function multiplyInt8(
  left: usize,
  panels: usize,
  columns: u32,
  depth: u32,
  y: usize,
  ld: u32,
  accumulate: bool,
): usize {
  const first = Share.first(columns), count = Share.count(columns, first), words = int8Words(depth), width = across();
  const size = bytes(width * (2 + words)), stride = bytes(ld);
  y += bytes(first);
  for (let column: u32 = 0; column < count; column += width, panels += size, y += bytes(width)) {
    const whole = column + width <= count;
    if (Share.batch == 1) {
      panelTimesRow(left, panels, words, whole ? y : Share.edge, whole && accumulate);
      if (!whole) copyEdge(Share.edge, 1, count - column, ACROSS_ONE, y, stride, accumulate);
      continue;
    }
    for (let row: u32 = 0; row < Share.batch; row += TALL) {
      const rows = left + bytes(tallRows() + row * words), scales = left + bytes(row), target = y + stride * (row as usize);
      if (whole && row + TALL <= Share.batch) int8Tile4x8(rows, scales, panels, words, target, stride, accumulate);
      else {
        int8Tile4x8(rows, scales, panels, words, Share.edge, bytes(ACROSS), false);
        const height = min(TALL, Share.batch - row), wide = min(ACROSS, count - column);
        copyEdge(Share.edge, height, wide, ACROSS, target, stride, accumulate);
      }
    }
  }
  return panels;
}

function copyEdge(edge: usize, rows: u32, columns: u32, width: u32, y: usize, stride: usize, accumulate: bool): void {
  for (let i: u32 = 0; i < rows; i++, y += stride, edge += bytes(width)) {
    for (let j: u32 = 0; j < columns; j++) {
      const value = load<f32>(edge + bytes(j));
      store<f32>(y + bytes(j), accumulate ? load<f32>(y + bytes(j)) + value : value);
    }
  }
}

// sum + the products of four columns, four depths each, with the same four depths of a row in each lane of u.
// @ts-ignore: decorator
@inline
function dot(w: v128, u: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, sum);
  const wide = i16x8.extend_low_i8x16_u(u);
  const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(w), wide);
  const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(w), wide);
  const even = v128.shuffle<i32>(low, high, 0, 2, 4, 6), odd = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  return i32x4.add(sum, i32x4.add(even, odd));
}

// @ts-ignore: decorator
@inline
function finish(sum: v128, scale: v128, y: usize, at: usize, add: bool): void {
  const value = f32x4.mul(f32x4.convert_i32x4_s(sum), scale);
  v128.store(y + at, add ? f32x4.add(v128.load(y + at), value) : value);
}

// y (32), or += , of one row and one panel.
function panelTimesRow(left: usize, b: usize, words: u32, y: usize, add: bool): void {
  let s0 = v128.load(b), s1 = v128.load(b, 16), s2 = v128.load(b, 32), s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64), s5 = v128.load(b, 80), s6 = v128.load(b, 96), s7 = v128.load(b, 112);
  const scales = b + 128, own = f32x4.splat(load<f32>(left));
  let x = left + bytes(TALL), a: v128, u: v128;
  b += 256;
  const end = x + bytes(words);
  for (; x < end; x += 16, b += 512) {
    a = v128.load(x);
    u = v128.shuffle<i32>(a, a, 0, 0, 0, 0);
    s0 = dot(v128.load(b), u, s0), s1 = dot(v128.load(b, 16), u, s1);
    s2 = dot(v128.load(b, 32), u, s2), s3 = dot(v128.load(b, 48), u, s3);
    s4 = dot(v128.load(b, 64), u, s4), s5 = dot(v128.load(b, 80), u, s5);
    s6 = dot(v128.load(b, 96), u, s6), s7 = dot(v128.load(b, 112), u, s7);
    u = v128.shuffle<i32>(a, a, 1, 1, 1, 1);
    s0 = dot(v128.load(b, 128), u, s0), s1 = dot(v128.load(b, 144), u, s1);
    s2 = dot(v128.load(b, 160), u, s2), s3 = dot(v128.load(b, 176), u, s3);
    s4 = dot(v128.load(b, 192), u, s4), s5 = dot(v128.load(b, 208), u, s5);
    s6 = dot(v128.load(b, 224), u, s6), s7 = dot(v128.load(b, 240), u, s7);
    u = v128.shuffle<i32>(a, a, 2, 2, 2, 2);
    s0 = dot(v128.load(b, 256), u, s0), s1 = dot(v128.load(b, 272), u, s1);
    s2 = dot(v128.load(b, 288), u, s2), s3 = dot(v128.load(b, 304), u, s3);
    s4 = dot(v128.load(b, 320), u, s4), s5 = dot(v128.load(b, 336), u, s5);
    s6 = dot(v128.load(b, 352), u, s6), s7 = dot(v128.load(b, 368), u, s7);
    u = v128.shuffle<i32>(a, a, 3, 3, 3, 3);
    s0 = dot(v128.load(b, 384), u, s0), s1 = dot(v128.load(b, 400), u, s1);
    s2 = dot(v128.load(b, 416), u, s2), s3 = dot(v128.load(b, 432), u, s3);
    s4 = dot(v128.load(b, 448), u, s4), s5 = dot(v128.load(b, 464), u, s5);
    s6 = dot(v128.load(b, 480), u, s6), s7 = dot(v128.load(b, 496), u, s7);
  }
  finish(s0, f32x4.mul(own, v128.load(scales)), y, 0, add);
  finish(s1, f32x4.mul(own, v128.load(scales, 16)), y, 16, add);
  finish(s2, f32x4.mul(own, v128.load(scales, 32)), y, 32, add);
  finish(s3, f32x4.mul(own, v128.load(scales, 48)), y, 48, add);
  finish(s4, f32x4.mul(own, v128.load(scales, 64)), y, 64, add);
  finish(s5, f32x4.mul(own, v128.load(scales, 80)), y, 80, add);
  finish(s6, f32x4.mul(own, v128.load(scales, 96)), y, 96, add);
  finish(s7, f32x4.mul(own, v128.load(scales, 112)), y, 112, add);
}

// y (4, 8), its rows `stride` bytes apart, or +=, of a left operand's panel and a weight's.
export function int8Tile4x8(
  x: usize,
  rowScales: usize,
  b: usize,
  words: u32,
  y: usize,
  stride: usize,
  add: bool,
): void {
  let s00 = v128.load(b), s01 = v128.load(b, 16), s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  const scale0 = v128.load(b, 32), scale1 = v128.load(b, 48);
  let a: v128, u: v128, w0: v128, w1: v128;
  b += 64;
  const end = b + bytes(ACROSS * words);
  for (; b < end; b += 32, x += 16) {
    a = v128.load(x), w0 = v128.load(b), w1 = v128.load(b, 16);
    u = v128.shuffle<i32>(a, a, 0, 0, 0, 0), s00 = dot(w0, u, s00), s01 = dot(w1, u, s01);
    u = v128.shuffle<i32>(a, a, 1, 1, 1, 1), s10 = dot(w0, u, s10), s11 = dot(w1, u, s11);
    u = v128.shuffle<i32>(a, a, 2, 2, 2, 2), s20 = dot(w0, u, s20), s21 = dot(w1, u, s21);
    u = v128.shuffle<i32>(a, a, 3, 3, 3, 3), s30 = dot(w0, u, s30), s31 = dot(w1, u, s31);
  }
  finishRow(s00, s01, scale0, scale1, rowScales, y, add);
  finishRow(s10, s11, scale0, scale1, rowScales + 4, y + stride, add);
  finishRow(s20, s21, scale0, scale1, rowScales + 8, y + 2 * stride, add);
  finishRow(s30, s31, scale0, scale1, rowScales + 12, y + 3 * stride, add);
}

// @ts-ignore: decorator
@inline
function finishRow(
  s0: v128,
  s1: v128,
  scale0: v128,
  scale1: v128,
  rowScale: usize,
  y: usize,
  add: bool,
): void {
  const own = v128.load32_splat(rowScale);
  finish(s0, f32x4.mul(own, scale0), y, 0, add);
  finish(s1, f32x4.mul(own, scale1), y, 16, add);
}

// Adds to y (count) row `id` of a weight that lies transposed, (V, rows) of int8: `q` is where it begins, `scale` (count) its
// numbers' scales.
export function addScaled(q: usize, scale: usize, y: usize, count: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= count; i += 4) {
    const four = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(q + i)));
    const value = f32x4.mul(f32x4.convert_i32x4_s(four), v128.load(scale + bytes(i)));
    v128.store(y + bytes(i), f32x4.add(v128.load(y + bytes(i)), value));
  }
  for (; i < count; i++) {
    const value = <f32> load<i8>(q + i) * load<f32>(scale + bytes(i));
    store<f32>(y + bytes(i), load<f32>(y + bytes(i)) + value);
  }
}
