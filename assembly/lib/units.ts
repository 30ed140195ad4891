// The pointwise part of a recurrence: a cell on some units of one row. All addresses are those of a row; `first` and `end`
// are bytes in it.
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
  let j = first;
  for (; j + 32 <= end; j += 32) cell.forward(gates, u, bias, hPrevious, cPrevious, h, c, H, U, j, 8);
  if (j < end) cell.forward(gates, u, bias, hPrevious, cPrevious, h, c, H, U, j, ((end - j) >> 2) as u32);
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
  for (; j + 16 <= end; j += 16) {
    cell.backward(gates, hPrevious, h, cPrevious, c, gradient(dh, above, j, 4), direct, dc, H, j, 4);
  }
  const n = ((end - j) >> 2) as u32;
  if (n > 0) cell.backward(gates, hPrevious, h, cPrevious, c, gradient(dh, above, j, n), direct, dc, H, j, n);
}

// @ts-ignore: decorator
@inline
function gradient(dh: usize, above: usize, j: usize, n: u32): v128 {
  const d = get(dh + j, n);
  return above ? f32x4.add(d, get(above + j, n)) : d;
}
