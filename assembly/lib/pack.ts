// Panels: the layout in which a product reads its operands. A panel holds `each` rows of a matrix (of the left operand, or
// columns of the right one) depth-major, `words` words a depth: word [k*words + i] is row i at depth k. Rows beyond
// `count` are zeros, so that tiles at the edge need no case of their own. Panels lie depth*words words apart.

// Panels of rows that are stored row by row: element (i, k) at source + (i*ld + k) words. `panelDepth` is the depth of the
// whole panel where only `depth` of it, from `target` on, is filled.
export function packRows(
  source: usize,
  ld: u32,
  count: u32,
  depth: u32,
  each: u32,
  words: u32,
  target: usize,
  panelDepth: u32,
): void {
  for (let first: u32 = 0; first < count; first += each, target += (panelDepth * words) << 2) {
    const rows = min(each, count - first);
    for (let i: u32 = 0; i < words; i += 4) {
      packFour(source + (((first + i) * ld) << 2) as usize, ld, <i32> rows - <i32> i, depth, words, target + (i << 2));
    }
  }
}

// Four rows of a panel: 4 x 4 transposes. `rows` may be below 4, or not positive.
function packFour(source: usize, ld: u32, rows: i32, depth: u32, words: u32, target: usize): void {
  const stride = (ld << 2) as usize;
  const step = (words << 2) as usize;
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

// Panels of rows that are stored as columns: element (i, k) at source + (k*ld + i) words: runs are copied. A run of three
// rows is copied with the word behind it, which no tile uses.
export function packColumns(
  source: usize,
  ld: u32,
  count: u32,
  depth: u32,
  each: u32,
  words: u32,
  target: usize,
): void {
  const stride = (ld << 2) as usize;
  for (let first: u32 = 0; first < count; first += each, target += (depth * words) << 2) {
    let p = source + (first << 2);
    let q = target;
    const rows = count - first;
    if (rows < each) {
      for (let k: u32 = 0; k < depth; k++, p += stride, q += words << 2) {
        for (let i: u32 = 0; i < words; i++) {
          store<f32>(q + (i << 2), i < rows ? load<f32>(p + (i << 2)) : <f32> 0);
        }
      }
    } else if (words == 4) {
      for (let k: u32 = 0; k < depth; k++, p += stride, q += 16) v128.store(q, v128.load(p));
    } else if (words == 8) {
      for (let k: u32 = 0; k < depth; k++, p += stride, q += 32) {
        v128.store(q, v128.load(p));
        v128.store(q + 16, v128.load(p + 16));
      }
    } else {
      for (let k: u32 = 0; k < depth; k++, p += stride, q += 48) {
        v128.store(q, v128.load(p));
        v128.store(q + 16, v128.load(p + 16));
        v128.store(q + 32, v128.load(p + 32));
      }
    }
  }
}
