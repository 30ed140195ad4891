// One layer in one direction, over all T time steps. For s = 0 … T-1, with t = s, or t = T-1-s where `reverse`:
//   hidden part = bias_hh + weight_hh h_previous,   h, c = cell(input part, hidden part, c_previous)
// h_previous is the state of the step before: states are kept in T + 1 slots, and step t goes from slot t to slot t + 1,
// or from slot t + 1 to slot t where `reverse`. The caller has put the initial state in slot 0, or T where `reverse`; or,
// where `carry`, it is what the run before left in the other of these two, and is moved to its place first.
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
import { barrier } from "./lib/barrier";
import { multiplyFewRows } from "./lib/few_rows";
import { packRows, paneled, panelRows } from "./lib/pack";
import { EDGE, multiplyPanels } from "./lib/panels";
import { scratch, sharedScratch } from "./lib/scratch";
import { rowsAlone, share, SHARES } from "./lib/shares";

// Units: shares, in one of two ways (lib/shares.ts). Where a thread has rows enough for its tiles, it takes them through all
// steps alone; the weights are packed once, by all. Else threads take each step together: each makes its units of all rows,
// with the columns of weight_hh that belong to them, and puts its part of h into panels that all read behind a barrier.
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
  carry: u32,
  offsetH: u32,
  offsetC: u32,
  begin: u32,
  end: u32,
): void {
  const h = states + (offsetH << 2), c = states + (offsetC << 2), known = masked ? lengths : 0;
  if (carry) {
    carryState(h, projection ? projection : hidden, steps, batch, reverse, begin, end);
    if (cell == 3) carryState(c, hidden, steps, batch, reverse, begin, end);
  }
  switch (cell) {
    case 0:
      forward<Tanh>(weight_hh, bias_hh, weight_hr, known, gates, h, c, steps, batch, hidden, projection, reverse, carry, begin, end);
      break;
    case 1:
      forward<Relu>(weight_hh, bias_hh, weight_hr, known, gates, h, c, steps, batch, hidden, projection, reverse, carry, begin, end);
      break;
    case 2:
      forward<Gru>(weight_hh, bias_hh, weight_hr, known, gates, h, c, steps, batch, hidden, projection, reverse, carry, begin, end);
      break;
    case 3:
      forward<Lstm>(weight_hh, bias_hh, weight_hr, known, gates, h, c, steps, batch, hidden, projection, reverse, carry, begin, end);
      break;
  }
}

// What the last slot of states (T + 1, B, size) holds, moved to the first, for the share of `size` of a thread.
function carryState(states: usize, size: u32, steps: u32, batch: u32, reverse: u32, begin: u32, end: u32): void {
  const from = share(size, begin), bytes = ((share(size, end) - from) << 2) as usize;
  const last = (steps * batch * size) << 2;
  for (let row: u32 = 0; row < batch; row++) {
    const low = states + ((row * size + from) << 2), high = low + last;
    memory.copy(reverse ? high : low, reverse ? low : high, bytes);
  }
}

