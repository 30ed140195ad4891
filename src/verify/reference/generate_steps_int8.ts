/**
 * Reference of the kernel generate_steps_int8: products are sums of integers, and what is rounded to 7 bits is float32 before;
 * cells alone are float64.
 *
 * @module
 */
import { type Buffers, CELL_GATES, CELLS, type Params } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { takeSteps } from "./generate_steps.ts";
import type { Draw } from "./sample.ts";

const { fround } = Math;

/** A row of numbers of 7 bits, and what they are multiplied by. */
export interface Rounded {
  readonly numbers: Int32Array;
  readonly scale: number;
  /** How far the number that is nearest to the middle of two integers is from there. */
  readonly margin: number;
}

/** The even one of two integers, where a number lies in their middle. */
function nearest(x: number): number {
  const low = Math.floor(x);
  if (x - low === 0.5) return low % 2 === 0 ? low : low + 1;
  return Math.round(x);
}

function round(x: ArrayLike<number>, factor: number, scale: number): Rounded {
  const exact = Float32Array.from(x, (value) => fround(value) * factor);
  const margin = exact.reduce(
    (least, value) => Math.min(least, Math.abs(value - Math.floor(value) - 0.5)),
    1,
  );
  return { numbers: Int32Array.from(exact, nearest), scale, margin };
}

/** h of a layer: from -1 to 1, or of relu from 0 up. */
export function roundState(h: Float64Array, signed: boolean): Rounded {
  if (signed) return round(h, 63, fround(1 / 63));
  const largest = h.reduce((most, value) => Math.max(most, fround(value)), 0);
  return largest < 1e-30 ? round(h, 0, 0) : round(h, fround(127 / largest), fround(largest / 127));
}

/** All steps; gives all draws, in order. */
export function generate_steps_int8(
  { words, biases, plan, ...buffers }: Buffers<"generate_steps_int8", Float64Array>,
  params: Params<"generate_steps_int8">,
  /** Is told each h that is rounded. */
  told: (rounded: Rounded) => void = () => {},
): Draw[] {
  const { cell, hidden: H, layers: L, embedding: E } = params;
  const bits = Uint32Array.from(words);
  const [bytes, floats] = [new Int8Array(bits.buffer), new Float32Array(bits.buffer)];
  const signed = CELLS[cell] !== "relu";
  const [table, dense, bias] = plan as unknown as [number, number, number];
  const place = (layer: number, which: number): number => plan[4 + layer * 4 + which]!;
  const scales = (which: number): number => plan[4 + 4 * L + which]!;
  const biasAt = (start: number, row: number): number => start === NONE ? 0 : biases[start + row]!;
  /** Row `row` of a matrix (·, depth). */
  const rowOf = (start: number, row: number, depth: number): Int8Array =>
    bytes.subarray(4 * start + row * 16 * Math.ceil(depth / 16)).subarray(0, depth);
  const product = (
    [start, scale]: [number, number],
    row: number,
    { numbers, scale: own }: Rounded,
  ): number => {
    const sum = rowOf(start, row, numbers.length).reduce((sum, w, k) => sum + w * numbers[k]!, 0);
    return fround(fround(sum) * fround(own * floats[scale + row]!));
  };
  const known = new WeakMap<Float64Array, Rounded>();
  const rounded = (x: Float64Array): Rounded => {
    const before = known.get(x);
    if (before) return before;
    const made = roundState(x, signed);
    known.set(x, made);
    told(made);
    return made;
  };
  return takeSteps(buffers, params, {
    vector(id) {
      const vector = Float64Array.from(rowOf(table, id, E));
      known.set(vector, { numbers: Int32Array.from(vector), scale: floats[scales(0) + id]!, margin: 1 });
      return vector;
    },
    input(layer, row, x) {
      const [weight, scale] = [place(layer, 0), scales(2 + 2 * layer)];
      const before = biasAt(place(layer, 2), row);
      if (typeof x !== "number") return before + product([weight, scale], row, rounded(x));
      const column = rowOf(weight, x, CELL_GATES[cell]! * H);
      return before + fround(column[row]! * floats[scale + row]!);
    },
    hidden: (layer, row, h) =>
      biasAt(place(layer, 3), row) + product([place(layer, 1), scales(3 + 2 * layer)], row, rounded(h)),
    dense: (row, h) => biasAt(bias, row) + product([dense, scales(1)], row, rounded(h)),
  });
}
