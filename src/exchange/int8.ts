/**
 * Weights of int8 in a file: a matrix of type I8, and beside it, under its name and ".scale", a float32 number a row.
 *
 * @module
 */
import type { SafetensorsContent, WrittenTensor } from "../files/safetensors.ts";
import { SCALE } from "../files/stored_model.ts";
import { quote } from "../messages/quote.ts";
import { fromInt8, type Int8Matrix, type Int8Weights } from "../tensors/int8.ts";
import type { HostTensor, StateDict } from "../tensors/module.ts";
import { formatShape } from "../tensors/shape.ts";

/** A file's tensors, with float32 weights in place of those of int8. */
export interface Widened extends Pick<SafetensorsContent, "tensors" | "whole"> {
  /** The matrices of int8, by what they stand for. */
  readonly int8: ReadonlyMap<HostTensor, Int8Matrix>;
}

/**
 * Takes matrices of int8 for the weights that they stand for.
 *
 * @param content The file's tensors, not trusted.
 * @param ours Whether refrain wrote the file, in which nothing else is of type I8: of another what has no scale is left as it
 * is.
 * @returns The tensors, of which the scales are none any more.
 * @throws {SyntaxError} If scales are missing, of another number than the rows, or not positive and finite.
 */
export function widenInt8({ tensors, whole, int8 }: SafetensorsContent, ours: boolean): Widened {
  const all: StateDict = Object.assign(Object.create(null), tensors);
  const others: Record<string, string> = Object.assign(Object.create(null), whole);
  const matrices = new Map<HostTensor, Int8Matrix>();
  for (const [name, { shape, data }] of Object.entries(int8)) {
    const scale = tensors[name + SCALE];
    if (!scale && !ours) continue;
    const matrix = { shape, data, scale: checkScale(name, shape, scale) };
    const widened = { shape, data: fromInt8(matrix) };
    all[name] = widened;
    matrices.set(widened, matrix);
    delete all[name + SCALE];
    delete others[name];
  }
  return { tensors: all, whole: others, int8: matrices };
}

function checkScale(name: string, shape: readonly number[], scale: HostTensor | undefined): Float32Array {
  if (!scale) throw unreadable(`weights ${quote(name)} of int8 lack their scales ${quote(name + SCALE)}`);
  const [rows] = shape;
  if (shape.length !== 2) {
    throw unreadable(
      `weights ${quote(name)} of int8 must be a matrix: current shape is ${formatShape(shape)}`,
    );
  }
  if (scale.shape.length !== 1 || scale.shape[0] !== rows) {
    throw unreadable(
      `scales ${quote(name + SCALE)} must be of shape ${formatShape([rows!])}, one a row: ` +
        `current shape is ${formatShape(scale.shape)}`,
    );
  }
  const bad = scale.data.findIndex((value) => !(value > 0 && value < Infinity));
  if (bad < 0) return scale.data;
  throw unreadable(
    `scales ${quote(name + SCALE)} must be positive and finite: element ${bad} is ${scale.data[bad]}`,
  );
}

function unreadable(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the model: ${complaint}`);
}

/**
 * The tensors of a file for matrices of int8.
 *
 * @param weights The matrices by their names.
 * @returns They and their scales, by their names in the file.
 */
export function int8Tensors(weights: Int8Weights): Record<string, WrittenTensor> {
  const tensors: Record<string, WrittenTensor> = Object.create(null);
  for (const [name, { shape, data, scale }] of Object.entries(weights)) {
    tensors[name] = { shape, data };
    tensors[name + SCALE] = { shape: [scale.length], data: scale };
  }
  return tensors;
}
