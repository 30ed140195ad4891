// Rows of a table by id: y[t*B + b, c] = table[ids[b, t], c], or += where `accumulate`.
// It is the product of a one-hot matrix (T*B, V) with the table, without the multiplications by 0 and 1.
// ids (B, T) u32, each below V; element (id, c) of the table lies at word id*idStride + c*columnStride, so that a
// `weight_ih` (columns, V) and an embedding (V, columns) are both tables; y (T*B, columns), its rows ld words apart.
import { get, put } from "./lib/lanes";

const COLUMNS: u32 = 16; // a unit
// Rows of y between two changes of columns: their lines stay in the first cache until all 16 columns are filled.
const ROWS: u32 = 128;

export function embedding_forward(
  table: usize,
  ids: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: u32,
  columnStride: u32,
  ld: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const first = begin * COLUMNS;
  const last = min(columns, end * COLUMNS);
  const unit = columnStride == 1 ? last - first : COLUMNS;
  const stepsAtOnce = max<u32>(1, ROWS / max<u32>(1, batch));
  for (let c = first; c < last; c += unit) {
    const source = table + ((c * columnStride) << 2) as usize;
    const width = min(unit, last - c);
    for (let t: u32 = 0; t < steps; t += stepsAtOnce) {
      const id = ids + (t << 2);
      const target = y + ((t * batch * ld + c) << 2) as usize;
      const count = min(stepsAtOnce, steps - t);
      if (columnStride == 1) {
        copyRows(source, idStride, id, steps, batch, count, target, ld, width, accumulate != 0);
        continue;
      }
      for (let k: u32 = 0; k < width; k += 4) {
        const from = source + ((k * columnStride) << 2) as usize;
        const to = target + (k << 2);
        const n = min<u32>(4, width - k);
        if (n == 4) gather(from, idStride, columnStride, id, steps, batch, count, to, ld, accumulate != 0, 4);
        else gather(from, idStride, columnStride, id, steps, batch, count, to, ld, accumulate != 0, n);
      }
    }
  }
}

// Columns that lie side by side in the table: runs of `width` words.
function copyRows(
  table: usize,
  idStride: u32,
  ids: usize,
  steps: u32,
  batch: u32,
  count: u32,
  y: usize,
  ld: u32,
  width: u32,
  accumulate: bool,
): void {
  for (let t: u32 = 0; t < count; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      const source = table + ((load<u32>(ids + ((b * steps + t) << 2)) * idStride) << 2) as usize;
      for (let c: u32 = 0; c < width; c += 4) {
        const n = min<u32>(4, width - c);
        const value = get(source + (c << 2), n);
        put(y + (c << 2), accumulate ? f32x4.add(get(y + (c << 2), n), value) : value, n);
      }
    }
  }
}

// n columns, at most 4, far apart in the table (`weight_ih`): they stay in the first cache while all ids are looked up.
// @ts-ignore: decorator
@inline
function gather(
  table: usize,
  idStride: u32,
  columnStride: u32,
  ids: usize,
  steps: u32,
  batch: u32,
  count: u32,
  y: usize,
  ld: u32,
  accumulate: bool,
  n: u32,
): void {
  const stride = (columnStride << 2) as usize;
  for (let t: u32 = 0; t < count; t++) {
    let id = ids + (t << 2);
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize, id += (steps << 2) as usize) {
      const p = table + ((load<u32>(id) * idStride) << 2) as usize;
      let value = v128.load32_zero(p);
      if (n > 1) value = v128.load32_lane(p + stride, value, 1);
      if (n > 2) value = v128.load32_lane(p + 2 * stride, value, 2);
      if (n > 3) value = v128.load32_lane(p + 3 * stride, value, 3);
      put(y, accumulate ? f32x4.add(get(y, n), value) : value, n);
    }
  }
}
