// The gradient of recurrent_forward, the same steps taken backwards. With dh the gradient of a step's h in all:
//   dh = dy[t] + dh from the step after;  with projection: dy[t] = dh is kept and dm = weight_hr^T dh, else dm = dh
//   d(input part), d(hidden part), dc_previous = cell_backward(gates[t], h_previous, c_previous, c, dm, dc)
//   dh_previous = weight_hh^T d(hidden part) + what the cell passes straight on (z dh of a GRU)
// gates (T, B, S*H): in, what the forward pass left; out, the gradients of input part and hidden part, laid out as
// cells/<cell> says. dy (T, B, R): the gradient of the outputs. dstates: dh (B, R) at word 0, dc (B, H) at word
// offsetDc (lstm only): in, the gradients of the final state; out, those of the initial state. Where `masked`, steps with
// lengths[b] <= t pass dh and dc on unchanged and leave zeros in gates (with projection also in dy).
// weight_hh (G*H, R), weight_hr (R, H), lengths (B) u32, states as the forward pass left them.

import { Gru } from "./cells/gru";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { COLUMNS, packColumns, packRows, panelRows } from "./lib/pack";
import { EDGE, multiplyPanels } from "./lib/panels";
import { scratch } from "./lib/scratch";

// Units: 4 rows of the batch, as in recurrent_forward.
export function recurrent_backward(
  weight_hh: usize,
  weight_hr: usize,
  lengths: usize,
  states: usize,
  gates: usize,
  dy: usize,
  dstates: usize,
  cell: u32,
  steps: u32,
  batch: u32,
  hidden: u32,
  projection: u32,
  reverse: u32,
  masked: u32,
  offsetH: u32,
  offsetC: u32,
  offsetDc: u32,
  begin: u32,
  end: u32,
): void {
  const h = states + (offsetH << 2), c = states + (offsetC << 2), dc = dstates + (offsetDc << 2);
  const known = masked ? lengths : 0;
  const row = begin * 4, rows = min(end * 4, batch) - row;
  switch (cell) {
    case 0:
      backward<Tanh>(
        weight_hh,
        weight_hr,
        known,
        h,
        c,
        gates,
        dy,
        dstates,
        dc,
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
      backward<Relu>(
        weight_hh,
        weight_hr,
        known,
        h,
        c,
        gates,
        dy,
        dstates,
        dc,
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
      backward<Gru>(
        weight_hh,
        weight_hr,
        known,
        h,
        c,
        gates,
        dy,
        dstates,
        dc,
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
      backward<Lstm>(
        weight_hh,
        weight_hr,
        known,
        h,
        c,
        gates,
        dy,
        dstates,
        dc,
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
function backward<Cell>(
  weight_hh: usize,
  weight_hr: usize,
  lengths: usize,
  h: usize,
  c: usize,
  gates: usize,
  dy: usize,
  dh: usize,
  dc: usize,
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
  const slots = (cell.slots() + (projection ? 1 : 0)) * hidden; // S*H
  const H = (hidden << 2) as usize, R = (outputs << 2) as usize, S = (slots << 2) as usize; // bytes
  const count = rows as usize;
  const edge = scratch();
  const m = edge + EDGE; // dm (rows, H)
  const panelsD = m + count * H; // packed gradients of the hidden part, or of the outputs
  const G = (gateRows << 2) as usize;
  const panelsW = panelsD + (panelRows(rows) as usize) * max(G, R);
  const panelsP = panelsW + (((outputs + COLUMNS - 1) / COLUMNS * COLUMNS) as usize) * G;
  packColumns(weight_hh, outputs, outputs, gateRows, false, panelsW);
  if (projection) packColumns(weight_hr, hidden, hidden, outputs, false, panelsP);
  dh += (row0 as usize) * R;
  dc += (row0 as usize) * H;
  for (let s: u32 = steps; s-- > 0;) {
    const t = reverse ? steps - 1 - s : s;
    const from = ((reverse ? t + 1 : t) * batch + row0) as usize,
      to = ((reverse ? t : t + 1) * batch + row0) as usize;
    const upstream = dy + ((t * batch + row0) as usize) * R;
    const g = gates + ((t * batch + row0) as usize) * S;
    for (let row: usize = 0; row < count; row++) {
      if (ended(lengths, row0 + (row as u32), t)) {
        if (projection) memory.fill(upstream + row * R, 0, R);
        continue;
      }
      addRow(dh + row * R, upstream + row * R, R);
      if (projection) memory.copy(upstream + row * R, dh + row * R, R);
    }
    if (projection) {
      packRows(dh, outputs, rows, outputs, true, panelsD, outputs, 0);
      multiplyPanels(panelsD, panelsP, rows, hidden, outputs, m, hidden, false, edge);
    }
    for (let row: usize = 0; row < count; row++) {
      if (ended(lengths, row0 + (row as u32), t)) {
        memory.fill(g + row * S, 0, S);
        continue;
      }
      const dm = projection ? m + row * H : dh + row * R;
      cellRow<Cell>(
        g + row * S,
        h + from * R + row * R,
        h + to * R + row * R,
        c + from * H + row * H,
        c + to * H + row * H,
        dm,
        dh + row * R,
        dc + row * H,
        H,
      );
      if (!cell.direct()) memory.fill(dh + row * R, 0, R);
    }
    // a GRU's hidden part has its third gate in the fourth slot
    if (cell.direct()) {
      packRows(g, slots, rows, 2 * hidden, true, panelsD, gateRows, 0);
      packRows(g + 3 * H, slots, rows, hidden, true, panelsD, gateRows, 2 * hidden);
    } else packRows(g, slots, rows, gateRows, true, panelsD, gateRows, 0);
    multiplyPanels(panelsD, panelsW, rows, outputs, gateRows, dh, outputs, true, edge);
  }
}

// @ts-ignore: decorator
@inline
function ended(lengths: usize, row: u32, t: u32): bool {
  return lengths != 0 && load<u32>(lengths + (row << 2)) <= t;
}

function addRow(target: usize, source: usize, bytes: usize): void {
  let j: usize = 0;
  for (; j + 16 <= bytes; j += 16) {
    v128.store(target + j, f32x4.add(v128.load(target + j), v128.load(source + j)));
  }
  for (; j < bytes; j += 4) store<f32>(target + j, load<f32>(target + j) + load<f32>(source + j));
}

function cellRow<Cell>(
  gates: usize,
  hFrom: usize,
  h: usize,
  cFrom: usize,
  c: usize,
  dh: usize,
  direct: usize,
  dc: usize,
  H: usize,
): void {
  const cell = changetype<Cell>(0);
  let j: usize = 0;
  for (; j + 16 <= H; j += 16) cell.backward(gates, hFrom, h, cFrom, c, dh, direct, dc, H, j, 4);
  if (j < H) cell.backward(gates, hFrom, h, cFrom, c, dh, direct, dc, H, j, ((H - j) >> 2) as u32);
}
