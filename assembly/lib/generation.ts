// The kernels generate_steps and generate_steps_int8: what they have in common, which is all but how a product is made
// (weights.ts).
import { Gru } from "../cells/gru";
import { GruResetBefore } from "../cells/gru_reset_before";
import { Lstm } from "../cells/lstm";
import { Relu } from "../cells/relu";
import { Tanh } from "../cells/tanh";
import { barrier, threadCount } from "./barrier";
import { mannerOf, sampleRow } from "./sampling";
import { AnyGate } from "./gates";
import {
  BIAS_HH,
  BIAS_IH,
  DENSE_BIAS,
  DENSE_SCALE,
  DENSE_WEIGHT,
  inputsOf,
  keepStates,
  meet,
  Model,
  ofLayer,
  scales,
  scalesOf,
  start,
  startOfBias,
  TABLE,
  TABLE_SCALE,
  takeRows,
  WEIGHT_HH,
  WEIGHT_IH,
} from "./generation_model";
import { freeScratch, ownWords, takesPacking } from "./scratch";
import { addScaled, int8Words, packRowInt8 } from "./int8_product";
import { Share } from "./shared_product";
import { SHARES } from "./shares";
import { forwardUnits, resetUnits } from "./units";
import { leftOperand, leftWords, multiply, packLeft, packWeight, Weights, weightWords } from "./weights";
import { bytes } from "./words";
import { GIVEN, GRU, GRU_RESET_BEFORE, LOGARITHMS, LSTM, MANNER, NONE, RELU, STEPS, TANH } from "../numbers";

// All threads take each step together: of each product a thread has its share of the columns, in whole panels, and so of
// the units; a barrier follows each layer and the logits. Where takeRows() gives threads rows of their own, each takes all
// columns and meets nobody. Of its columns a thread packs the weights once, and again when they or the scratch have changed
// between two runs.

// Where it works.
class Room {
  static inputParts: usize = 0; // (B, S*H): the gates' input parts
  static hiddenParts: usize = 0; // (B, G*H)
  static vectors: usize = 0; // (B, E): rows of the table
  static vectorPanels: usize = 0; // the same as a product's left operand
  static statePanels: usize = 0; // of each layer's h
  static weightPanels: usize = 0; // of this thread's columns, in the order in which a step takes them

  static lay(): void {
    const batch = Share.batch;
    Model.zeros = ownWords(max(4 * Model.hidden, Model.columns));
    Room.inputParts = ownWords(batch * Model.slots * Model.hidden);
    Room.hiddenParts = ownWords(batch * Model.slots * Model.hidden);
    Room.vectors = ownWords(batch * Model.embedding);
    Room.vectorPanels = ownWords(leftWords(Model.embedding));
    Room.statePanels = ownWords(Model.layers * leftWords(Model.hidden));
    Room.weightPanels = ownWords(0); // all that is left
    memory.fill(Model.zeros, 0, Room.inputParts - Model.zeros);
  }
}

// The kernel generate_steps, or of int8 weights generate_steps_int8.
export function generateSteps(
  int8: bool,
  weights: usize,
  biases: usize,
  plan: usize,
  settings: usize,
  ids: usize,
  states: usize,
  logits: usize,
  history: usize,
  cell: u32,
  hard: u32,
  batch: u32,
  hidden: u32,
  layers: u32,
  columns: u32,
  embedding: u32,
  ld: u32,
  begin: u32,
  end: u32,
): void {
  Model.weights = weights;
  Model.biases = biases;
  Model.plan = plan;
  Model.layers = layers;
  Model.hidden = hidden;
  Model.embedding = embedding;
  Model.columns = columns;
  Model.rows = batch;
  AnyGate.set(hard);
  freeScratch();
  Share.set(batch, begin, end);
  Weights.set(int8, cell != RELU);
  switch (cell) {
    case TANH:
      generate<Tanh>(settings, ids, states, logits, history, ld);
      break;
    case RELU:
      generate<Relu>(settings, ids, states, logits, history, ld);
      break;
    case GRU:
      generate<Gru>(settings, ids, states, logits, history, ld);
      break;
    case LSTM:
      generate<Lstm>(settings, ids, states, logits, history, ld);
      break;
    case GRU_RESET_BEFORE:
      generate<GruResetBefore>(settings, ids, states, logits, history, ld);
      break;
  }
}

