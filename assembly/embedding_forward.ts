// Rows of a table by id: y[t*B + b, c] = table[ids[b, t], c], plus bias[c] where `biased`.
// It is the product of a one-hot matrix (T*B, V) with the table, without the multiplications by 0 and 1.
// ids (B, T) u32, each below V; element (id, c) of the table lies at word id*idStride + c*columnStride, so that a
// `weight_ih` (columns, V) and an embedding (V, columns) are both tables; bias (columns); y (T*B, columns), its rows ld
// words apart.
import { get, put } from "./lib/lanes";
import { COLUMNS } from "./numbers";

export function embedding_forward(
  table: usize,
  ids: usize,
  bias: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: u32,
  columnStride: u32,
  ld: u32,
  biased: u32,
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
    const target = y + (c << 2), start = biased ? bias + (c << 2) : 0;
    const width = min(run, last - c);
    if (columnStride == 1) copyRuns(source, ids, start, target, batch, steps, width, idBytes, ld);
    else if (width < COLUMNS) gatherFew(source, ids, start, target, batch, steps, width, idBytes, columnBytes, ld);
    else gatherSixteen(source, ids, start, target, batch, steps, idBytes, columnBytes, ld);
  }
}

// Strides of the table in bytes and `bias` 0 where there is none, here and below.
function copyRuns(
  table: usize,
  ids: usize,
  bias: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: usize,
  ld: u32,
): void {
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      const p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      let c: u32 = 0;
      for (; c + 4 <= columns; c += 4) copyLanes(p + (c << 2), bias ? bias + (c << 2) : 0, y + (c << 2), 4);
      if (c < columns) copyLanes(p + (c << 2), bias ? bias + (c << 2) : 0, y + (c << 2), columns - c);
    }
  }
}

function gatherSixteen(
  table: usize,
  ids: usize,
  bias: usize,
  y: usize,
  batch: u32,
  steps: u32,
  idStride: usize,
  columnStride: usize,
  ld: u32,
): void {
  const b0 = startOf(bias, 4), b1 = startOf(bias ? bias + 16 : 0, 4);
  const b2 = startOf(bias ? bias + 32 : 0, 4), b3 = startOf(bias ? bias + 48 : 0, 4);
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      let p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      v128.store(y, f32x4.add(b0, gather(p, columnStride, 4)));
      p += 4 * columnStride;
      v128.store(y, f32x4.add(b1, gather(p, columnStride, 4)), 16);
      p += 4 * columnStride;
      v128.store(y, f32x4.add(b2, gather(p, columnStride, 4)), 32);
      p += 4 * columnStride;
      v128.store(y, f32x4.add(b3, gather(p, columnStride, 4)), 48);
    }
  }
}

function gatherFew(
  table: usize,
  ids: usize,
  bias: usize,
  y: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  idStride: usize,
  columnStride: usize,
  ld: u32,
): void {
  for (let t: u32 = 0; t < steps; t++) {
    for (let b: u32 = 0; b < batch; b++, y += (ld << 2) as usize) {
      let p = table + load<u32>(ids + ((b * steps + t) << 2)) * idStride;
      for (let c: u32 = 0; c < columns; c += 4, p += 4 * columnStride) {
        const n = min<u32>(4, columns - c);
        const start = startOf(bias ? bias + (c << 2) : 0, n);
        put(y + (c << 2), f32x4.add(start, gather(p, columnStride, n)), n);
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
function startOf(bias: usize, n: u32): v128 {
  return bias ? get(bias, n) : f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
function copyLanes(from: usize, bias: usize, y: usize, n: u32): void {
  const value = get(from, n);
  put(y, bias ? f32x4.add(get(bias, n), value) : value, n);
}
