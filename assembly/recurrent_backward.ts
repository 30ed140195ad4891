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
import { GruResetBefore } from "./cells/gru_reset_before";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { barrier } from "./lib/barrier";
import { packColumns, paneled, panelRows, RIGHT } from "./lib/pack";
import { edgeTile, multiplyPanels } from "./lib/panels";
import { Layer, packOutputs, packSlot, Part, Step } from "./lib/recurrence";
import { AnyGate } from "./lib/gates";
import { freeScratch, ownWords, sharedWords } from "./lib/scratch";
import { rowsAlone } from "./lib/shares";
import { backwardUnits, resetUnitsBack } from "./lib/units";
import { bytes } from "./lib/words";
import { GRU, GRU_RESET_BEFORE, LSTM, RELU, TANH } from "./numbers";

const SLOT_N: u32 = 2; // of gates, with a reset before the product: dx_n

// Gradients of the layer's outputs and of the state.
class Gradient {
  static dy: usize = 0; // (T, B, R)
  static dh: usize = 0; // (B, R)
  static dc: usize = 0; // (B, H)
}

// Units: shares of the rows, or of the hidden units (lib/shares.ts).
export function recurrent_backward(
  weight_hh: usize,
  weight_hr: usize,
  lengths: usize,
  states: usize,
  gates: usize,
  dy: usize,
  dstates: usize,
  cell: u32,
  hard: u32,
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
  Layer.setSizes(steps, batch, hidden, projection, reverse != 0);
  Layer.setBlocks(weight_hh, weight_hr, masked ? lengths : 0, gates, states + bytes(offsetH), states + bytes(offsetC));
  AnyGate.set(hard);
  Gradient.dy = dy;
  Gradient.dh = dstates;
  Gradient.dc = dstates + bytes(offsetDc);
  switch (cell) {
    case TANH:
      backward<Tanh>(begin, end);
      break;
    case RELU:
      backward<Relu>(begin, end);
      break;
    case GRU:
      backward<Gru>(begin, end);
      break;
    case LSTM:
      backward<Lstm>(begin, end);
      break;
    case GRU_RESET_BEFORE:
      backward<GruResetBefore>(begin, end);
      break;
  }
}

function backward<Cell>(begin: u32, end: u32): void {
  Layer.setSlots<Cell>();
  freeScratch();
  if (rowsAlone(Layer.batch)) byRows<Cell>(begin, end);
  else byUnits<Cell>(begin, end);
}

// Each thread takes its rows through all steps alone. The weights are packed once, by all for all.
function byRows<Cell>(begin: u32, end: u32): void {
  const hidden = Layer.hidden, outputs = Layer.outputs, depth = atOnce<Cell>() * hidden, second = takesSecond<Cell>();
  const weights = sharedWords(paneled(outputs) * depth); // panels of the columns of weight_hh
  const last = sharedWords(changetype<Cell>(0).resets() ? paneled(outputs) * hidden : 0); // those of its last gate
  const projection = sharedWords(Layer.projection ? paneled(hidden) * outputs : 0); // of weight_hr
  Part.takeUnits(begin, end);
  packWeights(0, depth, weights + bytes(Part.firstOutput * depth));
  if (changetype<Cell>(0).resets()) packWeights(depth, hidden, last + bytes(Part.firstOutput * hidden));
  packProjection(projection + bytes(Part.firstUnit * outputs));
  Part.takeRows(begin, end);
  const panelsD = ownWords(panelRows(Part.rows) * depth);
  const panelsY = ownWords(second ? panelRows(Part.rows) * outputs : 0);
  const edge = edgeTile();
  const dm = ownWords(Part.rows * hidden);
  const dh = Gradient.dh + bytes(Part.firstRow * outputs);
  barrier(); // the weights are packed
  for (let step = Layer.steps; step-- > 0;) {
    Step.enter(step);
    if (Layer.projection) {
      completeDy();
      packOutputs(stepDy(), panelsY);
      multiplyPanels(panelsY, projection, Part.rows, hidden, outputs, dm, hidden, false, edge);
    }
    takeCells<Cell>(dm);
    if (changetype<Cell>(0).resets()) {
      packSlot(SLOT_N, panelsY, hidden, 0);
      multiplyPanels(panelsY, last, Part.rows, hidden, hidden, dm, hidden, false, edge);
      takeResets<Cell>(dm);
    }
    packGates<Cell>(panelsD, depth);
    multiplyPanels(panelsD, weights, Part.rows, outputs, depth, dh, outputs, keepsDh<Cell>(), edge);
  }
}

