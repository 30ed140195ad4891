/** Float64 reference of the cell relu. @module */
import type { Cell } from "./cell.ts";

/** h = max(0, x + u) */
export const relu: Cell = {
  forward: ([x], [u]) => ({ h: Math.max(0, x! + u!), c: 0, slots: [x!] }),
  backward: (_slots, { h }, dh) => {
    const du = h <= 0 ? 0 : dh; // where h is NaN, dh, as in PyTorch
    return { slots: [du], du: [du], dh_previous: 0, dc_previous: 0 };
  },
};
