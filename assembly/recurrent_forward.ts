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
import { GruResetBefore } from "./cells/gru_reset_before";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { barrier } from "./lib/barrier";
import { multiplyFewRows } from "./lib/few_rows";
import { packRows, paneled, panelRows, RIGHT } from "./lib/pack";
import { edgeTile, multiplyPanels } from "./lib/panels";
import { Layer, packOutputs, packSlot, Part, Step } from "./lib/recurrence";
import { AnyGate } from "./lib/gates";
import { freeScratch, ownWords, sharedWords } from "./lib/scratch";
import { rowsAlone, share } from "./lib/shares";
import { forwardUnits, resetUnits } from "./lib/units";
import { bytes } from "./lib/words";
import { GRU, GRU_RESET_BEFORE, LSTM, RELU, TANH } from "./numbers";

const SLOT_M: u32 = 4; // of gates, with a projection: what the cell gave as h
const SLOT_Q: u32 = 3; // of gates, with a reset before the product: r h_previous

let bias: usize; // (G*H)

// Units: shares of the rows, or of the hidden units (lib/shares.ts).
export function recurrent_forward(
  weight_hh: usize,
  bias_hh: usize,
  weight_hr: usize,
  lengths: usize,
  gates: usize,
  states: usize,
  cell: u32,
  hard: u32,
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
  const h = states + bytes(offsetH), c = states + bytes(offsetC);
  Layer.setSizes(steps, batch, hidden, projection, reverse != 0);
  Layer.setBlocks(weight_hh, weight_hr, masked ? lengths : 0, gates, h, c);
  AnyGate.set(hard);
  bias = bias_hh;
  if (carry) {
    carryState(h, Layer.outputs, begin, end);
    if (cell == 3) carryState(c, hidden, begin, end);
  }
  switch (cell) {
    case TANH:
      forward<Tanh>(begin, end, carry != 0);
      break;
    case RELU:
      forward<Relu>(begin, end, carry != 0);
      break;
    case GRU:
      forward<Gru>(begin, end, carry != 0);
      break;
    case LSTM:
      forward<Lstm>(begin, end, carry != 0);
      break;
    case GRU_RESET_BEFORE:
      forward<GruResetBefore>(begin, end, carry != 0);
      break;
  }
}

// What the last slot of states (T + 1, B, size) holds, moved to the first, for the share of `size` of a thread.
function carryState(states: usize, size: u32, begin: u32, end: u32): void {
  const from = share(size, begin), count = bytes(share(size, end) - from), last = bytes(Layer.steps * Layer.batch * size);
  for (let row: u32 = 0; row < Layer.batch; row++) {
    const low = states + bytes(row * size + from), high = low + last;
    memory.copy(Layer.reverse ? high : low, Layer.reverse ? low : high, count);
  }
}

function forward<Cell>(begin: u32, end: u32, carried: bool): void {
  Layer.setSlots<Cell>();
  freeScratch();
  if (Layer.batch == 1 || Layer.batch * Layer.steps < 16) unpacked<Cell>(begin, end, carried);
  else if (rowsAlone(Layer.batch)) byRows<Cell>(begin, end);
  else byUnits<Cell>(begin, end);
}

// Each thread takes its rows through all steps alone. The weights are packed once, by all for all.
function byRows<Cell>(begin: u32, end: u32): void {
  const gates = changetype<Cell>(0).gates(), hidden = Layer.hidden, outputs = Layer.outputs;
  const width = paneled(hidden);
  const weights = sharedWords(gates * width * outputs); // panels of weight_hh, a gate after the other
  const projection = sharedWords(paneled(Layer.projection) * hidden); // panels of weight_hr
  Part.takeUnits(begin, end);
  packGates(gates, weights + bytes(Part.firstUnit * outputs), width);
  packProjection(projection + bytes(Part.firstOutput * hidden));
  Part.takeRows(begin, end);
  const panelsH = ownWords(panelRows(Part.rows) * outputs);
  const panelsM = ownWords(takesPanelsM<Cell>() ? panelRows(Part.rows) * hidden : 0);
  const edge = edgeTile();
  const hiddenPart = ownWords(Part.rows * gates * width);
  barrier(); // the weights are packed, and the state is carried
  for (let step: u32 = 0; step < Layer.steps; step++) {
    Step.enter(step);
    packOutputs(Step.hPrevious, panelsH);
    multiplyPanels(panelsH, weights, Part.rows, atOnce<Cell>() * width, outputs, hiddenPart, gates * width, false, edge);
    if (changetype<Cell>(0).resets()) {
      takeResets<Cell>(hiddenPart, width);
      packSlot(SLOT_Q, panelsM, hidden, 0);
      multiplyLast<Cell>(panelsM, weights, hiddenPart, width, edge);
    }
    takeCells<Cell>(hiddenPart, width);
    if (Layer.projection) {
      packSlot(SLOT_M, panelsM, hidden, 0);
      multiplyPanels(panelsM, projection, Part.rows, outputs, hidden, Step.h, outputs, false, edge);
    }
    keepEnded<Cell>();
  }
}

