// The loops of int8_product.ts: a left operand's panel times a weight's, exact sums of integers and then a scale each.
import { bytes } from "./words";

// Whether the processor lacks relaxed SIMD's dot as one instruction. There V8 multiplies pairs into numbers of 16 bits, which
// end at 32,767, and makes ones to add them up with anew for each dot: pairs() keeps the ones.
export const BY_PAIRS: bool = ASC_FEATURE_RELAXED_SIMD && saturates();

function saturates(): bool {
  const sums = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sums, 0) == 2 * 32767;
}

// sum + the products of four columns with a word of a row in each lane of u.
// @ts-ignore: decorator
@inline
function dot(w: v128, u: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, u, sum);
  return i32x4.add(sum, i32x4.dot_i16x8_s(w, u));
}

// Ones that V8 keeps in a register: it takes those of i16x8.splat(1) for a constant, which it makes anew at each use.
// @ts-ignore: decorator
@inline
function onesOf(words: u32): v128 {
  return i16x8.splat(<i16> (words > 0));
}

// The same as dot() where that is not one instruction.
// @ts-ignore: decorator
@inline
function pairs(w: v128, u: v128, sum: v128, ones: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w, u), ones));
}

// @ts-ignore: decorator
@inline
function finish(sum: v128, scale: v128, y: usize, at: usize, add: bool): void {
  const value = f32x4.mul(f32x4.convert_i32x4_s(sum), scale);
  v128.store(y + at, add ? f32x4.add(v128.load(y + at), value) : value);
}

// y (32), or +=, of one row, its scale in front of it and room for three, and one panel.
export function panelTimesRow(left: usize, b: usize, words: u32, y: usize, add: bool): void {
  let s0 = v128.load(b), s1 = v128.load(b, 16), s2 = v128.load(b, 32), s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64), s5 = v128.load(b, 80), s6 = v128.load(b, 96), s7 = v128.load(b, 112);
  const scales = b + 128, own = f32x4.splat(load<f32>(left));
  let x = left + 16, a: v128, u: v128;
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
  finishPanel(s0, s1, s2, s3, own, scales, y, add);
  finishPanel(s4, s5, s6, s7, own, scales + 64, y + 64, add);
}

// panelTimesRow by pairs.
export function pairsTimesRow(left: usize, b: usize, words: u32, y: usize, add: bool): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  let s0 = v128.load(b), s1 = v128.load(b, 16), s2 = v128.load(b, 32), s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64), s5 = v128.load(b, 80), s6 = v128.load(b, 96), s7 = v128.load(b, 112);
  const scales = b + 128, own = f32x4.splat(load<f32>(left)), ones = onesOf(words);
  b += 256;
  let x = left + 16;
  for (const end = x + bytes(words); x < end; x += 4, b += 128) {
    const u = v128.load32_splat(x);
    s0 = pairs(v128.load(b), u, s0, ones), s1 = pairs(v128.load(b, 16), u, s1, ones);
    s2 = pairs(v128.load(b, 32), u, s2, ones), s3 = pairs(v128.load(b, 48), u, s3, ones);
    s4 = pairs(v128.load(b, 64), u, s4, ones), s5 = pairs(v128.load(b, 80), u, s5, ones);
    s6 = pairs(v128.load(b, 96), u, s6, ones), s7 = pairs(v128.load(b, 112), u, s7, ones);
  }
  finishPanel(s0, s1, s2, s3, own, scales, y, add);
  finishPanel(s4, s5, s6, s7, own, scales + 64, y + 64, add);
}