function generate<Cell>(settings: usize, ids: usize, states: usize, logits: usize, history: usize, ld: u32): void {
  const steps = load<u32>(settings, STEPS), given = load<u32>(settings, GIVEN) != 0;
  const layers = Model.layers, batch = Model.rows, size = bytes(batch * Model.hidden), all = size * (layers as usize);
  Model.gates = changetype<Cell>(0).gates();
  Model.slots = changetype<Cell>(0).slots();
  const first = takeRows();
  Model.manners = settings + bytes(first * MANNER);
  Model.asked = load<u32>(settings, LOGARITHMS) != 0;
  ids += bytes(first);
  states += bytes(first * Model.hidden);
  logits += bytes(first * ld);
  history += bytes(2 * first);
  Room.lay();
  if (takesPacking(Share.begin, Share.end)) packWeights();
  for (let layer: u32 = 0; layer < layers; layer++) {
    packLeft(states + size * (layer as usize), Model.hidden, panelsOf(layer));
  }
  for (let step: u32 = 0; step < steps; step++) {
    // The two h take turns.
    const before = step & 1 ? states + all : states, after = step & 1 ? states : states + all, c = states + 2 * all;
    const input = given ? ids + bytes(step * batch) : ids;
    let panels = Room.weightPanels;
    for (let layer: u32 = 0; layer < layers; layer++) {
      const at = size * (layer as usize);
      panels = takeLayer<Cell>(layer, input, before + at, after + at, c + at, panels);
    }
    if (given) continue;
    takeLogits(after + all - size, panels, logits, ld);
    drawAll(ids, logits, history + bytes(2 * step * batch), ld, step);
  }
  if (steps & 1) keepStates(states);
}

// The place of a layer's h as a left operand.
// @ts-ignore: decorator
@inline
function panelsOf(layer: u32): usize {
  return Room.statePanels + bytes(layer * leftWords(Model.hidden));
}

// This thread's columns of all weights, in the order in which a step takes them.
function packWeights(): void {
  let panels = Room.weightPanels;
  for (let layer: u32 = 0; layer < Model.layers; layer++) {
    const signed = layer == 0 || Weights.signed, inputs = inputsOf(layer);
    if (inputs > 0) panels = packGates(start(ofLayer(layer, WEIGHT_IH)), scalesOf(layer, WEIGHT_IH), inputs, signed, panels);
    const weight = start(ofLayer(layer, WEIGHT_HH)), scale = scalesOf(layer, WEIGHT_HH);
    panels = packGates(weight, scale, Model.hidden, Weights.signed, panels);
  }
  packWeight(start(DENSE_WEIGHT), scales(DENSE_SCALE), Model.columns, Model.hidden, Weights.signed, panels);
}

// weight (G*H, depth), of int8 with a scale (G*H); gives the place behind its panels, as multiplyGates() does.
function packGates(weight: usize, scale: usize, depth: u32, signed: bool, panels: usize): usize {
  const hidden = Model.hidden, size = bytes(hidden * weightWords(depth));
  for (let gate: u32 = 0; gate < Model.gates; gate++, weight += size, scale += bytes(hidden)) {
    panels = packWeight(weight, scale, hidden, depth, signed, panels);
  }
  return panels;
}

// parts (B, slots*H) = x weight^T, or += where `accumulate`, in the columns of the first `gates` gates.
function multiplyGates(
  x: usize,
  panels: usize,
  depth: u32,
  parts: usize,
  slots: u32,
  gates: u32,
  accumulate: bool,
): usize {
  const hidden = Model.hidden;
  for (let gate: u32 = 0; gate < gates; gate++) {
    panels = multiply(x, panels, hidden, depth, parts + bytes(gate * hidden), slots * hidden, accumulate);
  }
  return panels;
}

