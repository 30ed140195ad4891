// Up to `steps` characters of B rows in one run: gather or embedding, a stack of recurrent layers without projection, the
// dense layer, the draw; what is drawn is the next step's input. For each step s, each row b, id its input:
//   x = one-hot(id) or table[id];   for each layer:  h, c = cell(bias_ih + weight_ih x, bias_hh + weight_hh h, c),  x = h
//   logits = bias + weight x;   id = one draw, as the kernel `sample` makes it at position + s
// settings (8) words: 0 to 5 those of `sample`; 6 u32 steps; 7 u32 whether ids are given. Where not, ids (B, ·) in its
// first B words has the first step's inputs, in the end the last step's draws. Where they are, ids (steps, B) has all
// inputs and nothing is drawn: a prefix is read; the id 0xffffffff leaves its row's state as it is.
// weights: the block of all parameters, in PyTorch's layouts. plan (4 + 4 L) u32: the first words in it of the table
// (V, E), of the dense weight (V, H) and bias (V), and a word that is not used; then of each layer's weight_ih (G*H, I),
// weight_hh (G*H, H), bias_ih and bias_hh (G*H), 0xffffffff for a bias of zeros. I = H above the first layer, E = `embedding` in
// it, V where that is 0. states: h (2, L, B, H), for lstm then c (L, B, H); the second h is room to work in. logits (B, V), rows
// ld >= max(V, 2*G*H) words apart, the last step's; behind V, and where nothing is drawn, room. history (steps, B, 2):
// as `sample` writes it.
import { Gru } from "./cells/gru";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { barrier, threadCount } from "./lib/barrier";
import { multiplyOneRow, packVectorPanels, vectorPanels } from "./lib/one_row";
import { packRows, paneled, panelRows } from "./lib/pack";
import { edgeTile, multiplyPanels } from "./lib/panels";
import { sampleRow } from "./lib/sampling";
import { freeScratch, ownWords } from "./lib/scratch";
import { share, SHARES } from "./lib/shares";
import { GIVEN, GRU, LSTM, NONE, POSITION, RELU, STEPS, TANH } from "./numbers";

// All threads take each step together: of each product a thread has its share of the columns, in whole panels, and so of
// the units; a barrier follows each layer and the logits. Of its columns a thread packs the weights once a run.

// What a thread has been given, and where it works: a thread runs one kernel at a time.
let weights_: usize, plan_: usize, hidden_: u32, batch_: u32, first_: u32, last_: u32;
let panelled: u32; // rows of panels of h, with those that are empty
let edge: usize, zeros: usize, parts: usize, hiddenParts: usize, vectors: usize, panelsX: usize, panelsH: usize, packed: usize;

export function generate_steps(
  weights: usize,
  plan: usize,
  settings: usize,
  ids: usize,
  states: usize,
  logits: usize,
  history: usize,
  cell: u32,
  batch: u32,
  hidden: u32,
  layers: u32,
  columns: u32,
  embedding: u32,
  ld: u32,
  begin: u32,
  end: u32,
): void {
  weights_ = weights;
  plan_ = plan;
  batch_ = batch;
  hidden_ = hidden;
  first_ = begin;
  last_ = end;
  const slots: u32 = cell < 2 ? 1 : 4;
  panelled = panelRows(batch);
  freeScratch();
  edge = edgeTile();
  zeros = ownWords(max(4 * hidden, columns)); // in place of a bias: as many as the longest has
  parts = ownWords(batch * slots * hidden); // (B, S*H): the gates' input parts
  hiddenParts = ownWords(batch * slots * hidden); // (B, S*H)
  vectors = ownWords(batch * embedding); // (B, E)
  panelsX = ownWords(panelled * embedding);
  panelsH = ownWords(layers * panelled * hidden); // of each layer
  packed = ownWords(0); // all that is left
  memory.fill(zeros, 0, parts - zeros);
  switch (cell) {
    case TANH:
      generate<Tanh>(settings, ids, states, logits, history, layers, columns, embedding, ld);
      break;
    case RELU:
      generate<Relu>(settings, ids, states, logits, history, layers, columns, embedding, ld);
      break;
    case GRU:
      generate<Gru>(settings, ids, states, logits, history, layers, columns, embedding, ld);
      break;
    case LSTM:
      generate<Lstm>(settings, ids, states, logits, history, layers, columns, embedding, ld);
      break;
  }
}