// Threads take each step together: each makes its units of all rows, with the columns of weight_hh that belong to them, and
// packs its part of h for all. Panels of h are two: a thread may pack the next while others still read the one before.
function byUnits<Cell>(begin: u32, end: u32): void {
  const gates = changetype<Cell>(0).gates(), hidden = Layer.hidden, outputs = Layer.outputs;
  Part.takeUnits(begin, end);
  const width = paneled(Part.units);
  const evenH = sharedWords(panelRows(Part.rows) * outputs);
  const oddH = sharedWords(panelRows(Part.rows) * outputs);
  const panelsM = sharedWords(takesPanelsM<Cell>() ? panelRows(Part.rows) * hidden : 0);
  const edge = edgeTile();
  const weights = ownWords(gates * width * outputs); // panels of weight_hh, a gate after the other
  const projection = ownWords(Layer.projection ? paneled(Part.outputs) * hidden : 0); // panels of weight_hr
  const hiddenPart = ownWords(Part.rows * gates * width);
  packGates(gates, weights, width);
  packProjection(projection);
  for (let step: u32 = 0; step < Layer.steps; step++) {
    Step.enter(step);
    const panelsH = step & 1 ? oddH : evenH;
    packOutputs(Step.hPrevious, panelsH);
    barrier(); // h_previous is whole
    multiplyPanels(panelsH, weights, Part.rows, atOnce<Cell>() * width, outputs, hiddenPart, gates * width, false, edge);
    if (changetype<Cell>(0).resets()) {
      takeResets<Cell>(hiddenPart, width);
      packSlot(SLOT_Q, panelsM, hidden, 0);
      barrier(); // r h_previous is whole
      multiplyLast<Cell>(panelsM, weights, hiddenPart, width, edge);
    }
    takeCells<Cell>(hiddenPart, width);
    if (Layer.projection) {
      packSlot(SLOT_M, panelsM, hidden, 0);
      barrier(); // m is whole
      const h = Step.h + bytes(Part.firstOutput);
      multiplyPanels(panelsM, projection, Part.rows, Part.outputs, hidden, h, outputs, false, edge);
    }
    keepEnded<Cell>();
  }
}

// As byUnits, for so few rows that packing would cost more than it gives: weights and h are read as they are stored.
function unpacked<Cell>(begin: u32, end: u32, carried: bool): void {
  const gates = changetype<Cell>(0).gates(), hidden = Layer.hidden, outputs = Layer.outputs;
  Part.takeUnits(begin, end);
  const width = paneled(Part.units), hiddenPart = ownWords(Part.rows * gates * width);
  for (let step: u32 = 0; step < Layer.steps; step++) {
    Step.enter(step);
    if (step > 0 || carried) barrier(); // h_previous is whole
    for (let gate: u32 = 0; gate < gates; gate++) {
      const weight = Layer.weight_hh + bytes((gate * hidden + Part.firstUnit) * outputs);
      const part = hiddenPart + bytes(gate * width);
      let h = Step.hPrevious, ld = outputs;
      if (changetype<Cell>(0).resets() && gate == gates - 1) {
        takeResets<Cell>(hiddenPart, width);
        barrier(); // r h_previous is whole
        h = Step.gates + bytes(SLOT_Q * hidden);
        ld = Layer.slots * hidden;
      }
      multiplyFewRows(h, ld, Part.rows, weight, outputs, Part.units, outputs, part, gates * width, false);
    }
    takeCells<Cell>(hiddenPart, width);
    if (Layer.projection) {
      barrier(); // m is whole
      const weight = Layer.weight_hr + bytes(Part.firstOutput * hidden), h = Step.h + bytes(Part.firstOutput);
      const m = Step.gates + bytes(SLOT_M * hidden);
      multiplyFewRows(m, Layer.slots * hidden, Part.rows, weight, hidden, Part.outputs, hidden, h, outputs, false);
    }
    keepEnded<Cell>();
  }
}