// A layer's step: from hBefore (B, H) of all rows to this thread's units of h and c, which all then have.
function takeLayer<Cell>(layer: u32, ids: usize, hBefore: usize, h: usize, c: usize, panels: usize): usize {
  const inputs = inputsOf(layer), hidden = Model.hidden;
  fillParts(startOfBias(ofLayer(layer, BIAS_IH)));
  if (inputs == 0) gather(ids);
  else {
    if (layer == 0) lookUp(ids);
    const below = h - bytes(Model.rows * hidden);
    const x = layer == 0 ? leftOperand(Room.vectors, Room.vectorPanels) : leftOperand(below, panelsOf(layer - 1));
    panels = multiplyGates(x, panels, inputs, Room.inputParts, Model.slots, Model.gates, true);
  }
  const state = leftOperand(hBefore, panelsOf(layer)), gates = Model.gates;
  const atOnce = changetype<Cell>(0).resets() ? gates - 1 : gates;
  panels = multiplyGates(state, panels, hidden, Room.hiddenParts, gates, atOnce, false);
  if (changetype<Cell>(0).resets()) {
    takeResets<Cell>(startOfBias(ofLayer(layer, BIAS_HH)), ids, hBefore, h);
    meet(); // r h, in the place of the new h, is whole
    packLeft(h, hidden, panelsOf(layer));
    const part = Room.hiddenParts + bytes(atOnce * hidden), reset = leftOperand(h, panelsOf(layer));
    panels = multiply(reset, panels, hidden, hidden, part, gates * hidden, false);
    meet(); // all have read it
  }
  takeCells<Cell>(startOfBias(ofLayer(layer, BIAS_HH)), ids, hBefore, h, c);
  meet();
  packLeft(h, hidden, panelsOf(layer));
  return panels;
}

// Puts a bias into the gates' input parts of this thread's units.
function fillParts(bias: usize): void {
  const hidden = Model.hidden, first = Share.first(hidden), count = bytes(Share.count(hidden, first));
  for (let b: u32 = 0; b < Share.batch; b++) {
    for (let gate: u32 = 0; gate < Model.gates; gate++) {
      const target = Room.inputParts + bytes((b * Model.slots + gate) * hidden + first);
      memory.copy(target, bias + bytes(gate * hidden + first), count);
    }
  }
}

// The rows of the table that the ids name, as a left operand.
function lookUp(ids: usize): void {
  const table = start(TABLE), embedding = Model.embedding;
  if (Weights.int8) return lookUpInt8(ids, table);
  for (let b: u32 = 0; b < Share.batch; b++) {
    const id = load<u32>(ids + bytes(b));
    if (id != NONE) memory.copy(Room.vectors + bytes(b * embedding), table + bytes(id * embedding), bytes(embedding));
  }
  packLeft(Room.vectors, embedding, Room.vectorPanels);
}

function lookUpInt8(ids: usize, table: usize): void {
  const embedding = Model.embedding, size = bytes(int8Words(embedding)), scale = scales(TABLE_SCALE);
  for (let b: u32 = 0; b < Share.batch; b++) {
    const id = load<u32>(ids + bytes(b));
    if (id == NONE) continue;
    packRowInt8(table + size * (id as usize), embedding, load<f32>(scale + bytes(id)), b, Room.vectorPanels);
  }
}

// Adds to the first layer's input parts a column of weight_ih (G*H, V), whose words lie V apart.
function gather(ids: usize): void {
  if (Weights.int8) return gatherInt8(ids);
  const weight = start(ofLayer(0, WEIGHT_IH)), stride = bytes(Model.columns), hidden = Model.hidden;
  const first = Share.first(hidden), last = first + Share.count(hidden, first);
  for (let gate: u32 = 0; gate < Model.gates; gate++) {
    // Sixteen units at a time: their rows of weight_ih stay in the caches while all ids are looked up.
    for (let unit = first; unit < last; unit += 16) {
      const end = min(last, unit + 16);
      for (let b: u32 = 0; b < Share.batch; b++) {
        const id = load<u32>(ids + bytes(b));
        if (id == NONE) continue;
        let p = weight + ((gate * hidden + unit) as usize) * stride + bytes(id);
        let y = Room.inputParts + bytes((b * Model.slots + gate) * hidden + unit);
        for (let i = unit; i < end; i++, p += stride, y += 4) store<f32>(y, load<f32>(y) + load<f32>(p));
      }
    }
  }
}

