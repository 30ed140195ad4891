/** Float64 reference of the kernel recurrent_backward. @module */
import { type Buffers, CELLS, type Params } from "../../kernels.ts";
import { recurrenceCounts, referenceCell } from "./recurrent_forward.ts";

/** The steps of recurrent_forward backwards: dh = dy[t] + dh from the step after, dm, then the cell, then dh_previous. */
export function recurrent_backward(
  { weight_hh, weight_hr, lengths, states, gates, dy, dstates }: Buffers<"recurrent_backward", Float64Array>,
  params: Params<"recurrent_backward">,
): void {
  const { steps: T, batch: B, hidden: H, projection, reverse, masked, offsetH, offsetC, offsetDc } = params;
  const { G, S, R } = recurrenceCounts(params);
  const cell = referenceCell(params);
  const lstm = CELLS[params.cell] === "lstm";
  for (let s = T - 1; s >= 0; s--) {
    const t = reverse ? T - 1 - s : s;
    const [from, to] = reverse ? [t + 1, t] : [t, t + 1];
    for (let b = 0; b < B; b++) {
      const column = (slot: number, j: number): number => ((t * B + b) * S + slot) * H + j;
      const output = (r: number): number => (t * B + b) * R + r;
      const h = (slot: number, j: number): number =>
        projection ? 0 : states[offsetH + (slot * B + b) * R + j]!;
      const c = (slot: number, j: number): number => lstm ? states[offsetC + (slot * B + b) * H + j]! : 0;
      if (masked && lengths[b]! <= t) {
        gates.fill(0, column(0, 0), column(S, 0));
        if (projection) dy.fill(0, output(0), output(R));
        continue;
      }
      const dh = Float64Array.from({ length: R }, (_, r) => dy[output(r)]! + dstates[b * R + r]!);
      if (projection) dy.set(dh, output(0));
      const dh_previous = new Float64Array(R);
      const dq = new Float64Array(cell.resetBack ? H : 0);
      for (let j = 0; j < H; j++) {
        let dm = 0;
        if (projection) { for (let r = 0; r < R; r++) dm += weight_hr[r * H + j]! * dh[r]!; }
        else dm = dh[j]!;
        const slots: number[] = [];
        for (let slot = 0; slot < S; slot++) slots.push(gates[column(slot, j)]!);
        const around = { h: h(to, j), c: c(to, j), h_previous: h(from, j), c_previous: c(from, j) };
        const dc = lstm ? dstates[offsetDc + b * H + j]! : 0;
        const unit = cell.backward(slots, around, dm, dc);
        for (const [slot, value] of unit.slots.entries()) gates[column(slot, j)] = value;
        if (lstm) dstates[offsetDc + b * H + j] = unit.dc_previous;
        if (!projection) dh_previous[j]! += unit.dh_previous;
        for (let gate = 0; gate < G; gate++) {
          const target = cell.resetBack && gate === G - 1 ? dq : dh_previous;
          for (let r = 0; r < R; r++) target[r]! += weight_hh[(gate * H + j) * R + r]! * unit.du[gate]!;
        }
      }
      for (let j = 0; cell.resetBack && j < H; j++) {
        const back = cell.resetBack([gates[column(0, j)]!], h(from, j), dq[j]!);
        gates[column(0, j)] = back.dx_r;
        dh_previous[j]! += back.dh_previous;
        for (let r = 0; r < R; r++) dh_previous[r]! += weight_hh[j * R + r]! * back.dx_r;
      }
      dstates.set(dh_previous, b * R);
    }
  }
}
