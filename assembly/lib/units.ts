// The pointwise part of a recurrence: a cell on some units of one row. All addresses are those of a row; `first` and `end`
// are bytes in it.
import { AnyGate, Sigmoid } from "./gates";
import { get } from "./lanes";

// H: bytes of a slot of gates, U: bytes between two gates in the hidden part u.
export function forwardUnits<Cell>(
  gates: usize,
  u: usize,
  bias: usize,
  hPrevious: usize,
  cPrevious: usize,
  h: usize,
  c: usize,
  H: usize,
  U: usize,
  first: usize,
  end: usize,
): void {
  const cell = changetype<Cell>(0);
  if (cell.resets() || AnyGate.hard()) {
    return forwardAny<Cell>(gates, u, bias, hPrevious, cPrevious, h, c, H, U, first, end);
  }
  let j = first;
  for (; j + 32 <= end; j += 32) cell.forward<Sigmoid>(gates, u, bias, hPrevious, cPrevious, h, c, H, U, j, 8);
  if (j < end) forwardAny<Cell>(gates, u, bias, hPrevious, cPrevious, h, c, H, U, j, end);
}

// The rest of a row, and all of it where gates are hard or a cell resets: a step of training takes as long, within 1 %, and
// loops for their eights would be more code.
function forwardAny<Cell>(
  gates: usize,
  u: usize,
  bias: usize,
  hPrevious: usize,
  cPrevious: usize,
  h: usize,
  c: usize,
  H: usize,
  U: usize,
  first: usize,
  end: usize,
): void {
  for (let j = first; j < end; j += 32) {
    const n = eightOrRest(end, j);
    changetype<Cell>(0).forward<AnyGate>(gates, u, bias, hPrevious, cPrevious, h, c, H, U, j, n);
  }
}

// How many units there are from byte j on, eight at most.
// @ts-ignore: decorator
@inline
function eightOrRest(end: usize, j: usize): u32 {
  return min<u32>(8, ((end - j) >> 2) as u32);
}

// Where a step takes two products: what stands between them. q: where the left operand of the second goes.
export function resetUnits<Cell>(
  gates: usize,
  u: usize,
  bias: usize,
  hPrevious: usize,
  q: usize,
  H: usize,
  first: usize,
  end: usize,
): void {
  const cell = changetype<Cell>(0);
  for (let j = first; j < end; j += 32) {
    cell.reset<AnyGate>(gates, u, bias, hPrevious, q, H, j, eightOrRest(end, j));
  }
}

// The same on the way back, with the gradient of q.
export function resetUnitsBack<Cell>(
  gates: usize,
  hPrevious: usize,
  dq: usize,
  direct: usize,
  first: usize,
  end: usize,
): void {
  const cell = changetype<Cell>(0);
  for (let j = first; j < end; j += 16) {
    cell.resetBack<AnyGate>(gates, hPrevious, dq, direct, j, fourOrRest(end, j));
  }
}

// The gradient of h is dh + `above`, or dh where `above` is 0. `direct`: where a cell's direct part of dh_previous goes.
// @ts-ignore: decorator
@inline
export function backwardUnits<Cell>(
  gates: usize,
  hPrevious: usize,
  h: usize,
  cPrevious: usize,
  c: usize,
  dh: usize,
  above: usize,
  direct: usize,
  dc: usize,
  H: usize,
  first: usize,
  end: usize,
): void {
  const cell = changetype<Cell>(0);
  let j = first;
  if (!cell.resets() && !AnyGate.hard()) {
    for (; j + 16 <= end; j += 16) {
      cell.backward<Sigmoid>(gates, hPrevious, h, cPrevious, c, gradient(dh, above, j, 4), direct, dc, H, j, 4);
    }
  }
  for (; j < end; j += 16) {
    const n = fourOrRest(end, j), d = gradient(dh, above, j, n);
    cell.backward<AnyGate>(gates, hPrevious, h, cPrevious, c, d, direct, dc, H, j, n);
  }
}

// @ts-ignore: decorator
@inline
function fourOrRest(end: usize, j: usize): u32 {
  return min<u32>(4, ((end - j) >> 2) as u32);
}

// @ts-ignore: decorator
@inline
function gradient(dh: usize, above: usize, j: usize, n: u32): v128 {
  const d = get(dh + j, n);
  return above ? f32x4.add(d, get(above + j, n)) : d;
}
