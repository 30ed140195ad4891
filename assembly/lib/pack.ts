// Panels: the layout in which a product reads its operands. A panel holds some rows of a matrix, depth-major: word
// [k*width + i] is row i at depth k. The left operand's panels are 4 to 6 rows wide, the right one's 8 or 16 columns, which
// are rows here: see panels.ts for the tiles.
// Rows beyond the last are zeros, so that tiles at the edge need no case of their own.

// Which operand of a product is packed.
export const LEFT: bool = true, RIGHT: bool = false;

// The tile of whole panels: 5 x 8, 6 x 8, or 6 x 16 with turbo. The host finds out which is fastest, and tells every thread
// (see runtime.ts).
let tallest: u32 = 5, across: u32 = 8;

// rows * 256 + columns of the tile.
export function setTile(tile: u32): void {
  tallest = tile >> 8;
  across = tile & 255;
}

// Columns of a tile, and words of the right operand's panels at one depth.
export function panelColumns(): u32 {
  return across;
}

// So many columns and those of zeros that fill the last panel.
export function paneled(columns: u32): u32 {
  const width = panelColumns();
  return (columns + width - 1) / width * width;
}

// Rows of the left operand's next panel where `rows` are left: as many tall ones as leave none over. Fives and fours make
// every count but 1, 2, 3, 6, 7 and 11; sixes, fours and one five every count but 1, 2, 3 and 7.
export function panelHeight(rows: u32): u32 {
  if (tallest == 6) {
    if (rows & 1) return rows == 5 || rows > 7 ? 5 : 4;
    return rows == 6 || rows > 8 ? 6 : 4;
  }
  const odd = rows & 3;
  return rows >= (odd ? 5 * odd : 20) ? 5 : 4;
}

// Rows of the left operand's panels, those of zeros included.
export function panelRows(rows: u32): u32 {
  const odd = rows & 3;
  const whole = tallest == 6 ? rows == 5 || rows == 6 || rows > 7 : rows >= 5 * odd;
  return whole ? rows : (rows + 3) & ~3;
}

// The width of the next panel where `rows` are left.
// @ts-ignore: decorator
@inline
function widthOf(rows: u32, left: bool): u32 {
  return left ? panelHeight(rows) : panelColumns();
}

// Panels of `count` rows that are stored row by row: element (i, k) at source + (i*ld + k) words. The panels, at `target`,
// are `panelDepth` deep, of which `depth` from `at` on are filled; `left` is LEFT or RIGHT.
export function packRows(
  source: usize,
  ld: u32,
  count: u32,
  depth: u32,
  left: bool,
  target: usize,
  panelDepth: u32,
  at: u32,
): void {
  const stride = (ld << 2) as usize;
  for (let first: u32 = 0; first < count;) {
    const width = widthOf(count - first, left), rows = <i32> (count - first);
    const to = target + ((at * width) << 2) as usize;
    if (width == 5) packFive(source, stride, depth, to);
    else {
      packFour(source, stride, rows, depth, width, to);
      if (width == 6) {
        packOne(source + 4 * stride, depth, width, to + 16);
        packOne(source + 5 * stride, depth, width, to + 20);
      } else {
        for (let i: u32 = 4; i < width; i += 4) packFour(source + i * stride, stride, rows - <i32> i, depth, width, to + (i << 2));
      }
    }
    first += width;
    source += width * stride;
    target += (panelDepth * width) << 2;
  }
}

