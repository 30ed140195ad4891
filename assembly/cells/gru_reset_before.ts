// Gated recurrent unit (Cho et al. 2014) with the reset before the product; x its input part, u its hidden part:
//   r = gate(x_r + u_r);  z = gate(x_z + u_z);  q = r h_previous;  n = tanh(x_n + u_n);  h = (1 - z) n + z h_previous
// where u_n = bias_hn + weight_hn q is a product of its own, made once all of q is there. gate and gate' are those of cells/gru.
// Slots of gates, forward: r, z, n, q. Backward, dx = du in the first three, q is left for the gradient of weight_hn:
//   dx_n = dh (1 - z)(1 - n^2);  dx_z = dh (h_previous - n) gate'(z);  dq = weight_hn^T dx_n;  dx_r = dq h_previous gate'(r)
// and z dh + r dq goes straight to dh_previous.

import { get, next, put, putTwo, sum, sumNext } from "../lib/lanes";
import { tanh } from "../lib/activations";
import { GRU_RESET_BEFORE_GATES, GRU_RESET_BEFORE_SLOTS } from "../numbers";

// @ts-ignore: decorator
@unmanaged
export class GruResetBefore {
  // Gates, slots and states, in units of H; whether backward() writes a direct part of dh_previous, and
  // whether a step takes two products.
  // @ts-ignore: decorator
  @inline
  gates(): u32 {
    return GRU_RESET_BEFORE_GATES;
  }
  // @ts-ignore: decorator
  @inline
  slots(): u32 {
    return GRU_RESET_BEFORE_SLOTS;
  }
  // @ts-ignore: decorator
  @inline
  states(): u32 {
    return 1;
  }
  // @ts-ignore: decorator
  @inline
  direct(): bool {
    return true;
  }
  // @ts-ignore: decorator
  @inline
  resets(): bool {
    return true;
  }

  // r and q, once u_r is there.
  // @ts-ignore: decorator
  @inline
  reset<Gate>(gates: usize, u: usize, bias: usize, hPrevious: usize, q: usize, H: usize, j: usize, n: u32): void {
    const gate = changetype<Gate>(0), slotR = gates + j, before = hPrevious + j;
    u += j;
    bias += j;
    const r0 = gate.of(sum(slotR, u, bias, n)), r1 = gate.of(sumNext(slotR, u, bias, n));
    putTwo(slotR, r0, r1, n);
    putTwo(q + j, f32x4.mul(r0, get(before, n)), f32x4.mul(r1, next(before, n)), n);
  }

  // One row, eight units (or `n`) from byte j on. H: bytes of a slot, U: bytes between two gates in u.
  // @ts-ignore: decorator
  @inline
  forward<Gate>(
    gates: usize,
    u: usize,
    bias: usize,
    hPrevious: usize,
    cPrevious: usize,
    h: usize,
    c: usize,
    H: usize,
    U: usize,
    j: usize,
    n: u32,
  ): void {
    const gate = changetype<Gate>(0);
    const slotZ = gates + H + j, slotN = slotZ + H, before = hPrevious + j;
    u += U + j, bias += H + j;
    const z0 = gate.of(sum(slotZ, u, bias, n)), z1 = gate.of(sumNext(slotZ, u, bias, n));
    putTwo(slotZ, z0, z1, n);
    u += U, bias += H;
    const n0 = tanh(sum(slotN, u, bias, n)), n1 = tanh(sumNext(slotN, u, bias, n));
    putTwo(slotN, n0, n1, n);
    // (1 - z) n + z h_previous
    const h0 = f32x4.add(n0, f32x4.mul(z0, f32x4.sub(get(before, n), n0)));
    const h1 = f32x4.add(n1, f32x4.mul(z1, f32x4.sub(next(before, n), n1)));
    putTwo(h + j, h0, h1, n);
  }

  // d: the gradient of h in all; direct: where dh_previous' direct part goes. What needs dq follows in resetBack().
  // @ts-ignore: decorator
  @inline
  backward<Gate>(
    gates: usize,
    hPrevious: usize,
    h: usize,
    cPrevious: usize,
    c: usize,
    d: v128,
    direct: usize,
    dc: usize,
    H: usize,
    j: usize,
    n: u32,
  ): void {
    const slotZ = gates + H + j, slotN = slotZ + H, gate = changetype<Gate>(0);
    const one = f32x4.splat(1), z = get(slotZ, n), candidate = get(slotN, n);
    const dn = f32x4.mul(f32x4.mul(d, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(candidate, candidate)));
    put(slotZ, f32x4.mul(f32x4.mul(d, f32x4.sub(get(hPrevious + j, n), candidate)), gate.slope(z)), n);
    put(slotN, dn, n);
    put(direct + j, f32x4.mul(z, d), n);
  }

  // dx_r, and what r passes straight on.
  // @ts-ignore: decorator
  @inline
  resetBack<Gate>(gates: usize, hPrevious: usize, dq: usize, direct: usize, j: usize, n: u32): void {
    const r = get(gates + j, n), d = get(dq + j, n), gate = changetype<Gate>(0);
    put(gates + j, f32x4.mul(f32x4.mul(d, get(hPrevious + j, n)), gate.slope(r)), n);
    put(direct + j, f32x4.add(get(direct + j, n), f32x4.mul(r, d)), n);
  }
}
