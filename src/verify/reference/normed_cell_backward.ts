/** Float64 reference of the kernel normed_cell_backward. @module */
import { type Buffers, CELLS, type Params } from "../../kernels.ts";
import { normedCounts } from "./normed_cell_forward.ts";
import { referenceCell } from "./recurrent_forward.ts";

/** The step of normed_cell_forward backwards: of an LSTM c's norm, the cell, the norms of x and u. */
export function normed_cell_backward(
  { gains, biases, lengths, states, gates, dy, dstates, partials }: Buffers<
    "normed_cell_backward",
    Float64Array
  >,
  params: Params<"normed_cell_backward">,
): void {
  const { step, steps: T, batch: B, hidden: H, projection, reverse, masked } = params;
  const { offsetH, offsetC, offsetDc } = params;
  const { G, S, N, R } = normedCounts(params);
  const cell = referenceCell(params);
  const lstm = CELLS[params.cell] === "lstm";
  const t = reverse ? T - 1 - step : step;
  const [from, to] = reverse ? [t + 1, t] : [t, t + 1];
  for (let b = 0; b < B; b++) {
    const row = gates.subarray((t * B + b) * S * H, (t * B + b + 1) * S * H);
    if (masked && lengths[b]! <= t) {
      row.fill(0, 0, 2 * G * H);
      continue;
    }
    const sums = partials.subarray((Math.floor(t / 16) * B + b) * 2 * N * H);
    /** The gradient of what was normalized to `normal`, whose gains begin at word `first`, of which d is the gradient. */
    const back = (normal: Float64Array, d: Float64Array, first: number, rate: number): Float64Array => {
      const g = d.map((value, i) => value * gains[first + i]!);
      const mean = g.reduce((a, b) => a + b) / g.length;
      const along = g.reduce((sum, value, i) => sum + value * normal[i]!, 0) / g.length;
      for (const [i, value] of d.entries()) {
        sums[first + i]! += value * normal[i]!;
        sums[N * H + first + i]! += value;
      }
      return g.map((value, i) => rate * (value - mean - normal[i]! * along));
    };
    const [rateX, rateU, meanC, rateC] = gates.subarray(T * B * S * H + (t * B + b) * 4);
    const h = (slot: number, j: number): number => projection ? 0 : states[offsetH + (slot * B + b) * R + j]!;
    const c = (slot: number, j: number): number => lstm ? states[offsetC + (slot * B + b) * H + j]! : 0;
    const slotsOf = (j: number): number[] => {
      const slots: number[] = [];
      for (let slot = 2 * G; slot < S - (projection ? 1 : 0); slot++) slots.push(row[slot * H + j]!);
      return slots;
    };
    const dh = Float64Array.from(
      { length: H },
      (_, j) => projection ? dy[b * H + j]! : dy[(t * B + b) * R + j]! + dstates[b * R + j]!,
    );
    const dc = new Float64Array(H);
    const scaledC = new Float64Array(H);
    if (lstm) {
      const normal = Float64Array.from(dc, (_, j) => (c(to, j) - meanC!) * rateC!);
      scaledC.set(normal.map((value, j) => value * gains[2 * G * H + j]! + biases[2 * G * H + j]!));
      const d = dh.map((value, j) => value * slotsOf(j)[3]! * (1 - Math.tanh(scaledC[j]!) ** 2));
      dc.set(back(normal, d, 2 * G * H, rateC!).map((value, j) => value + dstates[offsetDc + b * H + j]!));
    }
    const dx = new Float64Array(G * H);
    const du = new Float64Array(G * H);
    for (let j = 0; j < H; j++) {
      const around = { h: h(to, j), c: c(to, j), h_previous: h(from, j), c_previous: c(from, j) };
      const unit = cell.backward(slotsOf(j), around, lstm ? 0 : dh[j]!, dc[j]!);
      for (let gate = 0; gate < G; gate++) {
        dx[gate * H + j] = unit.slots[gate]!;
        du[gate * H + j] = unit.du[gate]!;
      }
      if (lstm) {
        const ofO = cell.backward(slotsOf(j), { ...around, c: scaledC[j]! }, dh[j]!, 0).du[3]!;
        dx[3 * H + j] = ofO;
        du[3 * H + j] = ofO;
        dstates[offsetDc + b * H + j] = unit.dc_previous;
      }
      if (!projection) dstates[b * R + j] = unit.dh_previous;
    }
    if (projection) dstates.fill(0, b * R, (b + 1) * R);
    row.set(back(row.slice(0, G * H), dx, 0, rateX!));
    row.set(back(row.slice(G * H, 2 * G * H), du, G * H, rateU!), G * H);
  }
}
