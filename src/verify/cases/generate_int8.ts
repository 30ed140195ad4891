/**
 * Cases of generate_steps_int8: those of generate_steps with matrices of int8. Where the rounding of an h to 7 bits may fall to
 * either side, other weights are taken: all that follows would be another.
 *
 * @module
 */
import { align } from "../../device/device.ts";
import { CELL_GATES, CELLS } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { Random } from "../../random.ts";
import { generate_steps_int8 } from "../reference/generate_steps_int8.ts";
import type { Case } from "./check_kernel.ts";
import { generateCase, type GenerateCaseOptions } from "./generate.ts";
import { DRAW_MARGIN } from "./tolerances.ts";

/** 63 times the largest error of an h. */
const ROUNDING_MARGIN = 1e-4;
/** Weights that are tried. */
const TRIES = 40;

/** Options of int8Case(). */
export interface Int8CaseOptions extends GenerateCaseOptions {
  /** Whether weights are 0 and the largest alone. */
  extreme?: boolean;
  /** Whether a rounding may be close: of what is compared with itself alone. */
  close?: boolean;
}

/** B 3, H 11, L 2, V 13, E 0, 5 steps. */
export function int8Case(options: Int8CaseOptions = {}): Case<"generate_steps_int8"> {
  const { kernel: _, buffers: { weights: __, ...floats }, ...given } = generateCase({
    ...options,
    tied: false,
  });
  if (options.cell === "relu") floats.states = floats.states.map(Math.abs); // as relu leaves them
  for (let seed = 1; seed <= TRIES; seed++) {
    const buffers = { ...floats, ...wordsOf(options, seed) };
    if (options.close || isClear(buffers, given.params)) {
      return { ...given, kernel: "generate_steps_int8", buffers };
    }
  }
  throw new Error("Each case of so many tries is too close: choose a smaller one");
}

/** What `verify` tries, one by one. */
export function* int8Cases(): Generator<Case<"generate_steps_int8">> {
  for (const cell of CELLS) {
    yield int8Case({ cell });
    yield int8Case({ cell, batch: 1, embedding: 7 });
    yield int8Case({ cell, batch: 5, hidden: 33, columns: 67, bias: false });
  }
  yield int8Case({ cell: "gru", embedding: 11, layers: 1, temperature: 1, extreme: true });
}

/** Words, biases and plan of a model. */
function wordsOf(
  { cell = "lstm", hidden = 11, layers = 2, columns = 13, embedding = 0, bias = true, extreme = false }:
    Int8CaseOptions,
  seed: number,
): Record<"words" | "biases" | "plan", Float64Array> {
  const random = new Random(seed);
  const rows = CELL_GATES[CELLS.indexOf(cell)]! * hidden;
  const blocks: Uint32Array[] = [];
  const biases: Float64Array[] = [];
  const plan: number[] = [];
  const put = <T extends Uint32Array | Float64Array>(part: T, parts: T[]): void => {
    plan.push(part.length === 0 ? NONE : lengthOf(parts));
    parts.push(part);
  };
  const matrix = (count: number, depth: number, most = 127): Uint32Array => {
    const stride = 16 * Math.ceil(depth / 16);
    const bytes = new Int8Array(count * stride);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < depth; k++) {
        bytes[i * stride + k] = extreme
          ? most * (random.integer(3) - 1)
          : random.integer(2 * most + 1) - most;
      }
    }
    return new Uint32Array(bytes.buffer);
  };
  const numbers = (count: number, low: number, high: number): Float32Array =>
    Float32Array.from({ length: count }, () => low + (high - low) * random.uniform());
  const bound = 2 / Math.sqrt(hidden);
  const putMatrix = (words: Uint32Array): void => put(words, blocks);
  const putScale = (count: number): void =>
    put(new Uint32Array(numbers(count, 0.3 * bound / 127, bound / 127).buffer), blocks);
  const putBias = (count: number): void =>
    put(Float64Array.from(numbers(bias ? count : 0, -bound, bound)), biases);
  putMatrix(matrix(embedding > 0 ? columns : 0, embedding, 63));
  putMatrix(matrix(columns, hidden));
  putBias(columns);
  putMatrix(new Uint32Array(0));
  for (let layer = 0; layer < layers; layer++) {
    const depth = layer > 0 ? hidden : embedding;
    putMatrix(depth > 0 ? matrix(rows, depth) : matrix(columns, rows));
    putMatrix(matrix(rows, hidden));
    putBias(rows);
    putBias(rows);
  }
  putScale(embedding > 0 ? columns : 0);
  putScale(columns);
  for (let layer = 0; layer < 2 * layers; layer++) putScale(rows);
  return { words: joined(blocks), biases: joined(biases), plan: Float64Array.from(plan) };
}

/** Words of parts that lie one behind the other. */
function lengthOf(parts: readonly ArrayLike<number>[]): number {
  return parts.reduce((sum, { length }) => sum + align(length), 0);
}

/** The parts in one block, which is never of no words. */
function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const block = new Float64Array(Math.max(1, lengthOf(parts)));
  parts.forEach((part, index) => block.set(part, lengthOf(parts.slice(0, index))));
  return block;
}

/** Whether no rounding and no draw is close to another outcome. */
function isClear(
  buffers: Case<"generate_steps_int8">["buffers"],
  params: Case<"generate_steps_int8">["params"],
): boolean {
  const copies = Object.fromEntries(Object.entries(buffers).map(([name, data]) => [name, data.slice()]));
  let least = Infinity;
  const draws = generate_steps_int8(copies as typeof buffers, params, ({ margin }) => {
    least = Math.min(least, margin);
  });
  return least >= ROUNDING_MARGIN && draws.every(({ margin }) => margin >= DRAW_MARGIN);
}
