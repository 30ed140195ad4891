/** Float64 reference of the cell lstm. @module */
import type { Cell, Gate } from "./cell.ts";

/** i, f, g, o; c = f c_previous + i g; h = o tanh(c) */
export const lstm = (gate: Gate): Cell => ({
  forward: (x, u, { c_previous }) => {
    const a = x.map((value, gate) => value + u[gate]!);
    const i = gate.of(a[0]!);
    const f = gate.of(a[1]!);
    const g = Math.tanh(a[2]!);
    const o = gate.of(a[3]!);
    const c = f * c_previous + i * g;
    return { h: o * Math.tanh(c), c, slots: [i, f, g, o] };
  },
  backward: (slots, { c, c_previous }, dh, dcAfter) => {
    const i = slots[0]!;
    const f = slots[1]!;
    const g = slots[2]!;
    const o = slots[3]!;
    const tanhC = Math.tanh(c);
    const dc = dcAfter + dh * o * (1 - tanhC * tanhC);
    const du = [
      dc * g * gate.slope(i),
      dc * c_previous * gate.slope(f),
      dc * i * (1 - g * g),
      dh * tanhC * gate.slope(o),
    ];
    return { slots: du, du, dh_previous: 0, dc_previous: dc * f };
  },
});