// @ts-ignore: decorator
@inline
function finishPanel(s0: v128, s1: v128, s2: v128, s3: v128, own: v128, scales: usize, y: usize, add: bool): void {
  finish(s0, f32x4.mul(own, v128.load(scales)), y, 0, add);
  finish(s1, f32x4.mul(own, v128.load(scales, 16)), y, 16, add);
  finish(s2, f32x4.mul(own, v128.load(scales, 32)), y, 32, add);
  finish(s3, f32x4.mul(own, v128.load(scales, 48)), y, 48, add);
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
  const end = b + (words << 5);
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

// int8Tile4x8 by pairs.
export function int8Pairs4x8(
  x: usize,
  rowScales: usize,
  b: usize,
  words: u32,
  y: usize,
  stride: usize,
  add: bool,
): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  let s00 = v128.load(b), s01 = v128.load(b, 16), s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  const scale0 = v128.load(b, 32), scale1 = v128.load(b, 48), ones = onesOf(words);
  b += 64;
  const end = b + (words << 5);
  for (; b < end; b += 32, x += 16) {
    const w0 = v128.load(b), w1 = v128.load(b, 16);
    let u = v128.load32_splat(x);
    s00 = pairs(w0, u, s00, ones), s01 = pairs(w1, u, s01, ones);
    u = v128.load32_splat(x, 4);
    s10 = pairs(w0, u, s10, ones), s11 = pairs(w1, u, s11, ones);
    u = v128.load32_splat(x, 8);
    s20 = pairs(w0, u, s20, ones), s21 = pairs(w1, u, s21, ones);
    u = v128.load32_splat(x, 12);
    s30 = pairs(w0, u, s30, ones), s31 = pairs(w1, u, s31, ones);
  }
  finishRow(s00, s01, scale0, scale1, rowScales, y, add);
  finishRow(s10, s11, scale0, scale1, rowScales + 4, y + stride, add);
  finishRow(s20, s21, scale0, scale1, rowScales + 8, y + 2 * stride, add);
  finishRow(s30, s31, scale0, scale1, rowScales + 12, y + 3 * stride, add);
}

// y (6, 8), as int8Tile4x8: 12 sums, two words of the weight and one of the left operand are all 15 registers. Nothing in the
// plain build, where a dot takes a register more.
export function int8Tile6x8(
  x: usize,
  rowScales: usize,
  b: usize,
  words: u32,
  y: usize,
  stride: usize,
  add: bool,
): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  let s00 = v128.load(b), s01 = v128.load(b, 16), s10 = s00, s11 = s01, s20 = s00, s21 = s01;
  let s30 = s00, s31 = s01, s40 = s00, s41 = s01, s50 = s00, s51 = s01;
  const scales = b + 32;
  let u: v128, w0: v128, w1: v128;
  b += 64;
  const end = b + (words << 5);
  for (; b < end; b += 64, x += 48) {
    w0 = v128.load(b), w1 = v128.load(b, 16);
    u = v128.load32_splat(x), s00 = dot(w0, u, s00), s01 = dot(w1, u, s01);
    u = v128.load32_splat(x, 4), s10 = dot(w0, u, s10), s11 = dot(w1, u, s11);
    u = v128.load32_splat(x, 8), s20 = dot(w0, u, s20), s21 = dot(w1, u, s21);
    u = v128.load32_splat(x, 12), s30 = dot(w0, u, s30), s31 = dot(w1, u, s31);
    u = v128.load32_splat(x, 16), s40 = dot(w0, u, s40), s41 = dot(w1, u, s41);
    u = v128.load32_splat(x, 20), s50 = dot(w0, u, s50), s51 = dot(w1, u, s51);

    w0 = v128.load(b, 32), w1 = v128.load(b, 48);
    u = v128.load32_splat(x, 24), s00 = dot(w0, u, s00), s01 = dot(w1, u, s01);
    u = v128.load32_splat(x, 28), s10 = dot(w0, u, s10), s11 = dot(w1, u, s11);
    u = v128.load32_splat(x, 32), s20 = dot(w0, u, s20), s21 = dot(w1, u, s21);
    u = v128.load32_splat(x, 36), s30 = dot(w0, u, s30), s31 = dot(w1, u, s31);
    u = v128.load32_splat(x, 40), s40 = dot(w0, u, s40), s41 = dot(w1, u, s41);
    u = v128.load32_splat(x, 44), s50 = dot(w0, u, s50), s51 = dot(w1, u, s51);
  }
  w0 = v128.load(scales), w1 = v128.load(scales, 16);
  finishRow(s00, s01, w0, w1, rowScales, y, add);
  finishRow(s10, s11, w0, w1, rowScales + 4, y + stride, add);
  finishRow(s20, s21, w0, w1, rowScales + 8, y + 2 * stride, add);
  finishRow(s30, s31, w0, w1, rowScales + 12, y + 3 * stride, add);
  finishRow(s40, s41, w0, w1, rowScales + 16, y + 4 * stride, add);
  finishRow(s50, s51, w0, w1, rowScales + 20, y + 5 * stride, add);
}