// Threads take each step together: each makes its units of all rows, packs their gates' gradients for all, and makes its
// columns of dh_previous. Panels of gradients are two: a thread may pack the next while others still read the one before.
function byUnits<Cell>(begin: u32, end: u32): void {
  const hidden = Layer.hidden, outputs = Layer.outputs, depth = atOnce<Cell>() * hidden, second = takesSecond<Cell>();
  Part.takeUnits(begin, end);
  const evenD = sharedWords(panelRows(Part.rows) * depth);
  const oddD = sharedWords(panelRows(Part.rows) * depth);
  const panelsY = sharedWords(second ? panelRows(Part.rows) * outputs : 0);
  const weights = ownWords(paneled(Part.outputs) * depth); // panels of the columns of weight_hh
  const last = ownWords(changetype<Cell>(0).resets() ? paneled(Part.units) * hidden : 0); // those of its last gate
  const projection = ownWords(Layer.projection ? paneled(Part.units) * outputs : 0); // of weight_hr
  const edge = edgeTile();
  const dm = ownWords(Part.rows * Part.units);
  packWeights(0, depth, weights);
  if (changetype<Cell>(0).resets()) packWeights(depth, hidden, last);
  packProjection(projection);
  const dh = Gradient.dh + bytes(Part.firstOutput);
  for (let step = Layer.steps; step-- > 0;) {
    Step.enter(step);
    if (Layer.projection) {
      completeDy();
      packOutputs(stepDy(), panelsY);
      barrier(); // dy is whole
      multiplyPanels(panelsY, projection, Part.rows, Part.units, outputs, dm, Part.units, false, edge);
    }
    takeCells<Cell>(dm);
    if (changetype<Cell>(0).resets()) {
      packSlot(SLOT_N, panelsY, hidden, 0);
      barrier(); // dx_n is whole
      multiplyPanels(panelsY, last, Part.rows, Part.units, hidden, dm, Part.units, false, edge);
      takeResets<Cell>(dm);
    }
    const panelsD = step & 1 ? oddD : evenD;
    packGates<Cell>(panelsD, depth);
    barrier(); // the gates' gradients are whole
    multiplyPanels(panelsD, weights, Part.rows, Part.outputs, depth, dh, outputs, keepsDh<Cell>(), edge);
  }
}

// The part's columns of rows of weight_hh (depth, R), from row `first` on.
function packWeights(first: u32, depth: u32, panels: usize): void {
  const outputs = Layer.outputs, weight = Layer.weight_hh + bytes(first * outputs + Part.firstOutput);
  packColumns(weight, outputs, Part.outputs, depth, RIGHT, panels);
}

// The part's columns of weight_hr, where there is one.
function packProjection(panels: usize): void {
  if (!Layer.projection) return;
  packColumns(Layer.weight_hr + bytes(Part.firstUnit), Layer.hidden, Part.units, Layer.outputs, RIGHT, panels);
}

// The gradients of the part's units in the hidden part, in panels (rows, G*H).
function packGates<Cell>(panels: usize, depth: u32): void {
  const cell = changetype<Cell>(0);
  for (let gate: u32 = 0; gate < atOnce<Cell>(); gate++) {
    // a GRU's hidden part has its third gate in the fourth slot
    packSlot(cell.direct() && gate == 2 ? 3 : gate, panels, depth, gate);
  }
}

