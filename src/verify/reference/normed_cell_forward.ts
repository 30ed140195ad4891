/** Float64 reference of the kernel normed_cell_forward. @module */
import { type Buffers, CELL_GATES, CELL_SLOTS, CELLS, type Params } from "../../kernels.ts";
import { referenceCell } from "./recurrent_forward.ts";

/** The sizes of a normalized cell, in units of H: G gates, S slots, N norms; and R outputs. */
export interface NormedCounts {
  readonly G: number;
  readonly S: number;
  readonly N: number;
  readonly R: number;
}

/** The counts of a normalized cell. */
export function normedCounts(
  { cell, hidden, projection }: Pick<Params<"normed_cell_forward">, "cell" | "hidden" | "projection">,
): NormedCounts {
  const G = CELL_GATES[cell]!;
  const S = 2 * G + CELL_SLOTS[cell]! + (projection ? 1 : 0);
  return { G, S, N: 2 * G + (CELLS[cell] === "lstm" ? 1 : 0), R: projection || hidden };
}

/** n = (a - m) r of a row, and its m and r. */
function normalized(
  row: Float64Array,
  epsilon: number,
): { normal: Float64Array; mean: number; rate: number } {
  const mean = row.reduce((a, b) => a + b) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  const rate = 1 / Math.sqrt(variance + epsilon);
  return { normal: row.map((value) => (value - mean) * rate), mean, rate };
}

/** One step: x and u normalized, the cell, of an LSTM c normalized too. */
export function normed_cell_forward(
  { gains, biases, lengths, gates, states }: Buffers<"normed_cell_forward", Float64Array>,
  params: Params<"normed_cell_forward">,
): void {
  const { step, steps: T, batch: B, hidden: H, projection, reverse, masked, carry, epsilon } = params;
  const { offsetH, offsetC } = params;
  const { G, S, R } = normedCounts(params);
  const cell = referenceCell(params);
  const lstm = CELLS[params.cell] === "lstm";
  if (carry) {
    const [first, last] = reverse ? [T, 0] : [0, T];
    for (const [offset, size] of [[offsetH, B * R], [offsetC, B * H]].slice(0, lstm ? 2 : 1)) {
      states.copyWithin(offset! + first * size!, offset! + last * size!, offset! + (last + 1) * size!);
    }
  }
  const t = reverse ? T - 1 - step : step;
  const [from, to] = reverse ? [t + 1, t] : [t, t + 1];
  for (let b = 0; b < B; b++) {
    const h = (slot: number, r: number): number => offsetH + (slot * B + b) * R + r;
    const c = (slot: number, j: number): number => offsetC + (slot * B + b) * H + j;
    const row = gates.subarray((t * B + b) * S * H, (t * B + b + 1) * S * H);
    if (masked && lengths[b]! <= t) {
      for (let r = 0; r < R; r++) states[h(to, r)] = states[h(from, r)]!;
      for (let j = 0; lstm && j < H; j++) states[c(to, j)] = states[c(from, j)]!;
      if (projection) row.fill(0, (S - 1) * H);
      continue;
    }
    const scaled = (normal: Float64Array, first: number): Float64Array =>
      normal.map((value, i) => value * gains[first + i]! + biases[first + i]!);
    const ofX = normalized(row.subarray(0, G * H), epsilon);
    const ofU = normalized(row.subarray(G * H, 2 * G * H), epsilon);
    row.set(ofX.normal);
    row.set(ofU.normal, G * H);
    const x = scaled(ofX.normal, 0);
    const u = scaled(ofU.normal, G * H);
    const units = Array.from({ length: H }, (_, j) => {
      const gatesOf = (values: Float64Array): number[] =>
        Array.from({ length: G }, (_, gate) => values[gate * H + j]!);
      const unit = cell.forward(gatesOf(x), gatesOf(u), {
        h_previous: projection ? 0 : states[h(from, j)]!,
        c_previous: lstm ? states[c(from, j)]! : 0,
      });
      for (const [slot, value] of unit.slots.entries()) row[(2 * G + slot) * H + j] = value;
      return unit;
    });
    const ofC = lstm ? normalized(Float64Array.from(units, (unit) => unit.c), epsilon) : undefined;
    const normalC = ofC && scaled(ofC.normal, 2 * G * H);
    const m = units.map((unit, j) => normalC ? unit.slots[3]! * Math.tanh(normalC[j]!) : unit.h);
    for (let j = 0; lstm && j < H; j++) states[c(to, j)] = units[j]!.c;
    for (let r = 0; r < R; r++) states[h(to, r)] = projection ? 0 : m[r]!;
    if (projection) row.set(m, (S - 1) * H);
    const statistics = T * B * S * H + (t * B + b) * 4;
    gates.set([ofX.rate, ofU.rate, ...(ofC ? [ofC.mean, ofC.rate] : [])], statistics);
  }
}