// The same of int8, which lies transposed: (V, G*H).
function gatherInt8(ids: usize): void {
  const hidden = Model.hidden, size = bytes(int8Words(Model.gates * hidden));
  const weight = start(ofLayer(0, WEIGHT_IH)), scale = scalesOf(0, WEIGHT_IH);
  const first = Share.first(hidden), count = Share.count(hidden, first);
  for (let b: u32 = 0; b < Share.batch; b++) {
    const id = load<u32>(ids + bytes(b));
    if (id == NONE) continue;
    for (let gate: u32 = 0; gate < Model.gates; gate++) {
      const at = gate * hidden + first, y = Room.inputParts + bytes((b * Model.slots + gate) * hidden + first);
      addScaled(weight + size * (id as usize) + at, scale + bytes(at), y, count);
    }
  }
}

// r h of this thread's units, into q. A row without an id has any.
function takeResets<Cell>(bias: usize, ids: usize, hBefore: usize, q: usize): void {
  const H = bytes(Model.hidden), unit = Share.first(Model.hidden);
  const first = bytes(unit), end = first + bytes(Share.count(Model.hidden, unit));
  for (let b: u32 = 0; b < Share.batch; b++) {
    if (load<u32>(ids + bytes(b)) == NONE) continue;
    const row = H * (b as usize);
    const x = Room.inputParts + row * (Model.slots as usize), u = Room.hiddenParts + row * (Model.gates as usize);
    resetUnits<Cell>(x, u, bias, hBefore + row, q + row, H, first, end);
  }
}

// A layer's new h, and c in its place, of this thread's units. Rows without an id keep theirs.
function takeCells<Cell>(bias: usize, ids: usize, hBefore: usize, h: usize, c: usize): void {
  const H = bytes(Model.hidden), unit = Share.first(Model.hidden);
  const first = bytes(unit), count = bytes(Share.count(Model.hidden, unit));
  for (let b: u32 = 0; b < Share.batch; b++) {
    const row = H * (b as usize);
    if (load<u32>(ids + bytes(b)) == NONE) {
      memory.copy(h + row + first, hBefore + row + first, count);
      continue;
    }
    const x = Room.inputParts + row * (Model.slots as usize), u = Room.hiddenParts + row * (Model.gates as usize);
    forwardUnits<Cell>(x, u, bias, hBefore + row, c + row, h + row, c + row, H, H, first, first + count);
  }
}

// logits (B, V) = bias + weight h, of this thread's columns, which all then have.
function takeLogits(h: usize, panels: usize, logits: usize, ld: u32): void {
  const columns = Model.columns, bias = startOfBias(DENSE_BIAS);
  const first = Share.first(columns), count = bytes(Share.count(columns, first));
  for (let b: u32 = 0; b < Share.batch; b++) memory.copy(logits + bytes(b * ld + first), bias + bytes(first), count);
  multiply(leftOperand(h, panelsOf(Model.layers - 1)), panels, columns, Model.hidden, logits, ld, true);
  meet();
}

// Rows are shared out where there is one for each thread; fewer are drawn by all of them, each for itself: the words are
// the same, and no barrier is needed.
function drawAll(ids: usize, logits: usize, history: usize, ld: u32, step: u32): void {
  const batch = Share.batch, shared = !Model.alone && batch >= threadCount();
  const first = shared ? batch * Share.begin / SHARES : 0, last = shared ? batch * Share.end / SHARES : batch;
  for (let b = first; b < last; b++) {
    if (load<u32>(ids + bytes(b)) == NONE) continue;
    const row = logits + bytes(b * ld), record = history + bytes(2 * b);
    const id = sampleRow(row, Model.columns, mannerOf(Model.manners, b), step, Model.asked, record);
    store<u32>(ids + bytes(b), id);
  }
  if (shared) barrier();
}
