// Products of the B rows of a step with weights of int8, of which each thread has its own columns, packed once for many steps:
// what shared_product.ts is of float32. The left operand is rounded to numbers of 7 bits without a sign, 1 to 127 or 0 to 127,
// with a scale a row:
//   x = (u - offset) * scale;  fixed, for |x| <= 1: u = round(63 x) + 64, scale 1 / 63;  by the largest of a row, for x >= 0:
//   u = round(127 x / largest), offset 0;  of a row that has been rounded, from -63 to 63: u = q + 64
//   y = float(sum over k of (u[k] - offset) w[k]) * (scale of the row * scale of the column)
// Sums are exact integers of 32 bits, up to a depth of 130,000, so that no tile and no build changes a bit. They begin at
// -offset * sum of w[k], which is packed beside the columns. Above a size of 2^24 float() rounds.
// A word of an operand is four numbers of a byte where there is relaxed SIMD's dot of these, in the plain build two of 16 bits.
import { BY_PAIRS, int8Pairs4x8, int8Tile4x16, int8Tile4x8, int8Tile6x8, pairsTimesRow, panelTimesRow } from "./int8_tiles";
import { packFour, panelColumns } from "./pack";
import { Share } from "./shared_product";
import { horizontalMax, loadLanes } from "./simd";
import { bytes } from "./words";

// Columns of a panel for one row.
const ACROSS_ONE: u32 = 32;
// What u stands for where x has a sign, and where it has none.
const SIGNED: f32 = 63, OFFSET: i32 = 64, UNSIGNED: f32 = 127;
// A row whose largest number is below counts as zero: what it is divided by must not be infinite.
const LEAST: f32 = 1e-30;

// Words of a row of `depth` numbers as a weight has it: whole vectors, the last filled up with zeros.
export function int8Words(depth: u32): u32 {
  return (depth + 15) / 16 * 4;
}

// Words of an operand for each word of a weight.
const WORDS: u32 = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;

// Words of a row of an operand.
// @ts-ignore: decorator
@inline
function operandWords(depth: u32): u32 {
  return WORDS * int8Words(depth);
}

// The left operand's panels have six rows, the last ones four; all of them four where a tile of six would not fit into the
// registers: in the plain build, and 16 columns wide.
class Rows {
  static sixes: u32 = 0; // rows of panels of six
  static all: u32 = 0; // rows of all panels, those of zeros included

  static set(): void {
    const high = ASC_FEATURE_RELAXED_SIMD && !BY_PAIRS && panelColumns() == 8;
    let left = Share.batch;
    while (high && (left == 6 || left > 8)) left -= 6;
    Rows.sixes = Share.batch - left;
    Rows.all = Rows.sixes + ((left + 3) & ~3);
  }

  // The first row of row b's panel, and how many that has.
  static first(b: u32): u32 {
    return b < Rows.sixes ? b / 6 * 6 : b - (b - Rows.sixes & 3);
  }

  static height(first: u32): u32 {
    return first < Rows.sixes ? 6 : 4;
  }
}

// For a Share that has been set.
export function setInt8Rows(): void {
  Rows.set();
}

// Words of a left operand (B, depth): the rows' scales, then their numbers.
export function int8LeftWords(depth: u32): u32 {
  return Rows.all * (1 + operandWords(depth));
}

// The numbers of row b of a left operand, a word each stepOf(b) bytes. One row lies as it is.
// @ts-ignore: decorator
@inline
function rowOf(left: usize, b: u32, words: u32): usize {
  const first = Rows.first(b);
  return left + bytes(Rows.all + first * words + (b - first));
}

// @ts-ignore: decorator
@inline
function stepOf(b: u32): usize {
  return Share.batch > 1 ? bytes(Rows.height(Rows.first(b))) : 4;
}

// x (B, depth) as a left operand; `signed` where |x| <= 1, else x >= 0.
export function packLeftInt8(x: usize, depth: u32, signed: bool, left: usize): void {
  const words = operandWords(depth);
  for (let b: u32 = 0; b < Share.batch; b++, x += bytes(depth)) {
    const largest = signed ? <f32> 1 : largestOf(x, depth), some = largest >= LEAST;
    const most = signed ? SIGNED : UNSIGNED;
    store<f32>(left + bytes(b), some ? largest / most : <f32> 0);
    roundRow(x, depth, some ? most / largest : <f32> 0, signed ? OFFSET : 0, rowOf(left, b, words), stepOf(b));
  }
}

function largestOf(x: usize, depth: u32): f32 {
  let most = f32x4.splat(0), k: u32 = 0;
  for (; k + 4 <= depth; k += 4) most = f32x4.max(most, v128.load(x + bytes(k)));
  if (k < depth) most = f32x4.max(most, loadLanes(x + bytes(k), depth - k, f32x4.splat(0)));
  return horizontalMax(most);
}

function roundRow(x: usize, depth: u32, factor: f32, offset: i32, target: usize, step: usize): void {
  const by = f32x4.splat(factor), plus = i32x4.splat(offset), zero = f32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= depth; k += 4, target += WORDS * step) putFour(rounded(v128.load(x + bytes(k)), by, plus), target, step);
  if (k < depth) {
    putFour(rounded(loadLanes(x + bytes(k), depth - k, zero), by, plus), target, step);
    k += 4, target += WORDS * step;
  }
  const end: u32 = 4 * int8Words(depth);
  for (; k < end; k += 4, target += WORDS * step) putFour(zero, target, step);
}