function generate<Cell>(
  settings: usize,
  ids: usize,
  states: usize,
  logits: usize,
  history: usize,
  layers: u32,
  columns: u32,
  embedding: u32,
  ld: u32,
): void {
  const gates = changetype<Cell>(0).gates();
  const steps = load<u32>(settings, STEPS), given = load<u32>(settings, GIVEN) != 0, position = load<u32>(settings, POSITION);
  const size = ((batch_ * hidden_) << 2) as usize, all = layers * size; // bytes of a layer's h, and of all
  const bias = start(2);
  packWeights(layers, gates, embedding, columns, given);
  for (let layer: u32 = 0; layer < layers; layer++) pack(states + layer * size, hidden_, panelsOf(layer));
  for (let s: u32 = 0; s < steps; s++) {
    const from = states + (s & 1) * all, to = states + (s & 1 ^ 1) * all;
    const input = ids + (given ? ((s * batch_) << 2) : 0) as usize;
    let weight = packed;
    for (let layer: u32 = 0; layer < layers; layer++) {
      const h = to + layer * size;
      if (layer == 0 && embedding == 0) gather(input, gates, columns, changetype<Cell>(0).slots());
      else {
        if (layer == 0) lookUp(input, embedding);
        const inputs = layer == 0 ? embedding : hidden_;
        const x = layer == 0 ? (batch_ > 1 ? panelsX : vectors) : vectorsOf(h - size, layer - 1);
        fillParts(4 + layer * 4 + 2, gates, changetype<Cell>(0).slots());
        for (let gate: u32 = 0; gate < gates; gate++) {
          const y = parts + ((gate * hidden_) << 2) as usize;
          weight = multiply(x, weight, inputs, hidden_, y, changetype<Cell>(0).slots() * hidden_, true);
        }
      }
      const previous = vectorsOf(from + layer * size, layer);
      for (let gate: u32 = 0; gate < gates; gate++) {
        const y = hiddenParts + ((gate * hidden_) << 2) as usize;
        weight = multiply(previous, weight, hidden_, hidden_, y, gates * hidden_, false);
      }
      cells<Cell>(layer, input, from + layer * size, h, states + 2 * all + layer * size);
      barrier();
      pack(h, hidden_, panelsOf(layer));
    }
    if (given) continue;
    const first = share(columns, first_), own = ((share(columns, last_) - first) << 2) as usize;
    for (let b: u32 = 0; b < batch_; b++) {
      memory.copy(logits + ((b * ld + first) << 2) as usize, bias + (first << 2), own);
    }
    multiply(vectorsOf(to + (layers - 1) * size, layers - 1), weight, hidden_, columns, logits, ld, true);
    barrier();
    drawAll(settings, ids, logits, history + ((s * batch_) << 3) as usize, columns, ld, position + s);
  }
  if (steps & 1) keepStates(states, layers);
}

// Where what entry i of the plan names lies.
function start(i: usize): usize {
  const word = load<u32>(plan_ + (i << 2));
  return word == NONE ? zeros : weights_ + ((word as usize) << 2);
}

// @ts-ignore: decorator
@inline
function panelsOf(layer: u32): usize {
  return panelsH + ((layer * panelled * hidden_) << 2) as usize;
}

// The left operand of a product with a layer's h: its panels, or where there is one row h itself.
// @ts-ignore: decorator
@inline
function vectorsOf(h: usize, layer: u32): usize {
  return batch_ > 1 ? panelsOf(layer) : h;
}

function pack(x: usize, depth: u32, target: usize): void {
  if (batch_ > 1) packRows(x, depth, batch_, depth, true, target, depth, 0);
}

// This thread's columns of all weights as panels, in the order in which a step takes them.
function packWeights(layers: u32, gates: u32, embedding: u32, columns: u32, given: bool): void {
  let target = packed;
  for (let layer: u32 = 0; layer < layers; layer++) {
    for (let which: u32 = layer == 0 && embedding == 0 ? 1 : 0; which < 2; which++) {
      const inputs = which == 0 && layer == 0 ? embedding : hidden_;
      for (let gate: u32 = 0; gate < gates; gate++) {
        const raw = start(4 + layer * 4 + which) + ((gate * hidden_ * inputs) << 2) as usize;
        target = packColumns(raw, inputs, hidden_, target);
      }
    }
  }
  if (!given) packColumns(start(1), hidden_, columns, target);
}

function packColumns(weight: usize, depth: u32, columns: u32, target: usize): usize {
  const first = share(columns, first_), count = share(columns, last_) - first;
  const own = weight + ((first * depth) << 2) as usize;
  if (batch_ > 1) packRows(own, depth, count, depth, false, target, depth, 0);
  else packVectorPanels(own, count, depth, target);
  return target + panelBytes(count, depth);
}

// y (B, columns) = x weight^T in this thread's columns, or += where `accumulate`; gives the place of the next panels.
function multiply(
  x: usize,
  panels: usize,
  depth: u32,
  columns: u32,
  y: usize,
  ld: u32,
  accumulate: bool,
): usize {
  const first = share(columns, first_), count = share(columns, last_) - first;
  y += (first << 2) as usize;
  if (batch_ > 1) multiplyPanels(x, panels, batch_, count, depth, y, ld, accumulate, edge);
  else multiplyOneRow(x, panels, count, depth, y, accumulate, edge);
  return panels + panelBytes(count, depth);
}