// Four rows of a panel: 4 x 4 transposes. `rows` may be below 4, or not positive.
export function packFour(source: usize, stride: usize, rows: i32, depth: u32, width: u32, target: usize): void {
  const step = (width << 2) as usize;
  const zero = f32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= depth; k += 4) {
    const p = source + (k << 2);
    const r0 = rows > 0 ? v128.load(p) : zero;
    const r1 = rows > 1 ? v128.load(p + stride) : zero;
    const r2 = rows > 2 ? v128.load(p + 2 * stride) : zero;
    const r3 = rows > 3 ? v128.load(p + 3 * stride) : zero;
    const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const q = target + (k as usize) * step;
    v128.store(q, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
    v128.store(q + step, v128.shuffle<f32>(a, b, 2, 3, 6, 7));
    v128.store(q + 2 * step, v128.shuffle<f32>(c, d, 0, 1, 4, 5));
    v128.store(q + 3 * step, v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  }
  for (; k < depth; k++) {
    const p = source + (k << 2);
    const q = target + (k as usize) * step;
    for (let i: i32 = 0; i < 4; i++) {
      store<f32>(q + (i << 2), i < rows ? load<f32>(p + (i as usize) * stride) : <f32> 0);
    }
  }
}

// Five rows of a panel, all there. Four depths are five whole vectors: r0 r1 r2 r3 | r4 r0 r1 r2 | r3 r4 r0 r1 | r2 r3 r4 r0 |
// r1 r2 r3 r4, and so each depth follows the one before.
function packFive(source: usize, stride: usize, depth: u32, target: usize): void {
  const p1 = source + stride, p2 = p1 + stride, p3 = p2 + stride, p4 = p3 + stride, whole = (depth & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16, target += 80) {
    const r0 = v128.load(source + at), r1 = v128.load(p1 + at), r2 = v128.load(p2 + at), r3 = v128.load(p3 + at);
    const r4 = v128.load(p4 + at);
    const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const b4 = v128.shuffle<f32>(b, r4, 2, 3, 5, 5), c4 = v128.shuffle<f32>(r4, c, 2, 6, 2, 6);
    v128.store(target, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
    v128.store(target, v128.shuffle<f32>(v128.shuffle<f32>(r4, a, 0, 6, 0, 7), b, 0, 1, 3, 6), 16);
    v128.store(target, v128.shuffle<f32>(b4, c, 1, 2, 4, 5), 32);
    v128.store(target, v128.shuffle<f32>(d, c4, 0, 1, 4, 5), 48);
    v128.store(target, v128.shuffle<f32>(v128.shuffle<f32>(c, d, 3, 6, 7, 7), r4, 0, 1, 2, 7), 64);
  }
  for (let k = depth & ~3; k < depth; k++, target += 20) {
    const p = source + (k << 2);
    for (let i: u32 = 0; i < 5; i++) store<f32>(target + (i << 2), load<f32>(p + i * stride));
  }
}

// One of the last two rows of six, a word a depth.
function packOne(source: usize, depth: u32, width: u32, target: usize): void {
  const step = (width << 2) as usize, end = source + (depth << 2);
  for (; source + 16 <= end; source += 16, target += 4 * step) {
    const r = v128.load(source);
    v128.store_lane<f32>(target, r, 0);
    v128.store_lane<f32>(target + step, r, 1);
    v128.store_lane<f32>(target + 2 * step, r, 2);
    v128.store_lane<f32>(target + 3 * step, r, 3);
  }
  for (; source < end; source += 4, target += step) store<f32>(target, load<f32>(source));
}

// Panels of `count` rows that are stored as columns: element (i, k) at source + (k*ld + i) words. All panels are filled
// four depths at a time: where ld is a power of two, the lines of more depths would push each other out of the cache.
export function packColumns(source: usize, ld: u32, count: u32, depth: u32, left: bool, target: usize): void {
  const stride = (ld << 2) as usize;
  for (let k: u32 = 0; k < depth; k += 4, source += 4 * stride) {
    const depths = min(4, depth - k);
    let panel = target, p = source;
    for (let first: u32 = 0; first < count;) {
      const width = widthOf(count - first, left), step = (width << 2) as usize;
      const rows = min(width, count - first);
      let from = p, to = panel + k * step;
      if (rows < width || depths < 4) {
        for (let i: u32 = 0; i < depths; i++, from += stride, to += step) copyFew(from, to, rows, width);
      } else if (width == 5) copyFive(from, stride, to);
      else if (width == 6) copySix(from, stride, to);
      else {
        for (let i: u32 = 0; i < 4; i++, from += stride, to += step) {
          v128.store(to, v128.load(from));
          if (width >= 8) v128.store(to, v128.load(from, 16), 16);
          if (width == 16) {
            v128.store(to, v128.load(from, 32), 32);
            v128.store(to, v128.load(from, 48), 48);
          }
        }
      }
      first += width;
      p += step;
      panel += depth * step;
    }
  }
}

function copyFew(source: usize, target: usize, rows: u32, width: u32): void {
  for (let i: u32 = 0; i < width; i++) {
    store<f32>(target + (i << 2), i < rows ? load<f32>(source + (i << 2)) : <f32> 0);
  }
}

// Four depths of five rows, as whole vectors: 20 words.
// @ts-ignore: decorator
@inline
function copyFive(source: usize, stride: usize, target: usize): void {
  const p1 = source + stride, p2 = p1 + stride, p3 = p2 + stride;
  const a = v128.load(source), b = v128.load(p1), c = v128.load(p2), d = v128.load(p3);
  const a4 = v128.load32_splat(source, 16), b4 = v128.load32_splat(p1, 16);
  const c4 = v128.load32_splat(p2, 16), d4 = v128.load32_splat(p3, 16);
  v128.store(target, a);
  v128.store(target, v128.shuffle<f32>(a4, b, 0, 4, 5, 6), 16);
  v128.store(target, v128.shuffle<f32>(v128.shuffle<f32>(b, b4, 3, 4, 3, 4), c, 0, 1, 4, 5), 32);
  v128.store(target, v128.shuffle<f32>(c, v128.shuffle<f32>(c4, d, 0, 4, 0, 4), 2, 3, 4, 5), 48);
  v128.store(target, v128.shuffle<f32>(d, d4, 1, 2, 3, 4), 64);
}

// Four depths of six rows: 24 words.
// @ts-ignore: decorator
@inline
function copySix(source: usize, stride: usize, target: usize): void {
  const p1 = source + stride, p2 = p1 + stride, p3 = p2 + stride;
  const b = v128.load(p1), d = v128.load(p3);
  v128.store(target, v128.load(source));
  v128.store(target, v128.shuffle<f32>(v128.load64_splat(source, 16), b, 0, 1, 4, 5), 16);
  v128.store(target, v128.shuffle<f32>(b, v128.load64_splat(p1, 16), 2, 3, 4, 5), 32);
  v128.store(target, v128.load(p2), 48);
  v128.store(target, v128.shuffle<f32>(v128.load64_splat(p2, 16), d, 0, 1, 4, 5), 64);
  v128.store(target, v128.shuffle<f32>(d, v128.load64_splat(p3, 16), 2, 3, 4, 5), 80);
}