// The gates whose gradients give dh_previous in one product: all, but for a last one that gives that of r h_previous.
// @ts-ignore: decorator
@inline
function atOnce<Cell>(): u32 {
  return changetype<Cell>(0).gates() - (changetype<Cell>(0).resets() ? 1 : 0);
}

// Whether a step has a second product, with weight_hr or for the gradient of r h_previous.
// @ts-ignore: decorator
@inline
function takesSecond<Cell>(): bool {
  return changetype<Cell>(0).resets() || Layer.projection != 0;
}

// The resets of the part's units, as takeCells(). dq (rows, units).
function takeResets<Cell>(dq: usize): void {
  const H = bytes(Layer.hidden), first = bytes(Part.firstUnit), count = bytes(Part.units);
  for (let row: u32 = 0; row < Part.rows; row++) {
    if (Step.ended(row)) continue;
    const at = row as usize, gates = Step.gates + at * (Layer.slots as usize) * H;
    const dh = Gradient.dh + bytes((Part.firstRow + row) * Layer.outputs);
    resetUnitsBack<Cell>(gates, Step.hPrevious + at * H, dq + at * count - first, dh, first, first + count);
  }
}

// dy (rows, R) of the step.
function stepDy(): usize {
  return Gradient.dy + bytes((Step.time * Layer.batch + Part.firstRow) * Layer.outputs);
}

// With a projection dy is kept: it takes in dh from the step after, and is 0 in rows that have ended.
function completeDy(): void {
  const count = bytes(Part.outputs), R = bytes(Layer.outputs), first = bytes(Part.firstOutput);
  let dy = stepDy() + first, dh = Gradient.dh + R * (Part.firstRow as usize) + first;
  for (let row: u32 = 0; row < Part.rows; row++, dy += R, dh += R) {
    if (Step.ended(row)) memory.fill(dy, 0, count);
    else addRow(dy, dh, count);
  }
}

function addRow(target: usize, source: usize, count: usize): void {
  let j: usize = 0;
  for (; j + 16 <= count; j += 16) {
    v128.store(target + j, f32x4.add(v128.load(target + j), v128.load(source + j)));
  }
  for (; j < count; j += 4) store<f32>(target + j, load<f32>(target + j) + load<f32>(source + j));
}

// Whether dh_previous is added to what lies in dh after the cells: the direct part, or the gradient of rows that have ended.
// @ts-ignore: decorator
@inline
function keepsDh<Cell>(): bool {
  return changetype<Cell>(0).direct() || Layer.lengths != 0;
}

// The cells of the part's units: gates turn into gradients, zeros in rows that have ended. dm (rows, units) with projection.
function takeCells<Cell>(dm: usize): void {
  const H = bytes(Layer.hidden), R = bytes(Layer.outputs), slots = Layer.slots as usize;
  const first = bytes(Part.firstUnit), count = bytes(Part.units), end = first + count;
  const dy = stepDy();
  for (let row: u32 = 0; row < Part.rows; row++) {
    const at = row as usize, gates = Step.gates + at * slots * H;
    if (Step.ended(row)) {
      for (let slot: usize = 0; slot < slots; slot++) memory.fill(gates + slot * H + first, 0, count);
      continue;
    }
    const hPrevious = Step.hPrevious + at * R, cPrevious = Step.cPrevious + at * H;
    const dh = Gradient.dh + bytes((Part.firstRow + row) * Layer.outputs);
    const dc = Gradient.dc + bytes((Part.firstRow + row) * Layer.hidden);
    // With a projection the gradient is dm, whose rows begin with the part's first unit; else it is dh + dy.
    const d = Layer.projection ? dm + at * count - first : dh;
    const above = Layer.projection ? <usize> 0 : dy + at * R;
    backwardUnits<Cell>(gates, hPrevious, Step.h + at * R, cPrevious, Step.c + at * H, d, above, dh, dc, H, first, end);
    if (Layer.lengths && !changetype<Cell>(0).direct()) memory.fill(dh + bytes(Part.firstOutput), 0, bytes(Part.outputs));
  }
}