function panelBytes(columns: u32, depth: u32): usize {
  return ((batch_ > 1 ? paneled(columns) * depth : vectorPanels(columns, depth)) << 2) as usize;
}

// The rows of the table that the ids name, for a product.
function lookUp(ids: usize, embedding: u32): void {
  const table = start(0), bytes = (embedding << 2) as usize;
  for (let b: u32 = 0; b < batch_; b++) {
    const id = load<u32>(ids + (b << 2));
    if (id != NONE) memory.copy(vectors + b * bytes, table + id * bytes, bytes);
  }
  pack(vectors, embedding, panelsX);
}

// Puts a bias into the gates' input parts of this thread's units.
function fillParts(entry: u32, gates: u32, slots: u32): void {
  const bias = start(entry), first = share(hidden_, first_), bytes = ((share(hidden_, last_) - first) << 2) as usize;
  for (let b: u32 = 0; b < batch_; b++) {
    for (let gate: u32 = 0; gate < gates; gate++) {
      const source = bias + ((gate * hidden_ + first) << 2) as usize;
      memory.copy(parts + (((b * slots + gate) * hidden_ + first) << 2) as usize, source, bytes);
    }
  }
}

// The first layer's input parts: its bias and a column of weight_ih (G*H, V), whose words lie V apart.
function gather(ids: usize, gates: u32, vocabulary: u32, slots: u32): void {
  const weight = start(4), stride = (vocabulary << 2) as usize;
  fillParts(6, gates, slots);
  const first = share(hidden_, first_), last = share(hidden_, last_);
  for (let gate: u32 = 0; gate < gates; gate++) {
    // Sixteen units at a time: their rows of weight_ih stay in the caches while all ids are looked up.
    for (let unit = first; unit < last; unit += 16) {
      const end = min(last, unit + 16);
      for (let b: u32 = 0; b < batch_; b++) {
        const id = load<u32>(ids + (b << 2));
        if (id == NONE) continue;
        let p = weight + ((gate * hidden_ + unit) as usize) * stride + (id << 2);
        let y = parts + (((b * slots + gate) * hidden_ + unit) << 2) as usize;
        for (let i = unit; i < end; i++, p += stride, y += 4) store<f32>(y, load<f32>(y) + load<f32>(p));
      }
    }
  }
}

// A layer's new h, and c in its place, of this thread's units.
function cells<Cell>(layer: u32, ids: usize, hFrom: usize, h: usize, c: usize): void {
  const cell = changetype<Cell>(0), H = (hidden_ << 2) as usize;
  const bias = start(4 + layer * 4 + 3);
  const first = (share(hidden_, first_) << 2) as usize, last = (share(hidden_, last_) << 2) as usize;
  for (let b: usize = 0; b < (batch_ as usize); b++) {
    const at = b * H;
    if (load<u32>(ids + (b << 2)) == NONE) {
      memory.copy(h + at + first, hFrom + at + first, last - first);
      continue;
    }
    const gates = parts + at * (cell.slots() as usize), u = hiddenParts + at * (cell.gates() as usize);
    let j = first;
    for (; j + 32 <= last; j += 32) {
      cell.forward(gates, u, bias, hFrom + at, c + at, h + at, c + at, H, H, j, 8);
    }
    if (j < last) cell.forward(gates, u, bias, hFrom + at, c + at, h + at, c + at, H, H, j, ((last - j) >> 2) as u32);
  }
}

// Rows are shared out where there is one for each thread; fewer are drawn by all of them, each for itself: the words are
// the same, and no barrier is needed.
function drawAll(
  settings: usize,
  ids: usize,
  logits: usize,
  history: usize,
  columns: u32,
  ld: u32,
  position: u32,
): void {
  const shared = batch_ >= threadCount();
  const first = shared ? batch_ * first_ / SHARES : 0, last = shared ? batch_ * last_ / SHARES : batch_;
  for (let b = first; b < last; b++) {
    const row = logits + ((b * ld) << 2) as usize;
    const id = sampleRow(row, columns, settings, position, b, history + (b << 3));
    store<u32>(ids + (b << 2), id);
  }
  if (shared) barrier();
}

// The second h's into the first's place. Behind the last barrier nobody reads these.
function keepStates(states: usize, layers: u32): void {
  const first = share(hidden_, first_), bytes = ((share(hidden_, last_) - first) << 2) as usize;
  const rows = layers * batch_;
  for (let row: u32 = 0; row < rows; row++) {
    const target = states + ((row * hidden_ + first) << 2) as usize;
    memory.copy(target, target + ((rows * hidden_) << 2) as usize, bytes);
  }
}
