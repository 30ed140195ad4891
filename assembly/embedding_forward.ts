// Rows of a table by id: y[t*B + b, c] = table[ids[b, t], c], or += where `accumulate`.
// It is the product of a one-hot matrix (T*B, V) with the table, without the multiplications by 0 and 1.
// ids (B, T) u32, each below V; element (id, c) of the table lies at word id*idStride + c*columnStride, so that a
// `weight_ih` (columns, V) and an embedding (V, columns) are both tables; y (T*B, columns), its rows ld words apart.
import { get, put } from "./lib/lanes";

const COLUMNS: u32 = 16; // a unit

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
  const last = min(columns, end * COLUMNS);
  const idBytes = (idStride << 2) as usize, columnBytes = (columnStride << 2) as usize;
  // A run of columns at once where they lie side by side. Where they lie far apart (`weight_ih`), 16: they stay in the
  // caches while all ids are looked up, and fill a line of y.
  const run = columnStride == 1 ? columns : COLUMNS;
  for (let c = begin * COLUMNS; c < last; c += run) {
    const source = table + c * columnBytes;
    const target = y + (c << 2);
    const width = min(run, last - c);
    if (columnStride == 1) copyRuns(source, ids, target, batch, steps, width, idBytes, ld, accumulate);
    else if (width < COLUMNS) {
      gatherFew(source, ids, target, batch, steps, width, idBytes, columnBytes, ld, accumulate);
    } else gatherSixteen(source, ids, target, batch, steps, idBytes, columnBytes, ld, accumulate);
  }
}

// Strides of the table in bytes, here and below.
function copyRuns(
  table: usize,
  ids: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: usize,
  ld: u32,
  accumulate: u32,
): void {
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      const p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      let c: u32 = 0;
      for (; c + 4 <= columns; c += 4) keep(y + (c << 2), v128.load(p + (c << 2)), accumulate, 4);
      if (c < columns) keep(y + (c << 2), get(p + (c << 2), columns - c), accumulate, columns - c);
    }
  }
}

function gatherSixteen(
  table: usize,
  ids: usize,
  y: usize,
  batch: u32,
  steps: u32,
  idStride: usize,
  columnStride: usize,
  ld: u32,
  accumulate: u32,
): void {
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      let p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      keep(y, gather(p, columnStride, 4), accumulate, 4);
      p += 4 * columnStride;
      keep(y + 16, gather(p, columnStride, 4), accumulate, 4);
      p += 4 * columnStride;
      keep(y + 32, gather(p, columnStride, 4), accumulate, 4);
      p += 4 * columnStride;
      keep(y + 48, gather(p, columnStride, 4), accumulate, 4);
    }
  }
}

function gatherFew(
  table: usize,
  ids: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: usize,
  columnStride: usize,
  ld: u32,
  accumulate: u32,
): void {
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      let p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      for (let c: u32 = 0; c < columns; c += 4, p += 4 * columnStride) {
        const n = min<u32>(4, columns - c);
        keep(y + (c << 2), gather(p, columnStride, n), accumulate, n);
      }
    }
  }
}

// n words, at most 4, `stride` bytes apart.
// @ts-ignore: decorator
@inline
function gather(p: usize, stride: usize, n: u32): v128 {
  let value = v128.load32_zero(p);
  if (n > 1) value = v128.load32_lane(p + stride, value, 1);
  if (n > 2) value = v128.load32_lane(p + 2 * stride, value, 2);
  if (n > 3) value = v128.load32_lane(p + 3 * stride, value, 3);
  return value;
}

// @ts-ignore: decorator
@inline
function keep(y: usize, value: v128, accumulate: u32, n: u32): void {
  put(y, accumulate != 0 ? f32x4.add(get(y, n), value) : value, n);
}
