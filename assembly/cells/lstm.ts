// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), PyTorch's form; a = x + u:
//   i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g);  c = f c_previous + i g;  h = o tanh(c)
// Slots of gates, forward: i, f, g, o, and with projection h (the m of recurrent_forward). Backward, with
// dc = dc from the step after + dh o (1 - tanh(c)^2): dx = du in the slots i, f, g, o, the fifth is left:
//   di i (1 - i), di = dc g;  df f (1 - f), df = dc c_previous;  dg (1 - g^2), dg = dc i;  do o (1 - o), do = dh tanh(c);
// and dc_previous = dc f.

import { get, put } from "../lib/lanes";
import { sigmoid, tanh } from "../lib/activations";

// @ts-ignore: decorator
@unmanaged
export class Lstm {
  // Gates, slots and states, in units of H; whether backward() writes a direct part of dh_previous.
  // @ts-ignore: decorator
  @inline
  gates(): u32 {
    return 4;
  }
  // @ts-ignore: decorator
  @inline
  slots(): u32 {
    return 4;
  }
  // @ts-ignore: decorator
  @inline
  states(): u32 {
    return 2;
  }
  // @ts-ignore: decorator
  @inline
  direct(): bool {
    return false;
  }

  // One row, four units (or `n`) from byte j on. H: bytes of a slot, U: bytes between two gates in u.
  // @ts-ignore: decorator
  @inline
  forward(
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
    const i = sigmoid(f32x4.add(get(gates, n), f32x4.add(get(u, n), get(bias, n))));
    const f = sigmoid(f32x4.add(get(gates + H, n), f32x4.add(get(u + U, n), get(bias + H, n))));
    const g = tanh(f32x4.add(get(gates + 2 * H, n), f32x4.add(get(u + 2 * U, n), get(bias + 2 * H, n))));
    const o = sigmoid(f32x4.add(get(gates + 3 * H, n), f32x4.add(get(u + 3 * U, n), get(bias + 3 * H, n))));
    put(gates, i, n);
    put(gates + H, f, n);
    put(gates + 2 * H, g, n);
    put(gates + 3 * H, o, n);
    const cell = f32x4.add(f32x4.mul(f, get(cPrevious + j, n)), f32x4.mul(i, g));
    put(c + j, cell, n);
    put(h + j, f32x4.mul(o, tanh(cell)), n);
  }

  // dh and dc: the row's gradients in all; direct: where the direct part of dh_previous goes; dc turns into dc_previous.
  // @ts-ignore: decorator
  @inline
  backward(
    gates: usize,
    hPrevious: usize,
    h: usize,
    cPrevious: usize,
    c: usize,
    dh: usize,
    direct: usize,
    dc: usize,
    H: usize,
    j: usize,
    n: u32,
  ): void {
    gates += j;
    const one = f32x4.splat(1);
    const i = get(gates, n), f = get(gates + H, n), g = get(gates + 2 * H, n), o = get(gates + 3 * H, n);
    const d = get(dh + j, n), t = tanh(get(c + j, n));
    const dCell = f32x4.add(get(dc + j, n), f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t))));
    put(gates, f32x4.mul(f32x4.mul(dCell, g), f32x4.mul(i, f32x4.sub(one, i))), n);
    put(gates + H, f32x4.mul(f32x4.mul(dCell, get(cPrevious + j, n)), f32x4.mul(f, f32x4.sub(one, f))), n);
    put(gates + 2 * H, f32x4.mul(f32x4.mul(dCell, i), f32x4.sub(one, f32x4.mul(g, g))), n);
    put(gates + 3 * H, f32x4.mul(f32x4.mul(d, t), f32x4.mul(o, f32x4.sub(one, o))), n);
    put(dc + j, f32x4.mul(dCell, f), n);
  }
}
