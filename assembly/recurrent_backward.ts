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
import { barrier } from "./lib/barrier";
import { get } from "./lib/lanes";
import { packColumns, packRows, paneled, panelRows } from "./lib/pack";
import { EDGE, multiplyPanels } from "./lib/panels";
import { scratch, sharedScratch } from "./lib/scratch";
import { rowsAlone, share, SHARES } from "./lib/shares";

// Units: shares of rows or of hidden units, as in recurrent_forward. Of units, a thread puts its part of the gates' gradients
// into panels that all read, and makes its columns of dh_previous.
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
  switch (cell) {
    case 0:
      backward<Tanh>(weight_hh, weight_hr, known, h, c, gates, dy, dstates, dc, steps, batch, hidden, projection, reverse, begin, end);
      break;
    case 1:
      backward<Relu>(weight_hh, weight_hr, known, h, c, gates, dy, dstates, dc, steps, batch, hidden, projection, reverse, begin, end);
      break;
    case 2:
      backward<Gru>(weight_hh, weight_hr, known, h, c, gates, dy, dstates, dc, steps, batch, hidden, projection, reverse, begin, end);
      break;
    case 3:
      backward<Lstm>(weight_hh, weight_hr, known, h, c, gates, dy, dstates, dc, steps, batch, hidden, projection, reverse, begin, end);
      break;
  }
}

// `lengths` is 0 where no step is masked.
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
  begin: u32,
  end: u32,
): void {
  const cell = changetype<Cell>(0), G = cell.gates();
  const outputs = projection ? projection : hidden; // R
  const H = (hidden << 2) as usize, R = (outputs << 2) as usize; // bytes
  const S = H * ((cell.slots() + (projection ? 1 : 0)) as usize), ld = (S >> 2) as u32;
  const alone = rowsAlone(batch), b0: u32 = alone ? batch * begin / SHARES : 0;
  const rows = (alone ? batch * end / SHARES : batch) - b0, count = rows as usize;
  const j0: u32 = alone ? 0 : share(hidden, begin), units = (alone ? hidden : share(hidden, end)) - j0;
  const r0: u32 = alone ? 0 : share(outputs, begin), outs = (alone ? outputs : share(outputs, end)) - r0;
  const J = (j0 << 2) as usize, r = (r0 << 2) as usize, M = (units << 2) as usize; // bytes
  const panels = (panelRows(rows) as usize) * G * H; // bytes of packed gradients of the hidden part
  const bytesD = (alone ? panels : 2 * panels) + (projection ? panelRows(rows) as usize * R : 0);
  const bytesW = paneled(outs) as usize * G * H + (projection ? paneled(units) as usize * R : 0);
  // Shared are the weights' panels, or those of gradients of this step and of the next, and of dy; own memory lies behind.
  const common = sharedScratch(), own = scratch() + (alone ? bytesW : bytesD);
  const panelsD = alone ? own : common, flip = alone ? 0 : panels, panelsY = panelsD + panels + flip;
  const panelsW = alone ? common : own, panelsP = panelsW + paneled(outs) as usize * G * H;
  const edge = own + (alone ? bytesD : bytesW);
  const m = edge + EDGE; // dm (rows, units)
  const add = cell.direct() || lengths != 0; // to what stands in dh already
  const firstR = share(outputs, begin), firstJ = share(hidden, begin);
  packColumns(weight_hh + (firstR << 2), outputs, share(outputs, end) - firstR, G * hidden, false, panelsW + (firstR - r0) * G * H);
  if (projection) {
    packColumns(weight_hr + (firstJ << 2), hidden, share(hidden, end) - firstJ, outputs, false, panelsP + (firstJ - j0) * R);
  }
  if (alone) barrier(); // the weights are whole
  if (lengths) lengths += b0 << 2;
  dh += b0 * R;
  dc += b0 * H;
  for (let s: u32 = steps; s-- > 0;) {
    const t = reverse ? steps - 1 - s : s;
    const from = ((reverse ? t + 1 : t) * batch + b0) as usize, to = ((reverse ? t : t + 1) * batch + b0) as usize;
    const upstream = dy + (t * batch + b0) * R, g = gates + (t * batch + b0) * S;
    if (projection) {
      for (let row: usize = 0; row < count; row++) {
        const above = upstream + row * R + r;
        if (ended(lengths, row as u32, t)) memory.fill(above, 0, outs << 2);
        else addRow(above, dh + row * R + r, outs << 2);
      }
      packRows(upstream + r, outputs, rows, outs, true, panelsY, outputs, r0);
      if (!alone) barrier(); // dh is whole
      multiplyPanels(panelsY, panelsP, rows, units, outputs, m, units, false, edge);
    }
    for (let row: usize = 0; row < count; row++) {
      const slots = g + row * S, back = dh + row * R;
      if (ended(lengths, row as u32, t)) {
        for (let slot: usize = 0; slot < S; slot += H) memory.fill(slots + slot + J, 0, M);
        continue;
      }
      const hFrom = h + (from + row) * R, cFrom = c + (from + row) * H, hTo = h + (to + row) * R, cTo = c + (to + row) * H;
      const dm = projection ? m + row * M - J : back, above = projection ? 0 : upstream + row * R;
      cellUnits<Cell>(slots, hFrom, hTo, cFrom, cTo, dm, above, back, dc + row * H, H, J, units);
      if (add && !cell.direct()) memory.fill(back + r, 0, outs << 2);
    }
    const panel = panelsD + (s & 1) * flip;
    for (let gate: u32 = 0; gate < G; gate++) {
      const slot: u32 = cell.direct() && gate == 2 ? 3 : gate; // a GRU's hidden part has its third gate in the fourth slot
      packRows(g + slot * H + J, ld, rows, units, true, panel, G * hidden, gate * hidden + j0);
    }
    if (!alone) barrier(); // the gates' gradients are whole
    multiplyPanels(panel, panelsW, rows, outs, G * hidden, dh + r, outputs, add, edge);
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

// A row's `units` units from byte j on. The gradient of h is in `dh`, and in `above` where that is not 0.
function cellUnits<Cell>(
  gates: usize,
  hFrom: usize,
  h: usize,
  cFrom: usize,
  c: usize,
  dh: usize,
  above: usize,
  direct: usize,
  dc: usize,
  H: usize,
  j: usize,
  units: u32,
): void {
  const cell = changetype<Cell>(0), end = j + (units << 2);
  for (; j + 16 <= end; j += 16) cell.backward(gates, hFrom, h, cFrom, c, gradient(dh, above, j, 4), direct, dc, H, j, 4);
  const n = ((end - j) >> 2) as u32;
  if (n > 0) cell.backward(gates, hFrom, h, cFrom, c, gradient(dh, above, j, n), direct, dc, H, j, n);
}

// @ts-ignore: decorator
@inline
function gradient(dh: usize, above: usize, j: usize, n: u32): v128 {
  const d = get(dh + j, n);
  return above ? f32x4.add(d, get(above + j, n)) : d;
}
