/**
 * Cases of a normalized cell: random products and states, and for the backward pass what the reference's forward pass left.
 *
 * @module
 */
import { CELL_RESETS, CELLS } from "../../kernels.ts";
import { normed_cell_forward, normedCounts } from "../reference/normed_cell_forward.ts";
import { uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { lengthsOf, type RecurrentOptions } from "./recurrent.ts";
import { TOLERANCES } from "./tolerances.ts";

/** Options of the cases; `step` is which of the steps is taken. */
export type NormedOptions = RecurrentOptions & { step?: number };

/** Of every cell that can be normalized: plain, masked and backwards, around the edges of a workgroup; and with projection. */
export const NORMED: readonly NormedOptions[] = [
  ...CELLS.filter((_, index) => !CELL_RESETS[index]).flatMap((cell) => [
    { cell },
    { cell, reverse: true, masked: true, gap: 5, batch: 7 },
    { cell, hidden: 257, batch: 2, steps: 18, step: 17 },
  ]),
  { cell: "gru", hard: 5, hidden: 65 },
  { hard: 6, hidden: 65 },
  { projection: 7, reverse: true, masked: true, gap: 3, batch: 5 },
];

/** B 3, step 2 of T 5, H 11. */
export function normedForwardCase(options: NormedOptions = {}): Case<"normed_cell_forward"> {
  const { cell = "lstm", hard = 0, steps = 5, batch = 3, hidden = 11, projection = 0, gap = 0 } = options;
  const { step = Math.min(2, steps - 1) } = options;
  const reverse = Number(options.reverse ?? false);
  const masked = Number(options.masked ?? false);
  const carry = Number(options.carry ?? false);
  const index = CELLS.indexOf(cell);
  const { G, S, N, R } = normedCounts({ cell: index, hidden, projection });
  const lengthH = (steps + 1) * batch * R;
  const lengthC = cell === "lstm" ? (steps + 1) * batch * hidden : 0;
  const offsetC = lengthC ? gap + lengthH + gap : 0;
  const plain = cell === "tanh" || cell === "relu";
  const epsilon = 1e-5;
  const sizes = { cell: index, hard, step, steps, batch, hidden, projection, reverse, masked, carry };
  return {
    kernel: "normed_cell_forward",
    params: { ...sizes, epsilon, offsetH: gap, offsetC },
    buffers: {
      gains: uniformNumbers(N * hidden, 1, 0.5, 1.5),
      biases: uniformNumbers(N * hidden, 2, -0.5, 0.5),
      // What is not used may hold anything.
      lengths: masked ? lengthsOf(batch, steps) : Float64Array.of(0),
      gates: uniformNumbers(steps * batch * (S * hidden + 4), 4),
      states: uniformNumbers(gap + lengthH + (lengthC ? gap + lengthC : 0), 5),
    },
    tolerance: TOLERANCES.normed_cell(G * hidden),
    floors: { states: 1 },
    // These cells keep nothing; the statistics have a place for c's in any case.
    ignore: { gates: (i) => plain && i < steps * batch * S * hidden && Math.floor(i / hidden) % S === 2 },
  };
}

/** B 3, step 2 of T 5, H 11; gates and states are those of the forward case. */
export function normedBackwardCase(options: NormedOptions = {}): Case<"normed_cell_backward"> {
  const { steps = 5, batch = 3, hidden = 11, gap = 0 } = options;
  const forward = normedForwardCase({ ...options, carry: false });
  const { carry: _, epsilon: __, ...params } = forward.params;
  const { G, S, N, R } = normedCounts(params);
  const lstm = CELLS[params.cell] === "lstm";
  normed_cell_forward(forward.buffers, forward.params);
  const { gains, biases, lengths, gates, states } = forward.buffers;
  const lengthDh = batch * R;
  const blocks = Math.ceil(steps / 16);
  return {
    kernel: "normed_cell_backward",
    params: { ...params, offsetDc: lstm ? lengthDh + gap : 0 },
    buffers: {
      gains,
      biases,
      lengths,
      states: states.map(Math.fround),
      gates: gates.map(Math.fround),
      dy: uniformNumbers(params.projection ? batch * hidden : steps * batch * R, 6),
      dstates: uniformNumbers(lengthDh + (lstm ? gap + batch * hidden : 0), 7),
      partials: uniformNumbers(blocks * batch * 2 * N * hidden, 8),
    },
    tolerance: TOLERANCES.normed_cell(G * hidden),
    floors: { gates: 1, partials: 1 },
    // The cell's slots are no longer of use.
    ignore: { gates: (i) => i < steps * batch * S * hidden && Math.floor(i / hidden) % S >= 2 * G },
  };
}
