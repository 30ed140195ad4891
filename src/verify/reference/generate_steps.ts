/** Float64 reference of the kernel generate_steps. @module */
import { type Buffers, CELL_GATES, CELLS, type Params } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { referenceCell } from "./recurrent_forward.ts";
import { type Draw, drawRow } from "./sample.ts";

/** One layer's new states: h, c = cell(bias_ih + part of the input, bias_hh + weight_hh h, c). */
function stepLayer(
  { weights, plan }: { weights: Float64Array; plan: Float64Array },
  { layer, cell, hard, hidden: H, part, h, c }: {
    layer: number;
    cell: number;
    hard: number;
    hidden: number;
    /** A row of weight_ih times the input; the word is where the row begins, were it as long as the input. */
    part: (weight_ih: number, row: number) => number;
    h: Float64Array;
    c: Float64Array;
  },
): { h: Float64Array; c: Float64Array } {
  const [weight_ih, weight_hh, bias_ih, bias_hh] = plan.subarray(4 + layer * 4, 8 + layer * 4);
  const bias = (start: number, row: number): number => start === NONE ? 0 : weights[start + row]!;
  const { reset, forward } = referenceCell({ cell, hard });
  const hiddenPart = (row: number, operand: Float64Array): number =>
    bias(bias_hh!, row) + product(weights, weight_hh! + row * H, operand);
  const inputPart = (row: number): number => bias(bias_ih!, row) + part(weight_ih!, row);
  const q = h.map((value, j) => reset ? reset(inputPart(j), hiddenPart(j, h)) * value : 0);
  const next = { h: new Float64Array(H), c: new Float64Array(H) };
  for (let j = 0; j < H; j++) {
    const x: number[] = [];
    const u: number[] = [];
    for (let gate = 0; gate < CELL_GATES[cell]!; gate++) {
      const row = gate * H + j;
      x.push(inputPart(row));
      u.push(hiddenPart(row, reset && gate === CELL_GATES[cell]! - 1 ? q : h));
    }
    const unit = forward(x, u, { h_previous: h[j]!, c_previous: c[j]! });
    next.h[j] = unit.h;
    next.c[j] = unit.c;
  }
  return next;
}

function product(weights: Float64Array, start: number, x: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += weights[start + k]! * x[k]!;
  return sum;
}

/** All steps; gives all draws, in order. */
export function generate_steps(
  { weights, plan, settings, ids, states, logits, history }: Buffers<"generate_steps", Float64Array>,
  { cell, hard, batch: B, hidden: H, layers: L, columns: V, embedding: E, ld }: Params<"generate_steps">,
): Draw[] {
  const [steps, given] = settings as unknown as [number, number];
  const draws: Draw[] = [];
  const [table, dense, bias] = plan as unknown as [number, number, number];
  for (let s = 0; s < steps; s++) {
    for (let b = 0; b < B; b++) {
      const id = ids[(given ? s * B : 0) + b]!;
      if (id === NONE) continue;
      let x: Float64Array | undefined = E ? weights.slice(table + id * E, table + (id + 1) * E) : undefined;
      for (let layer = 0; layer < L; layer++) {
        const at = (layer * B + b) * H;
        const c = states.subarray(2 * L * B * H + at);
        const vector = x;
        const next = stepLayer({ weights, plan }, {
          layer,
          cell,
          hard,
          hidden: H,
          part: (start, row) =>
            vector ? product(weights, start + row * vector.length, vector) : weights[start + row * V + id]!,
          h: states.subarray(at, at + H),
          c: CELLS[cell] === "lstm" ? c : new Float64Array(H),
        });
        states.set(next.h, at);
        if (CELLS[cell] === "lstm") c.set(next.c);
        x = next.h;
      }
      if (given) continue;
      const row = logits.subarray(b * ld, b * ld + V);
      row.forEach((_, v) => {
        row[v] = (bias === NONE ? 0 : weights[bias + v]!) + product(weights, dense + v * H, x!);
      });
      const draw = drawRow(row, settings, { b, slot: s });
      draws.push(draw);
      ids[b] = draw.id;
      history.set([draw.id, draw.logProbability], (s * B + b) * 2);
    }
  }
  return draws;
}
