// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), PyTorch's form; a = x + u:
//   i, f, o = gate(a_i), gate(a_f), gate(a_o);  g = tanh(a_g);  c = f c_previous + i g;  h = o tanh(c)
// gate(a) = sigmoid(a), or clip(a / hard + 1/2, 0, 1) where `hard` is not 0; gate'(y) its derivative where it is y.
// Slots of gates, forward: i, f, g, o, and with projection h (the m of recurrent_forward). Backward, with
// dc = dc from the step after + dh o (1 - tanh(c)^2): dx = du in the slots i, f, g, o, the fifth is left:
//   di gate'(i), di = dc g;  df gate'(f), df = dc c_previous;  dg (1 - g^2), dg = dc i;  do gate'(o), do = dh tanh(c);
// and dc_previous = dc f.

import { get, next, put, putTwo, sum, sumNext } from "../lib/lanes";
import { tanh } from "../lib/activations";
import { LSTM_GATES, LSTM_SLOTS } from "../numbers";

// @ts-ignore: decorator
@unmanaged
export class Lstm {
  // Gates, slots and states, in units of H; whether backward() writes a direct part of dh_previous, and
  // whether a step takes two products.
  // @ts-ignore: decorator
  @inline
  gates(): u32 {
    return LSTM_GATES;
  }
  // @ts-ignore: decorator
  @inline
  slots(): u32 {
    return LSTM_SLOTS;
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
    gates += j;
    u += j;
    bias += j;
    const i0 = gate.of(sum(gates, u, bias, n)), i1 = gate.of(sumNext(gates, u, bias, n));
    putTwo(gates, i0, i1, n);
    gates += H, u += U, bias += H;
    const f0 = gate.of(sum(gates, u, bias, n)), f1 = gate.of(sumNext(gates, u, bias, n));
    putTwo(gates, f0, f1, n);
    gates += H, u += U, bias += H;
    const g0 = tanh(sum(gates, u, bias, n)), g1 = tanh(sumNext(gates, u, bias, n));
    putTwo(gates, g0, g1, n);
    const before = cPrevious + j, after = c + j, to = h + j;
    const c0 = f32x4.add(f32x4.mul(f0, get(before, n)), f32x4.mul(i0, g0));
    const c1 = f32x4.add(f32x4.mul(f1, next(before, n)), f32x4.mul(i1, g1));
    putTwo(after, c0, c1, n);
    gates += H, u += U, bias += H;
    const o0 = gate.of(sum(gates, u, bias, n)), o1 = gate.of(sumNext(gates, u, bias, n));
    putTwo(gates, o0, o1, n);
    const h0 = f32x4.mul(o0, tanh(c0)), h1 = f32x4.mul(o1, tanh(c1));
    putTwo(to, h0, h1, n);
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
    const gate = changetype<Gate>(0);
    gates += j;
    const one = f32x4.splat(1);
    const i = get(gates, n), f = get(gates + H, n), g = get(gates + 2 * H, n), o = get(gates + 3 * H, n);
    const t = tanh(get(c + j, n));
    const dCell = f32x4.add(get(dc + j, n), f32x4.mul(f32x4.mul(d, o), f32x4.sub(one, f32x4.mul(t, t))));
    put(gates, f32x4.mul(f32x4.mul(dCell, g), gate.slope(i)), n);
    put(gates + H, f32x4.mul(f32x4.mul(dCell, get(cPrevious + j, n)), gate.slope(f)), n);
    put(gates + 2 * H, f32x4.mul(f32x4.mul(dCell, i), f32x4.sub(one, f32x4.mul(g, g))), n);
    put(gates + 3 * H, f32x4.mul(f32x4.mul(d, t), gate.slope(o)), n);
    put(dc + j, f32x4.mul(dCell, f), n);
  }
}
