/** Float64 reference of the kernel generate_steps. @module */
import { type Buffers, CELL_GATES, CELLS, type Params } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { referenceCell } from "./recurrent_forward.ts";
import { type Draw, drawRow } from "./sample.ts";

/** The products of a model, biases included. */
export interface Products {
  /** The vector of an id, where there is an embedding. */
  vector(id: number): Float64Array;
  /** A row of a layer's weight_ih times its input: a vector, or the one-hot of an id. */
  input(layer: number, row: number, x: Float64Array | number): number;
  /** A row of a layer's weight_hh times h. */
  hidden(layer: number, row: number, h: Float64Array): number;
  /** A row of the dense weight times h. */
  dense(row: number, h: Float64Array): number;
}

/** One layer's new states: h, c = cell(bias_ih + part of the input, bias_hh + weight_hh h, c). */
function stepLayer(
  { input, hidden }: Pick<Products, "input" | "hidden">,
  { layer, cell, hard, x, h, c }: {
    layer: number;
    cell: number;
    hard: number;
    x: Float64Array | number;
    h: Float64Array;
    c: Float64Array;
  },
): { h: Float64Array; c: Float64Array } {
  const H = h.length;
  const { reset, forward } = referenceCell({ cell, hard });
  const q = h.map((value, j) => reset ? reset(input(layer, j, x), hidden(layer, j, h)) * value : 0);
  const next = { h: new Float64Array(H), c: new Float64Array(H) };
  for (let j = 0; j < H; j++) {
    const parts: number[] = [];
    const u: number[] = [];
    for (let gate = 0; gate < CELL_GATES[cell]!; gate++) {
      const row = gate * H + j;
      parts.push(input(layer, row, x));
      u.push(hidden(layer, row, reset && gate === CELL_GATES[cell]! - 1 ? q : h));
    }
    const unit = forward(parts, u, { h_previous: h[j]!, c_previous: c[j]! });
    next.h[j] = unit.h;
    next.c[j] = unit.c;
  }
  return next;
}

/** All steps by the products of a model; gives all draws, in order. */
export function takeSteps(
  { settings, ids, states, logits, history }: Omit<
    Buffers<"generate_steps", Float64Array>,
    "weights" | "plan"
  >,
  { cell, hard, batch: B, hidden: H, layers: L, columns: V, embedding: E, ld }: Params<"generate_steps">,
  products: Products,
): Draw[] {
  const [steps, given] = settings as unknown as [number, number];
  const draws: Draw[] = [];
  for (let s = 0; s < steps; s++) {
    for (let b = 0; b < B; b++) {
      const id = ids[(given ? s * B : 0) + b]!;
      if (id === NONE) continue;
      let x: Float64Array | number = E ? products.vector(id) : id;
      for (let layer = 0; layer < L; layer++) {
        const at = (layer * B + b) * H;
        const c = states.subarray(2 * L * B * H + at);
        const next = stepLayer(products, {
          layer,
          cell,
          hard,
          x,
          h: states.slice(at, at + H),
          c: CELLS[cell] === "lstm" ? c : new Float64Array(H),
        });
        states.set(next.h, at);
        if (CELLS[cell] === "lstm") c.set(next.c);
        x = next.h;
      }
      if (given) continue;
      const row = logits.subarray(b * ld, b * ld + V);
      const h = x as Float64Array;
      row.forEach((_, v) => {
        row[v] = products.dense(v, h);
      });
      const draw = drawRow(row, settings, { b, slot: s });
      draws.push(draw);
      ids[b] = draw.id;
      history.set([draw.id, draw.logarithm], (s * B + b) * 2);
    }
  }
  return draws;
}

/** All steps; gives all draws, in order. */
export function generate_steps(
  { weights, plan, ...buffers }: Buffers<"generate_steps", Float64Array>,
  params: Params<"generate_steps">,
): Draw[] {
  const { columns: V, embedding: E } = params;
  const [table, dense, bias] = plan as unknown as [number, number, number];
  const place = (layer: number, which: number): number => plan[4 + layer * 4 + which]!;
  const biasAt = (start: number, row: number): number => start === NONE ? 0 : weights[start + row]!;
  const product = (start: number, x: Float64Array): number =>
    x.reduce((sum, value, k) => sum + weights[start + k]! * value, 0);
  return takeSteps(buffers, params, {
    vector: (id) => weights.slice(table + id * E, table + (id + 1) * E),
    input: (layer, row, x) =>
      biasAt(place(layer, 2), row) +
      (typeof x === "number"
        ? weights[place(layer, 0) + row * V + x]!
        : product(place(layer, 0) + row * x.length, x)),
    hidden: (layer, row, h) => biasAt(place(layer, 3), row) + product(place(layer, 1) + row * h.length, h),
    dense: (row, h) => biasAt(bias, row) + product(dense + row * h.length, h),
  });
}