// `lengths` is 0 where no step is masked.
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
  carry: u32,
  begin: u32,
  end: u32,
): void {
  const cell = changetype<Cell>(0), G = cell.gates();
  const outputs = projection ? projection : hidden; // R
  const H = (hidden << 2) as usize, R = (outputs << 2) as usize; // bytes
  const S = H * ((cell.slots() + (projection ? 1 : 0)) as usize);
  // One row is a product with a vector: packing would cost more than it gives.
  const packed = batch > 1 && batch * steps >= 16;
  const alone = packed && rowsAlone(batch), b0: u32 = alone ? batch * begin / SHARES : 0;
  const rows = (alone ? batch * end / SHARES : batch) - b0, count = rows as usize;
  const j0: u32 = alone ? 0 : share(hidden, begin), units = (alone ? hidden : share(hidden, end)) - j0, wide = paneled(units);
  const r0: u32 = alone ? 0 : share(outputs, begin), outs = (alone ? outputs : share(outputs, end)) - r0;
  const J = (j0 << 2) as usize, r = (r0 << 2) as usize, U = (wide << 2) as usize; // bytes
  const panels = (panelRows(rows) as usize) * R; // bytes of packed h
  const bytesH = (alone ? panels : 2 * panels) + (projection ? panelRows(rows) as usize * H : 0);
  const bytesW = (G * wide) as usize * R + (projection ? paneled(outs) as usize * H : 0);
  // Shared are the weights' panels, or those of h_previous of this step and of the next, and m; own memory lies behind.
  const common = sharedScratch(), own = scratch() + (alone ? bytesW : bytesH);
  const panelsH = alone ? own : common, flip = alone ? 0 : panels, panelsM = panelsH + panels + flip;
  const panelsW = alone ? common : own, panelsP = panelsW + (G * wide) as usize * R;
  const edge = own + (alone ? bytesH : bytesW);
  const u = edge + EDGE; // (rows, G, wide)
  if (packed) {
    const first = share(hidden, begin), part = share(hidden, end) - first;
    for (let gate: u32 = 0; gate < G; gate++) {
      const target = panelsW + (gate * wide + first - j0) * R;
      packRows(weight_hh + (gate * hidden + first) * R, outputs, part, outputs, false, target, outputs, 0);
    }
    if (projection) {
      const from = share(outputs, begin);
      packRows(weight_hr + from * H, hidden, share(outputs, end) - from, hidden, false, panelsP + (from - r0) * H, hidden, 0);
    }
    if (alone) barrier(); // weights and the carried state are whole
    packRows(h + (reverse ? steps * batch + b0 : b0) * R + r, outputs, rows, outs, true, panelsH, outputs, r0);
  }
  if (lengths) lengths += b0 << 2;
  for (let s: u32 = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    const from = ((reverse ? t + 1 : t) * batch + b0) as usize, to = ((reverse ? t : t + 1) * batch + b0) as usize;
    const hFrom = h + from * R, hTo = h + to * R, cFrom = c + from * H, cTo = c + to * H;
    const g = gates + (t * batch + b0) * S;
    if (!alone && (packed || s > 0 || carry)) barrier(); // h_previous is whole
    if (packed) {
      multiplyPanels(panelsH + (s & 1) * flip, panelsW, rows, G * wide, outputs, u, G * wide, false, edge);
    } else {
      for (let gate: u32 = 0; gate < G; gate++) {
        const part = u + gate * U;
        multiplyFewRows(hFrom, outputs, rows, weight_hh + (gate * hidden + j0) * R, outputs, units, outputs, part, G * wide, false);
      }
    }
    for (let row: usize = 0; row < count; row++) {
      if (ended(lengths, row as u32, t)) continue;
      const slots = g + row * S, target = projection ? slots + 4 * H : hTo + row * R; // m in the fifth slot
      cellUnits<Cell>(slots, u + row * G * U - J, bias_hh, hFrom + row * R, cFrom + row * H, target, cTo + row * H, H, U, J, units);
    }
    if (projection) {
      if (packed) packRows(g + 4 * H + J, (S >> 2) as u32, rows, units, true, panelsM, hidden, j0);
      if (!alone) barrier(); // m is whole
      if (packed) multiplyPanels(panelsM, panelsP, rows, outs, hidden, hTo + r, outputs, false, edge);
      else multiplyFewRows(g + 4 * H, (S >> 2) as u32, rows, weight_hr + r0 * H, hidden, outs, hidden, hTo + r, outputs, false);
    }
    for (let row: usize = 0; row < count; row++) {
      if (!ended(lengths, row as u32, t)) continue;
      memory.copy(hTo + row * R + r, hFrom + row * R + r, outs << 2);
      if (cell.states() == 2) memory.copy(cTo + row * H + J, cFrom + row * H + J, units << 2);
    }
    if (packed) packRows(hTo + r, outputs, rows, outs, true, panelsH + (~s & 1) * flip, outputs, r0);
  }
}

// @ts-ignore: decorator
@inline
function ended(lengths: usize, row: u32, t: u32): bool {
  return lengths != 0 && load<u32>(lengths + (row << 2)) <= t;
}

// A row's `units` units from byte j on.
function cellUnits<Cell>(
  gates: usize,
  u: usize,
  bias: usize,
  hFrom: usize,
  cFrom: usize,
  h: usize,
  c: usize,
  H: usize,
  U: usize,
  j: usize,
  units: u32,
): void {
  const cell = changetype<Cell>(0), end = j + (units << 2);
  for (; j + 32 <= end; j += 32) cell.forward(gates, u, bias, hFrom, cFrom, h, c, H, U, j, 8);
  if (j < end) cell.forward(gates, u, bias, hFrom, cFrom, h, c, H, U, j, ((end - j) >> 2) as u32);
}
