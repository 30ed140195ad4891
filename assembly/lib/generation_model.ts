// The model of a generation: its sizes, and where its weights lie.
import { ALONE, NONE } from "../numbers";
import { barrier } from "./barrier";
import { Share } from "./shared_product";
import { rowsAlone, SHARES } from "./shares";
import { Weights } from "./weights";
import { bytes } from "./words";

// Entries of the plan, and of a layer's four in it.
export const TABLE: u32 = 0, DENSE_WEIGHT: u32 = 1, DENSE_BIAS: u32 = 2, LAYERS: u32 = 4;
export const WEIGHT_IH: u32 = 0, WEIGHT_HH: u32 = 1, BIAS_IH: u32 = 2, BIAS_HH: u32 = 3;
// Behind these, of int8 weights, where the scales of the table lie, of the dense weight, and of each layer's weight_ih, weight_hh.
export const TABLE_SCALE: u32 = 0, DENSE_SCALE: u32 = 1, LAYER_SCALES: u32 = 2;

// What a thread has been given: static fields are globals of the instance, and so of the thread.
export class Model {
  static weights: usize = 0; // all parameters; of int8 the matrices alone
  static biases: usize = 0; // what the biases lie in: the same, but of int8
  static plan: usize = 0; // where each lies
  static zeros: usize = 0; // in place of a bias: as many as the longest has
  static rows: u32 = 0; // B; Share.batch of them are this thread's
  static alone: bool = false; // whether the threads take rows of their own through all steps
  static manners: usize = 0; // words of settings, this thread's rows' behind the first ones
  static asked: bool = false; // whether draws give the logarithm of a probability
  static gates: u32 = 0; // G
  static slots: u32 = 0; // S
  static layers: u32 = 0; // L
  static hidden: u32 = 0; // H
  static embedding: u32 = 0; // E, or 0 for one-hot vectors
  static columns: u32 = 0; // V
}

// Where the weight that an entry of the plan names lies.
export function start(entry: u32): usize {
  return startIn(Model.weights, entry);
}

// The same of a bias, which is zeros where there is none.
export function startOfBias(entry: u32): usize {
  return startIn(Model.biases, entry);
}

function startIn(block: usize, entry: u32): usize {
  const word = load<u32>(Model.plan + bytes(entry));
  return word == NONE ? Model.zeros : block + bytes(word);
}

// Where scales of int8 weights lie.
export function scales(which: u32): usize {
  return Weights.int8 ? start(LAYERS + 4 * Model.layers + which) : 0;
}

// @ts-ignore: decorator
@inline
export function scalesOf(layer: u32, which: u32): usize {
  return scales(LAYER_SCALES + 2 * layer + which);
}

// @ts-ignore: decorator
@inline
export function ofLayer(layer: u32, which: u32): u32 {
  return LAYERS + 4 * layer + which;
}

// I of a layer, 0 where it takes one-hot vectors.
// @ts-ignore: decorator
@inline
export function inputsOf(layer: u32): u32 {
  return layer == 0 ? Model.embedding : Model.hidden;
}

// Of a small model of int8 each thread takes rows of its own by all columns, which its cache holds: see shares.ts.
// Gives the first of this thread's rows.
export function takeRows(): u32 {
  const rows = Model.rows, hidden = Model.hidden;
  const ofGate = hidden * (Model.embedding + (2 * Model.layers - 1) * hidden);
  Model.alone = Weights.int8 && rowsAlone(rows) && Model.gates * ofGate + hidden * Model.columns <= ALONE;
  if (!Model.alone) return 0;
  const first = rows * Share.begin / SHARES;
  Share.set(rows * Share.end / SHARES - first, 0, SHARES);
  Weights.set(true, Weights.signed);
  return first;
}

// A barrier where threads take each step together.
export function meet(): void {
  if (!Model.alone) barrier();
}

// The second h's into the first's place. Behind the last barrier nobody reads these.
export function keepStates(states: usize): void {
  const hidden = Model.hidden, first = Share.first(hidden), count = bytes(Share.count(hidden, first));
  const rows = Model.rows, all = bytes(Model.layers * rows * hidden);
  for (let layer: u32 = 0; layer < Model.layers; layer++) {
    for (let b: u32 = 0; b < Share.batch; b++) {
      const target = states + bytes((layer * rows + b) * hidden + first);
      memory.copy(target, target + all, count);
    }
  }
}
