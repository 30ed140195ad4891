// Gated recurrent unit (Cho et al. 2014) in PyTorch's form, the reset after the product; x its input part, u its hidden part:
//   r = gate(x_r + u_r);  z = gate(x_z + u_z);  n = tanh(x_n + r u_n);  h = (1 - z) n + z h_previous
// gate(a) = sigmoid(a), or clip(a / hard + 1/2, 0, 1) where `hard` is not 0; gate'(y) its derivative where it is y.
// Slots of gates, forward: r, z, n, u_n. Backward: dx_r = du_r, dx_z = du_z, dx_n, du_n, with
//   dx_n = dh (1 - z)(1 - n^2);  du_n = dx_n r;  dx_r = dx_n u_n gate'(r);  dx_z = dh (h_previous - n) gate'(z)
// and z dh goes straight to dh_previous.

import { get, next, put, putTwo, sum, sumNext } from "../lib/lanes";
import { tanh } from "../lib/activations";
import { GRU_GATES, GRU_SLOTS } from "../numbers";

// @ts-ignore: decorator
@unmanaged
export class Gru {
  // Gates, slots and states, in units of H; whether backward() writes a direct part of dh_previous, and
  // whether a step takes two products.
  // @ts-ignore: decorator
  @inline
  gates(): u32 {
    return GRU_GATES;
  }
  // @ts-ignore: decorator
  @inline
  slots(): u32 {
    return GRU_SLOTS;
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
    return false;
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
    const slotR = gates + j, slotZ = slotR + H, slotN = slotZ + H, slotU = slotN + H;
    const before = hPrevious + j;
    u += j;
    bias += j;
    const r0 = gate.of(sum(slotR, u, bias, n)), r1 = gate.of(sumNext(slotR, u, bias, n));
    putTwo(slotR, r0, r1, n);
    u += U, bias += H;
    const z0 = gate.of(sum(slotZ, u, bias, n)), z1 = gate.of(sumNext(slotZ, u, bias, n));
    putTwo(slotZ, z0, z1, n);
    u += U, bias += H;
    const u0 = f32x4.add(get(u, n), get(bias, n)), u1 = f32x4.add(next(u, n), next(bias, n));
    const n0 = tanh(f32x4.add(get(slotN, n), f32x4.mul(r0, u0)));
    const n1 = tanh(f32x4.add(next(slotN, n), f32x4.mul(r1, u1)));
    putTwo(slotU, u0, u1, n);
    putTwo(slotN, n0, n1, n);
    // (1 - z) n + z h_previous
    const h0 = f32x4.add(n0, f32x4.mul(z0, f32x4.sub(get(before, n), n0)));
    const h1 = f32x4.add(n1, f32x4.mul(z1, f32x4.sub(next(before, n), n1)));
    putTwo(h + j, h0, h1, n);
  }

  // d: the gradient of h in all; dc: that of c, turns into that of c_previous; direct: where dh_previous' direct part goes.
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
    const slotR = gates + j, slotZ = slotR + H, slotN = slotZ + H, slotU = slotN + H;
    const gate = changetype<Gate>(0);
    const one = f32x4.splat(1);
    const r = get(slotR, n),
      z = get(slotZ, n),
      candidate = get(slotN, n),
      un = get(slotU, n);
    const keep = f32x4.sub(one, z);
    const dn = f32x4.mul(f32x4.mul(d, keep), f32x4.sub(one, f32x4.mul(candidate, candidate)));
    const dr = f32x4.mul(f32x4.mul(dn, un), gate.slope(r));
    const dz = f32x4.mul(f32x4.mul(d, f32x4.sub(get(hPrevious + j, n), candidate)), gate.slope(z));
    put(slotR, dr, n);
    put(slotZ, dz, n);
    put(slotN, dn, n);
    put(slotU, f32x4.mul(dn, r), n);
    put(direct + j, f32x4.mul(z, d), n);
  }
}