// y (4, 16), as int8Tile4x8; dots, loads and stores of neighbours stand next to each other (tile4x16 in panels.ts).
export function int8Tile4x16(
  x: usize,
  rowScales: usize,
  b: usize,
  words: u32,
  y: usize,
  stride: usize,
  add: bool,
): void {
  let s00 = v128.load(b), s01 = v128.load(b, 16), s02 = v128.load(b, 32), s03 = v128.load(b, 48);
  let s10 = s00, s11 = s01, s12 = s02, s13 = s03, s20 = s00, s21 = s01, s22 = s02, s23 = s03;
  let s30 = s00, s31 = s01, s32 = s02, s33 = s03;
  const scales = b + 64;
  b += 128;
  for (const end = b + (words << 6); b < end; b += 64, x += 16) {
    const w0 = v128.load(b), w1 = v128.load(b, 16), w2 = v128.load(b, 32), w3 = v128.load(b, 48);
    let u = v128.load32_splat(x);
    s00 = dot(w0, u, s00), s01 = dot(w1, u, s01), s02 = dot(w2, u, s02), s03 = dot(w3, u, s03);
    u = v128.load32_splat(x, 4);
    s10 = dot(w0, u, s10), s11 = dot(w1, u, s11), s12 = dot(w2, u, s12), s13 = dot(w3, u, s13);
    u = v128.load32_splat(x, 8);
    s20 = dot(w0, u, s20), s21 = dot(w1, u, s21), s22 = dot(w2, u, s22), s23 = dot(w3, u, s23);
    u = v128.load32_splat(x, 12);
    s30 = dot(w0, u, s30), s31 = dot(w1, u, s31), s32 = dot(w2, u, s32), s33 = dot(w3, u, s33);
  }
  finishWideRow(s00, s01, s02, s03, scales, rowScales, y, add);
  finishWideRow(s10, s11, s12, s13, scales, rowScales + 4, y + stride, add);
  finishWideRow(s20, s21, s22, s23, scales, rowScales + 8, y + 2 * stride, add);
  finishWideRow(s30, s31, s32, s33, scales, rowScales + 12, y + 3 * stride, add);
}

// @ts-ignore: decorator
@inline
function finishWideRow(
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  scales: usize,
  rowScale: usize,
  y: usize,
  add: bool,
): void {
  const own = v128.load32_splat(rowScale);
  let y0 = scaled(s0, own, v128.load(scales)), y1 = scaled(s1, own, v128.load(scales, 16));
  let y2 = scaled(s2, own, v128.load(scales, 32)), y3 = scaled(s3, own, v128.load(scales, 48));
  if (add) {
    y0 = f32x4.add(v128.load(y), y0), y1 = f32x4.add(v128.load(y, 16), y1);
    y2 = f32x4.add(v128.load(y, 32), y2), y3 = f32x4.add(v128.load(y, 48), y3);
  }
  v128.store(y, y0);
  v128.store(y, y1, 16);
  v128.store(y, y2, 32);
  v128.store(y, y3, 48);
}

// @ts-ignore: decorator
@inline
function scaled(sum: v128, own: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(own, scale));
}
