// Four lanes, or the n < 4 that are left at the end of a row: the same vector code serves both, so that a unit's bits do
// not depend on where it lies. `n` is a constant where rows are whole.
import { loadLanes, storeLanes } from "./simd";

// @ts-ignore: decorator
@inline
export function get(p: usize, n: u32): v128 {
  return n == 4 ? v128.load(p) : loadLanes(p, n, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
export function put(p: usize, value: v128, n: u32): void {
  if (n == 4) v128.store(p, value);
  else storeLanes(p, value, n);
}
