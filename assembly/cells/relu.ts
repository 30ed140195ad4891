// Elman cell with rectifier, PyTorch's nn.RNN with nonlinearity "relu": h = max(0, x + u), x its input part, u its hidden part.
// Slot 0 of gates: forward leaves it; backward writes dx = du = 0 where h <= 0, else dh: where h is NaN, too.

import { get, put, putTwo, sum, sumNext } from "../lib/lanes";
import { RELU_GATES, RELU_SLOTS } from "../numbers";

// @ts-ignore: decorator
@unmanaged
export class Relu {
  // Gates, slots and states, in units of H; whether backward() writes a direct part of dh_previous, and
  // whether a step takes two products.
  // @ts-ignore: decorator
  @inline
  gates(): u32 {
    return RELU_GATES;
  }
  // @ts-ignore: decorator
  @inline
  slots(): u32 {
    return RELU_SLOTS;
  }
  // @ts-ignore: decorator
  @inline
  states(): u32 {
    return 1;
  }
  // @ts-ignore: decorator
  @inline
  direct(): bool {
    return false;
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
    gates += j;
    u += j;
    bias += j;
    const zero = f32x4.splat(0);
    putTwo(h + j, f32x4.max(sum(gates, u, bias, n), zero), f32x4.max(sumNext(gates, u, bias, n), zero), n);
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
    const y = get(h + j, n);
    put(gates + j, v128.andnot(d, f32x4.le(y, f32x4.splat(0))), n);
  }
}
