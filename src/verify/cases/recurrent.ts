/**
 * Cases of the recurrences: random weights of PyTorch's size, an initial state, and for the backward pass what the
 * reference's forward pass left.
 *
 * @module
 */
import { CELLS } from "../../kernels.ts";
import { recurrenceCounts, recurrent_forward } from "../reference/recurrent_forward.ts";
import { uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** Options of the recurrences' cases. */
export interface RecurrentOptions {
  cell?: typeof CELLS[number];
  /** Of the gates' activation, 0 for the sigmoid. */
  hard?: number;
  steps?: number;
  batch?: number;
  hidden?: number;
  projection?: number;
  reverse?: boolean;
  masked?: boolean;
  /** Whether the initial state is the one that lies in the last slot. */
  carry?: boolean;
  /** Words before the states in their buffers, and between h and c. */
  gap?: number;
}

/** Lengths (B) of a masked batch: T, then shorter and longer ones, 0 among them where B is above 3. */
export function lengthsOf(batch: number, steps: number): Float64Array {
  return Float64Array.from(
    { length: batch },
    (_, b) => b === 0 ? steps : (b * (steps + 1) + 2 * b) % (steps + 1),
  );
}

/** B 3, T 5, H 11. */
export function recurrentForwardCase(options: RecurrentOptions = {}): Case<"recurrent_forward"> {
  const { cell = "lstm", hard = 0, steps = 5, batch = 3, hidden = 11, projection = 0, gap = 0 } = options;
  const reverse = Number(options.reverse ?? false);
  const masked = Number(options.masked ?? false);
  const carry = Number(options.carry ?? false);
  const index = CELLS.indexOf(cell);
  const { G, S, R } = recurrenceCounts({ cell: index, hidden, projection });
  const lengthH = (steps + 1) * batch * R;
  const lengthC = cell === "lstm" ? (steps + 1) * batch * hidden : 0;
  const offsetC = lengthC ? gap + lengthH + gap : 0;
  const bound = 1 / Math.sqrt(hidden);
  return {
    kernel: "recurrent_forward",
    params: {
      cell: index,
      hard,
      steps,
      batch,
      hidden,
      projection,
      reverse,
      masked,
      carry,
      offsetH: gap,
      offsetC,
    },
    buffers: {
      weight_hh: uniformNumbers(G * hidden * R, 1, -bound, bound),
      bias_hh: uniformNumbers(G * hidden, 2, -bound, bound),
      // What is not used may hold anything.
      weight_hr: projection ? uniformNumbers(R * hidden, 3, -bound, bound) : Float64Array.of(NaN),
      lengths: masked ? lengthsOf(batch, steps) : Float64Array.of(0),
      gates: uniformNumbers(steps * batch * S * hidden, 4),
      states: uniformNumbers(gap + lengthH + (lengthC ? gap + lengthC : 0), 5),
    },
    tolerance: TOLERANCES.recurrent_forward(steps, R),
    shapes: { gates: [steps, batch, S, hidden], ...(lengthC + gap ? {} : { states: [steps + 1, batch, R] }) },
    ignore: { gates: (i) => masked === 1 && maskedAt({ i, steps, batch, row: S * hidden }) },
  };
}

/** B 3, T 5, H 11; gates and states are those of the forward case. */
export function recurrentBackwardCase(options: RecurrentOptions = {}): Case<"recurrent_backward"> {
  const { steps = 5, batch = 3, hidden = 11, gap = 0 } = options;
  const forward = recurrentForwardCase(options);
  const { carry: _, ...params } = forward.params;
  const { G, S, R } = recurrenceCounts(params);
  const lstm = CELLS[params.cell] === "lstm";
  recurrent_forward(forward.buffers, forward.params);
  const { weight_hh, weight_hr, lengths, gates, states } = forward.buffers;
  const lengthDh = batch * R;
  return {
    kernel: "recurrent_backward",
    params: { ...params, offsetDc: lstm ? lengthDh + gap : 0 },
    buffers: {
      weight_hh,
      weight_hr,
      lengths,
      states: states.map(Math.fround),
      gates: gates.map(Math.fround),
      dy: uniformNumbers(steps * batch * R, 6),
      dstates: uniformNumbers(lengthDh + (lstm ? gap + batch * hidden : 0), 7),
    },
    tolerance: TOLERANCES.recurrent_backward(steps, G * hidden),
    shapes: { gates: [steps, batch, S, hidden], dy: [steps, batch, R] },
    // The fifth slot is no gradient: after a masked step it may hold anything.
    ignore: {
      gates: (i) =>
        S === 5 && Math.floor(i / hidden) % S === 4 && params.masked === 1 &&
        maskedAt({ i, steps, batch, row: S * hidden }),
    },
  };
}

/** Whether word i of gates (T, B, row) is of a masked step. */
function maskedAt(
  { i, steps, batch, row }: { i: number; steps: number; batch: number; row: number },
): boolean {
  const n = Math.floor(i / row);
  return lengthsOf(batch, steps)[n % batch]! <= Math.floor(n / batch);
}
