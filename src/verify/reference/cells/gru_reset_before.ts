/** Float64 reference of the cell gru_reset_before. @module */
import type { Cell, Gate } from "./cell.ts";

/** r, z, n with the reset before the product; h = (1 - z) n + z h_previous. The slot q is r h_previous. */
export const gru_reset_before = (gate: Gate): Cell => ({
  reset: (x_r, u_r) => gate.of(x_r + u_r),
  forward: ([x_r, x_z, x_n], [u_r, u_z, u_n], { h_previous }) => {
    const r = gate.of(x_r! + u_r!);
    const z = gate.of(x_z! + u_z!);
    const n = Math.tanh(x_n! + u_n!);
    return { h: (1 - z) * n + z * h_previous, c: 0, slots: [r, z, n, r * h_previous] };
  },
  backward: ([r, z, n, q], { h_previous }, dh) => {
    const dx_n = dh * (1 - z!) * (1 - n! * n!);
    const dx_z = dh * (h_previous - n!) * gate.slope(z!);
    return { slots: [r!, dx_z, dx_n, q!], du: [0, dx_z, dx_n], dh_previous: z! * dh, dc_previous: 0 };
  },
  resetBack: ([r], h_previous, dq) => ({ dx_r: dq * h_previous * gate.slope(r!), dh_previous: r! * dq }),
});