// The part's rows of weight_hh; the panels of a gate are `width` columns.
function packGates(gates: u32, panels: usize, width: u32): void {
  const outputs = Layer.outputs;
  for (let gate: u32 = 0; gate < gates; gate++) {
    const weight = Layer.weight_hh + bytes((gate * Layer.hidden + Part.firstUnit) * outputs);
    packRows(weight, outputs, Part.units, outputs, RIGHT, panels + bytes(gate * width * outputs), outputs, 0);
  }
}

// The part's rows of weight_hr, where there is one.
function packProjection(panels: usize): void {
  if (!Layer.projection) return;
  const hidden = Layer.hidden;
  packRows(Layer.weight_hr + bytes(Part.firstOutput * hidden), hidden, Part.outputs, hidden, RIGHT, panels, hidden, 0);
}

// The gates whose hidden part is a product with h_previous: all, but for a last one that waits for the reset.
// @ts-ignore: decorator
@inline
function atOnce<Cell>(): u32 {
  return changetype<Cell>(0).gates() - (changetype<Cell>(0).resets() ? 1 : 0);
}

// Whether a step has a second product, of m or of r h_previous.
// @ts-ignore: decorator
@inline
function takesPanelsM<Cell>(): bool {
  return changetype<Cell>(0).resets() || Layer.projection != 0;
}

// The hidden part of the last gate, from r h_previous in panels.
// @ts-ignore: decorator
@inline
function multiplyLast<Cell>(panels: usize, weights: usize, hiddenPart: usize, width: u32, edge: usize): void {
  const gates = changetype<Cell>(0).gates(), outputs = Layer.outputs, last = (gates - 1) * width;
  const part = hiddenPart + bytes(last), weight = weights + bytes(last * outputs);
  multiplyPanels(panels, weight, Part.rows, width, outputs, part, gates * width, false, edge);
}

// The resets of the part's units, as takeCells().
function takeResets<Cell>(hiddenPart: usize, width: u32): void {
  const H = bytes(Layer.hidden), U = bytes(width);
  const first = bytes(Part.firstUnit), end = bytes(Part.firstUnit + Part.units);
  for (let row: u32 = 0; row < Part.rows; row++) {
    if (Step.ended(row)) continue;
    const at = row as usize, gates = Step.gates + at * (Layer.slots as usize) * H;
    const u = hiddenPart + at * (changetype<Cell>(0).gates() as usize) * U - first;
    resetUnits<Cell>(gates, u, bias, Step.hPrevious + at * H, gates + (SLOT_Q as usize) * H, H, first, end);
  }
}

// The cells of the part's units in all rows that have not ended. hiddenPart (rows, G, width).
function takeCells<Cell>(hiddenPart: usize, width: u32): void {
  const H = bytes(Layer.hidden), R = bytes(Layer.outputs), U = bytes(width);
  const first = bytes(Part.firstUnit), end = bytes(Part.firstUnit + Part.units);
  for (let row: u32 = 0; row < Part.rows; row++) {
    if (Step.ended(row)) continue;
    const at = row as usize, gates = Step.gates + at * (Layer.slots as usize) * H;
    const u = hiddenPart + at * (changetype<Cell>(0).gates() as usize) * U - first; // where the layer's first unit would lie
    const h = Layer.projection ? gates + (SLOT_M as usize) * H : Step.h + at * R;
    forwardUnits<Cell>(gates, u, bias, Step.hPrevious + at * R, Step.cPrevious + at * H, h, Step.c + at * H, H, U, first, end);
  }
}

// Rows that have ended keep their state.
function keepEnded<Cell>(): void {
  if (!Layer.lengths) return;
  for (let row: u32 = 0; row < Part.rows; row++) {
    if (!Step.ended(row)) continue;
    const h = bytes(row * Layer.outputs + Part.firstOutput), c = bytes(row * Layer.hidden + Part.firstUnit);
    memory.copy(Step.h + h, Step.hPrevious + h, bytes(Part.outputs));
    if (changetype<Cell>(0).states() == 2) memory.copy(Step.c + c, Step.cPrevious + c, bytes(Part.units));
  }
}
