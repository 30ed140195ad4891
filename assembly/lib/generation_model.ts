// The model of a generation: its sizes, and where its weights lie.
import { NONE } from "../numbers";
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
