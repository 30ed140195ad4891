/** Float64 reference of the cell tanh. @module */
import type { Cell } from "./cell.ts";

/** h = tanh(x + u) */
export const tanh: Cell = {
  forward: ([x], [u]) => ({ h: Math.tanh(x! + u!), c: 0, slots: [x!] }),
  backward: (_slots, { h }, dh) => {
    const du = dh * (1 - h * h);
    return { slots: [du], du: [du], dh_previous: 0, dc_previous: 0 };
  },
};
