/** Float64 reference of the kernel recurrent_forward. @module */
import { type Buffers, CELL_GATES, CELL_SLOTS, CELLS, type Params } from "../../kernels.ts";
import { type Cell, type Gate, gateOf } from "./cells/cell.ts";
import { gru } from "./cells/gru.ts";
import { gru_reset_before } from "./cells/gru_reset_before.ts";
import { lstm } from "./cells/lstm.ts";
import { relu } from "./cells/relu.ts";
import { tanh } from "./cells/tanh.ts";

/** The references of the cells, with the gates' activation. */
const REFERENCE_CELLS: Readonly<Record<typeof CELLS[number], (gate: Gate) => Cell>> = {
  tanh: () => tanh,
  relu: () => relu,
  gru,
  lstm,
  gru_reset_before,
};

/** The reference of a cell, by the kernels' parameters. */
export function referenceCell({ cell, hard }: { cell: number; hard: number }): Cell {
  return REFERENCE_CELLS[CELLS[cell]!](gateOf(hard));
}

/** The counts of a recurrence: G gates and S slots in units of H, R outputs. */
export function recurrenceCounts(
  { cell, hidden, projection }: Pick<Params<"recurrent_forward">, "cell" | "hidden" | "projection">,
): { G: number; S: number; R: number } {
  const S = CELL_SLOTS[cell]! + (CELLS[cell] === "lstm" && projection ? 1 : 0);
  return { G: CELL_GATES[cell]!, S, R: projection || hidden };
}

/** All T steps: hidden part = bias_hh + weight_hh h_previous, h, c = cell(…), with projection h = weight_hr m. */
export function recurrent_forward(
  { weight_hh, bias_hh, weight_hr, lengths, gates, states }: Buffers<"recurrent_forward", Float64Array>,
  params: Params<"recurrent_forward">,
): void {
  const { steps: T, batch: B, hidden: H, projection, reverse, masked, carry, offsetH, offsetC } = params;
  const { G, S, R } = recurrenceCounts(params);
  const cell = referenceCell(params);
  const lstm = CELLS[params.cell] === "lstm";
  if (carry) {
    const [first, last] = reverse ? [T, 0] : [0, T];
    for (const [offset, size] of [[offsetH, B * R], [offsetC, B * H]].slice(0, lstm ? 2 : 1)) {
      states.copyWithin(offset! + first * size!, offset! + last * size!, offset! + (last + 1) * size!);
    }
  }
  for (let s = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s;
    const [from, to] = reverse ? [t + 1, t] : [t, t + 1];
    for (let b = 0; b < B; b++) {
      const h = (slot: number, r: number): number => offsetH + (slot * B + b) * R + r;
      const c = (slot: number, j: number): number => offsetC + (slot * B + b) * H + j;
      if (masked && lengths[b]! <= t) {
        for (let r = 0; r < R; r++) states[h(to, r)] = states[h(from, r)]!;
        if (lstm) { for (let j = 0; j < H; j++) states[c(to, j)] = states[c(from, j)]!; }
        continue;
      }
      const column = (slot: number, j: number): number => ((t * B + b) * S + slot) * H + j;
      const before = (r: number): number => states[h(from, r)]!;
      const product = (row: number, operand: (r: number) => number): number => {
        let sum = bias_hh[row]!;
        for (let r = 0; r < R; r++) sum += weight_hh[row * R + r]! * operand(r);
        return sum;
      };
      const q = Array.from(
        { length: cell.reset ? H : 0 },
        (_, j) => cell.reset!(gates[column(0, j)]!, product(j, before)) * before(j),
      );
      const m = new Float64Array(H);
      for (let j = 0; j < H; j++) {
        const x: number[] = [];
        const u: number[] = [];
        for (let gate = 0; gate < G; gate++) {
          x.push(gates[column(gate, j)]!);
          u.push(product(gate * H + j, cell.reset && gate === G - 1 ? (r) => q[r]! : before));
        }
        const unit = cell.forward(x, u, {
          h_previous: projection ? 0 : states[h(from, j)]!,
          c_previous: lstm ? states[c(from, j)]! : 0,
        });
        m[j] = unit.h;
        if (lstm) states[c(to, j)] = unit.c;
        for (const [slot, value] of unit.slots.entries()) gates[column(slot, j)] = value;
        if (lstm && projection) gates[column(4, j)] = unit.h;
      }
      for (let r = 0; r < R; r++) {
        let sum = 0;
        if (projection) { for (let j = 0; j < H; j++) sum += weight_hr[r * H + j]! * m[j]!; }
        states[h(to, r)] = projection ? sum : m[r]!;
      }
    }
  }
}
