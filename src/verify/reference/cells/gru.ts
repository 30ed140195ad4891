/** Float64 reference of the cell gru. @module */
import type { Cell, Gate } from "./cell.ts";

/** r, z, n with the reset after the product; h = (1 - z) n + z h_previous */
export const gru = (gate: Gate): Cell => ({
  forward: ([x_r, x_z, x_n], [u_r, u_z, u_n], { h_previous }) => {
    const r = gate.of(x_r! + u_r!);
    const z = gate.of(x_z! + u_z!);
    const n = Math.tanh(x_n! + r * u_n!);
    return { h: (1 - z) * n + z * h_previous, c: 0, slots: [r, z, n, u_n!] };
  },
  backward: ([r, z, n, u_n], { h_previous }, dh) => {
    const dx_n = dh * (1 - z!) * (1 - n! * n!);
    const du_n = dx_n * r!;
    const dx_r = dx_n * u_n! * gate.slope(r!);
    const dx_z = dh * (h_previous - n!) * gate.slope(z!);
    return {
      slots: [dx_r, dx_z, dx_n, du_n],
      du: [dx_r, dx_z, du_n],
      dh_previous: z! * dh,
      dc_previous: 0,
    };
  },
});
