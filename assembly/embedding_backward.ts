// The gradient of embedding_forward: dtable[id, c] += sum of dy[n, c] over the rows n that used id.
// order (T*B) u32: the rows n = t*B + b sorted by id, ascending within an id (a counting sort on the host);
// starts (V + 1) u32: id's rows are order[starts[id]] to order[starts[id + 1] - 1]. One owner sums an id's rows, in that
// order: the sum does not depend on threads. dy (T*B, columns), its rows ld words apart; element (id, c) of dtable
// lies at word id*idStride + c*columnStride.
import { get, put } from "./lib/lanes";
import { addHigh, addLow, BLOCK, narrow } from "./lib/wide";
import { COLUMNS } from "./numbers";

export function embedding_backward(
  dy: usize,
  order: usize,
  starts: usize,
  dtable: usize,
  vocabulary: u32,
  columns: u32,
  idStride: u32,
  columnStride: u32,
  ld: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(columns, end * COLUMNS);
  const idBytes = (idStride << 2) as usize,
    columnBytes = (columnStride << 2) as usize,
    rowBytes = (ld << 2) as usize;
  let c = begin * COLUMNS;
  let target = dtable + c * columnBytes;
  for (; c + 16 <= last; c += 16, target += 16 * columnBytes) {
    sumSixteen(dy + (c << 2), order, starts, target, vocabulary, idBytes, columnBytes, rowBytes);
  }
  for (; c < last; c += 4, target += 4 * columnBytes) {
    const n = min<u32>(4, last - c);
    sumFew(dy + (c << 2), order, starts, target, vocabulary, idBytes, columnBytes, rowBytes, n);
  }
}

// Strides in bytes.
function sumSixteen(
  dy: usize,
  order: usize,
  starts: usize,
  dtable: usize,
  vocabulary: u32,
  idStride: usize,
  columnStride: usize,
  ld: usize,
): void {
  let from = load<u32>(starts);
  for (let id: u32 = 0; id < vocabulary; id++, dtable += idStride) {
    const to = load<u32>(starts + (id << 2), 4);
    if (from == to) continue;
    const zero = f32x4.splat(0), many = to - from > BLOCK;
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    let w0 = zero, w1 = zero, w2 = zero, w3 = zero, w4 = zero, w5 = zero, w6 = zero, w7 = zero;
    while (from < to) {
      s0 = zero, s1 = zero, s2 = zero, s3 = zero;
      for (const stop = min(to, from + BLOCK); from < stop; from++) {
        const p = dy + load<u32>(order + (from << 2)) * ld;
        s0 = f32x4.add(s0, v128.load(p));
        s1 = f32x4.add(s1, v128.load(p, 16));
        s2 = f32x4.add(s2, v128.load(p, 32));
        s3 = f32x4.add(s3, v128.load(p, 48));
      }
      if (!many) break; // most ids of a batch
      w0 = addLow(w0, s0), w1 = addHigh(w1, s0), w2 = addLow(w2, s1), w3 = addHigh(w3, s1);
      w4 = addLow(w4, s2), w5 = addHigh(w5, s2), w6 = addLow(w6, s3), w7 = addHigh(w7, s3);
    }
    if (many) s0 = narrow(w0, w1), s1 = narrow(w2, w3), s2 = narrow(w4, w5), s3 = narrow(w6, w7);
    addTo(dtable, columnStride, s0, 4);
    addTo(dtable + 4 * columnStride, columnStride, s1, 4);
    addTo(dtable + 8 * columnStride, columnStride, s2, 4);
    addTo(dtable + 12 * columnStride, columnStride, s3, 4);
  }
}

// n columns, at most 4, where 16 are not left.
function sumFew(
  dy: usize,
  order: usize,
  starts: usize,
  dtable: usize,
  vocabulary: u32,
  idStride: usize,
  columnStride: usize,
  ld: usize,
  n: u32,
): void {
  let from = load<u32>(starts);
  for (let id: u32 = 0; id < vocabulary; id++, dtable += idStride) {
    const to = load<u32>(starts + (id << 2), 4);
    if (from == to) continue;
    let low = f32x4.splat(0), high = low;
    while (from < to) {
      let sum = f32x4.splat(0);
      for (const stop = min(to, from + BLOCK); from < stop; from++) {
        sum = f32x4.add(sum, get(dy + load<u32>(order + (from << 2)) * ld, n));
      }
      low = addLow(low, sum), high = addHigh(high, sum);
    }
    addTo(dtable, columnStride, narrow(low, high), n);
  }
}

// The first n of four columns, columnStride bytes apart.
// @ts-ignore: decorator
@inline
function addTo(p: usize, columnStride: usize, sum: v128, n: u32): void {
  if (columnStride == 4) {
    put(p, f32x4.add(get(p, n), sum), n);
    return;
  }
  store<f32>(p, load<f32>(p) + f32x4.extract_lane(sum, 0));
  if (n > 1) store<f32>(p + columnStride, load<f32>(p + columnStride) + f32x4.extract_lane(sum, 1));
  if (n > 2) store<f32>(p + 2 * columnStride, load<f32>(p + 2 * columnStride) + f32x4.extract_lane(sum, 2));
  if (n > 3) store<f32>(p + 3 * columnStride, load<f32>(p + 3 * columnStride) + f32x4.extract_lane(sum, 3));
}