// @ts-ignore: decorator
@inline
function rounded(x: v128, by: v128, plus: v128): v128 {
  const whole = i32x4.add(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, by))), plus);
  return i16x8.narrow_i32x4_s(whole, whole);
}

// Four numbers of 16 bits as one word or two.
// @ts-ignore: decorator
@inline
function putFour(u: v128, target: usize, step: usize): void {
  if (ASC_FEATURE_RELAXED_SIMD) v128.store32_lane(target, i8x16.narrow_i16x8_u(u, u), 0);
  else {
    v128.store32_lane(target, u, 0);
    v128.store32_lane(target + step, u, 1);
  }
}

// Row b of a left operand from a row of numbers from -63 to 63, with its scale.
export function packRowInt8(q: usize, depth: u32, scale: f32, b: u32, left: usize): void {
  const words = int8Words(depth), step = stepOf(b), plus = i16x8.splat(OFFSET as i16);
  let target = rowOf(left, b, operandWords(depth));
  store<f32>(left + bytes(b), scale);
  for (let k: u32 = 0; k < words; k++, target += WORDS * step) {
    putFour(i16x8.add(i16x8.extend_low_i8x16_s(v128.load32_zero(q + bytes(k))), plus), target, step);
  }
}

// @ts-ignore: decorator
@inline
function across(): u32 {
  return Share.batch > 1 ? panelColumns() : ACROSS_ONE;
}

// This thread's rows of a weight (columns, depth) as panels: each the sums that its columns begin at, their scales, then their
// numbers, depth-major. `signed` as the left operand is. Gives the place behind them.
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
    if (WORDS > 1) widen(panels, words, width);
    panels += bytes(WORDS * width * words);
  }
  return panels;
}

// Makes two words of 16 bits of each word of a panel of bytes, the last ones first.
function widen(panel: usize, words: u32, width: u32): void {
  const row = bytes(width);
  for (let k = words; k-- > 0;) {
    for (let at: usize = 0; at < row; at += 16) {
      const four = v128.load(panel + row * k + at), to = panel + 2 * row * k + at;
      const low = i16x8.extend_low_i8x16_s(four), high = i16x8.extend_high_i8x16_s(four);
      v128.store(to, v128.shuffle<i32>(low, high, 0, 2, 4, 6));
      v128.store(to + row, v128.shuffle<i32>(low, high, 1, 3, 5, 7));
    }
  }
}

function sumOf(row: usize, words: u32): i32 {
  let sums = i32x4.splat(0);
  for (const end = row + bytes(words); row < end; row += 16) {
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v128.load(row))));
  }
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3);
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
  const first = Share.first(columns), count = Share.count(columns, first), words = operandWords(depth), width = across();
  const size = bytes(width * (2 + words)), stride = bytes(ld);
  y += bytes(first);
  for (let column: u32 = 0; column < count; column += width, panels += size, y += bytes(width)) {
    const whole = column + width <= count;
    if (Share.batch == 1) {
      const target = whole ? y : Share.edge, add = whole && accumulate;
      if (BY_PAIRS) pairsTimesRow(left, panels, words, target, add);
      else panelTimesRow(left, panels, words, target, add);
      if (!whole) copyEdge(Share.edge, 1, count - column, ACROSS_ONE, y, stride, accumulate);
      continue;
    }
    let height: u32 = 4;
    for (let row: u32 = 0; row < Share.batch; row += height) {
      height = Rows.height(row);
      const rows = left + bytes(Rows.all + row * words), scales = left + bytes(row), target = y + stride * (row as usize);
      if (whole && row + height <= Share.batch) {
        multiplyTile(height, width, rows, scales, panels, words, target, stride, accumulate);
      } else {
        multiplyTile(height, width, rows, scales, panels, words, Share.edge, bytes(width), false);
        const high = min(height, Share.batch - row), wide = min(width, count - column);
        copyEdge(Share.edge, high, wide, width, target, stride, accumulate);
      }
    }
  }
  return panels;
}

// @ts-ignore: decorator
@inline
function multiplyTile(
  height: u32,
  width: u32,
  x: usize,
  rowScales: usize,
  b: usize,
  words: u32,
  y: usize,
  stride: usize,
  add: bool,
): void {
  if (width == 16) int8Tile4x16(x, rowScales, b, words, y, stride, add);
  else if (ASC_FEATURE_RELAXED_SIMD && height == 6) int8Tile6x8(x, rowScales, b, words, y, stride, add);
  else if (BY_PAIRS) int8Pairs4x8(x, rowScales, b, words, y, stride, add);
  else int8Tile4x8(x, rowScales, b, words, y, stride, add);
}

function copyEdge(edge: usize, rows: u32, columns: u32, width: u32, y: usize, stride: usize, accumulate: bool): void {
  for (let i: u32 = 0; i < rows; i++, y += stride, edge += bytes(width)) {
    for (let j: u32 = 0; j < columns; j++) {
      const value = load<f32>(edge + bytes(j));
      store<f32>(y + bytes(j), accumulate ? load<f32>(y + bytes(j)) + value : value);
    }
  }
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
