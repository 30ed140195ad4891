// One layer in one direction, over all T time steps. For s = 0 … T-1, with t = s, or t = T-1-s where `reverse`:
//   hidden part = bias_hh + weight_hh h_previous,   h, c = cell(input part, hidden part, c_previous)
// h_previous is the state of the step before: states are kept in T + 1 slots, and step t goes from slot t to slot t + 1,
// or from slot t + 1 to slot t where `reverse`. The caller has put the initial state in slot 0, or T where `reverse`.
// Where `masked`, a row whose lengths[b] <= t passes its state on unchanged (packed sequences; the output of such a step
// is zeroed elsewhere).
// gates (T, B, S*H): in, the input part weight_ih x + bias_ih of each of the cell's gates in its first G*H columns; out,
// what the backward pass needs, as cells/<cell> says. S = 1, 1, 4, 4 for tanh, relu, gru, lstm, and 5 for lstm with
// projection. weight_hh (G*H, R), bias_hh (G*H), lengths (B) u32; states: h (T + 1, B, R) at word offsetH,
// c (T + 1, B, H) at word offsetC (lstm only). R = H, or `projection` where that is not 0: then h = weight_hr m with
// weight_hr (R, H), m what the cell gave as h.

import { Gru } from "./cells/gru";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { multiplyFewRows } from "./lib/few_rows";
import { COLUMNS, packRows, panelRows } from "./lib/pack";
import { EDGE, multiplyPanels } from "./lib/panels";
import { scratch } from "./lib/scratch";

// Units: 4 rows of the batch. Rows are independent: a thread takes its rows through all T steps, alone.
export function recurrent_forward(
  weight_hh: usize,
  bias_hh: usize,
  weight_hr: usize,
  lengths: usize,
  gates: usize,
  states: usize,
  cell: u32,
  steps: u32,
  batch: u32,
  hidden: u32,
  projection: u32,
  reverse: u32,
  masked: u32,
  offsetH: u32,
  offsetC: u32,
  begin: u32,
  end: u32,
): void {
  const h = states + (offsetH << 2), c = states + (offsetC << 2);
  const known = masked ? lengths : 0;
  const row = begin * 4, rows = min(end * 4, batch) - row;
  switch (cell) {
    case 0:
      forward<Tanh>(
        weight_hh,
        bias_hh,
        weight_hr,
        known,
        gates,
        h,
        c,
        steps,
        batch,
        hidden,
        projection,
        reverse,
        row,
        rows,
      );
      break;
    case 1:
      forward<Relu>(
        weight_hh,
        bias_hh,
        weight_hr,
        known,
        gates,
        h,
        c,
        steps,
        batch,
        hidden,
        projection,
        reverse,
        row,
        rows,
      );
      break;
    case 2:
      forward<Gru>(
        weight_hh,
        bias_hh,
        weight_hr,
        known,
        gates,
        h,
        c,
        steps,
        batch,
        hidden,
        projection,
        reverse,
        row,
        rows,
      );
      break;
    case 3:
      forward<Lstm>(
        weight_hh,
        bias_hh,
        weight_hr,
        known,
        gates,
        h,
        c,
        steps,
        batch,
        hidden,
        projection,
        reverse,
        row,
        rows,
      );
      break;
  }
}

// Rows [row0, row0 + rows) of the batch; `lengths` is 0 where no step is masked.
function forward<Cell>(
  weight_hh: usize,
  bias_hh: usize,
  weight_hr: usize,
  lengths: usize,
  gates: usize,
  h: usize,
  c: usize,
  steps: u32,
  batch: u32,
  hidden: u32,
  projection: u32,
  reverse: u32,
  row0: u32,
  rows: u32,
): void {
  const cell = changetype<Cell>(0);
  const outputs = projection ? projection : hidden; // R
  const gateRows = cell.gates() * hidden; // G*H
  const H = (hidden << 2) as usize, R = (outputs << 2) as usize, G = (gateRows << 2) as usize; // bytes
  const S = H * ((cell.slots() + (projection ? 1 : 0)) as usize), count = rows as usize;
  // One row is a product with a vector: packing would cost more than it gives. The batch decides, not the slice, so that
  // a row's bits do not depend on the number of threads.
  const packed = batch > 1 && batch * steps >= 16;
  const edge = scratch();
  const u = edge + EDGE; // (rows, G*H)
  const m = u + count * G; // (rows, H)
  const panelsH = m + count * H; // packed h_previous
  const panelsW = panelsH + (panelRows(rows) as usize) * max(H, R);
  const panelsP = panelsW + (((gateRows + COLUMNS - 1) / COLUMNS * COLUMNS) as usize) * R;
  if (packed) {
    packRows(weight_hh, outputs, gateRows, outputs, false, panelsW, outputs, 0);
    if (projection) packRows(weight_hr, hidden, outputs, hidden, false, panelsP, hidden, 0);
  }
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    const from = ((reverse ? t + 1 : t) * batch + row0) as usize,
      to = ((reverse ? t : t + 1) * batch + row0) as usize;
    const hFrom = h + from * R, hTo = h + to * R, cFrom = c + from * H, cTo = c + to * H;
    if (packed) {
      packRows(hFrom, outputs, rows, outputs, true, panelsH, outputs, 0);
      multiplyPanels(panelsH, panelsW, rows, gateRows, outputs, u, gateRows, false, edge);
    } else multiplyFewRows(hFrom, outputs, rows, weight_hh, outputs, gateRows, outputs, u, gateRows, false);
    for (let row: usize = 0; row < count; row++) {
      if (ended(lengths, row0 + (row as u32), t)) continue;
      const g = gates + ((t * batch + row0) as usize + row) * S;
      const target = projection ? m + row * H : hTo + row * R;
      cellRow<Cell>(g, u + row * G, bias_hh, hFrom + row * R, cFrom + row * H, target, cTo + row * H, H);
      if (projection) memory.copy(g + 4 * H, target, H);
    }
    if (projection) {
      if (packed) {
        packRows(m, hidden, rows, hidden, true, panelsH, hidden, 0);
        multiplyPanels(panelsH, panelsP, rows, outputs, hidden, hTo, outputs, false, edge);
      } else multiplyFewRows(m, hidden, rows, weight_hr, hidden, outputs, hidden, hTo, outputs, false);
    }
    for (let row: usize = 0; row < count; row++) {
      if (!ended(lengths, row0 + (row as u32), t)) continue;
      memory.copy(hTo + row * R, hFrom + row * R, R);
      if (cell.states() == 2) memory.copy(cTo + row * H, cFrom + row * H, H);
    }
  }
}

// @ts-ignore: decorator
@inline
function ended(lengths: usize, row: u32, t: u32): bool {
  return lengths != 0 && load<u32>(lengths + (row << 2)) <= t;
}

function cellRow<Cell>(
  gates: usize,
  u: usize,
  bias: usize,
  hFrom: usize,
  cFrom: usize,
  h: usize,
  c: usize,
  H: usize,
): void {
  const cell = changetype<Cell>(0);
  let j: usize = 0;
  for (; j + 16 <= H; j += 16) cell.forward(gates, u, bias, hFrom, cFrom, h, c, H, j, 4);
  if (j < H) cell.forward(gates, u, bias, hFrom, cFrom, h, c, H, j, ((H - j) >> 2) as u32);
}
