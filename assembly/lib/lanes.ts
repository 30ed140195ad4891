// Four lanes, or the n < 4 that are left at the end of a row: the same vector code serves both, so that a unit's bits do
// not depend on where it lies. `n` is a constant where rows are whole.
import { loadLanes, storeLanes } from "./simd";

// @ts-ignore: decorator
@inline
export function get(p: usize, n: u32): v128 {
  return n >= 4 ? v128.load(p) : loadLanes(p, n, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
export function put(p: usize, value: v128, n: u32): void {
  if (n == 4) v128.store(p, value);
  else storeLanes(p, value, n);
}

// Eight lanes as two neighbours, or the n < 8 that are left: stores side by side, at offsets that V8 sees, are what turbo
// makes 256-bit operations from (see panels.ts). get() gives the first four. One expression: an early return would leave
// a branch behind, which keeps V8 from fusing.
// @ts-ignore: decorator
@inline
export function next(p: usize, n: u32): v128 {
  return n == 8 ? v128.load(p, 16) : n > 4 ? loadLanes(p + 16, n - 4, f32x4.splat(0)) : f32x4.splat(0);
}

// @ts-ignore: decorator
@inline
export function putTwo(p: usize, x0: v128, x1: v128, n: u32): void {
  if (n == 8) {
    v128.store(p, x0);
    v128.store(p, x1, 16);
  } else {
    put(p, x0, min<u32>(n, 4));
    if (n > 4) storeLanes(p + 16, x1, n - 4);
  }
}

// a + (b + c), of the first four lanes and of the next.
// @ts-ignore: decorator
@inline
export function sum(a: usize, b: usize, c: usize, n: u32): v128 {
  return f32x4.add(get(a, n), f32x4.add(get(b, n), get(c, n)));
}

// @ts-ignore: decorator
@inline
export function sumNext(a: usize, b: usize, c: usize, n: u32): v128 {
  return f32x4.add(next(a, n), f32x4.add(next(b, n), next(c, n)));
}
