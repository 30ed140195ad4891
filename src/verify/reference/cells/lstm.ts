/** Float64 reference of the cell lstm. @module */
import { type Cell, sigmoid } from "./cell.ts";

/** i, f, g, o; c = f c_previous + i g; h = o tanh(c) */
export const lstm: Cell = {
  forward: (x, u, { c_previous }) => {
    const a = x.map((value, gate) => value + u[gate]!);
    const i = sigmoid(a[0]!);
    const f = sigmoid(a[1]!);
    const g = Math.tanh(a[2]!);
    const o = sigmoid(a[3]!);
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
      dc * g * i * (1 - i),
      dc * c_previous * f * (1 - f),
      dc * i * (1 - g * g),
      dh * tanhC * o * (1 - o),
    ];
    return { slots: du, du, dh_previous: 0, dc_previous: dc * f };
  },
};
