// Products of a generation's rows with its weights, be they float32 (shared_product.ts) or int8 (int8_product.ts).
import { int8LeftWords, int8Words, multiplyInt8, packLeftInt8, packWeightInt8, setInt8Rows } from "./int8_product";
import * as float from "./shared_product";

// What the weights are: static fields are globals of the instance, and so of the thread.
export class Weights {
  static int8: bool = false;
  static signed: bool = true; // whether h may be below zero

  // For a Share that has been set.
  static set(int8: bool, signed: bool): void {
    Weights.int8 = int8;
    Weights.signed = signed;
    if (int8) setInt8Rows();
  }
}

// Words of a row of a weight.
export function weightWords(depth: u32): u32 {
  return Weights.int8 ? int8Words(depth) : depth;
}

export function leftWords(depth: u32): u32 {
  return Weights.int8 ? int8LeftWords(depth) : float.leftWords(depth);
}

// Packs h, or what has its sign.
export function packLeft(x: usize, depth: u32, panels: usize): void {
  if (Weights.int8) packLeftInt8(x, depth, Weights.signed, panels);
  else float.packLeft(x, depth, panels);
}

// @ts-ignore: decorator
@inline
export function leftOperand(x: usize, panels: usize): usize {
  return Weights.int8 ? panels : float.leftOperand(x, panels);
}

// `scale` and `signed` are of int8: the rows' scales, and whether what is multiplied may be below zero.
export function packWeight(
  weight: usize,
  scale: usize,
  columns: u32,
  depth: u32,
  signed: bool,
  panels: usize,
): usize {
  return Weights.int8
    ? packWeightInt8(weight, scale, columns, depth, signed, panels)
    : float.packWeight(weight, columns, depth, panels);
}

export function multiply(
  x: usize,
  panels: usize,
  columns: u32,
  depth: u32,
  y: usize,
  ld: u32,
  accumulate: bool,
): usize {
  return Weights.int8
    ? multiplyInt8(x, panels, columns, depth, y, ld, accumulate)
    : float.multiply(x, panels, columns, depth, y, ld, accumulate);
}
