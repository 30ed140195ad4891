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

// a + (b + c), and the same of the neighbours 16 bytes on: offsets that V8 sees are what it finds neighbours by.
// @ts-ignore: decorator
@inline
export function sum(a: usize, b: usize, c: usize): v128 {
  return f32x4.add(v128.load(a), f32x4.add(v128.load(b), v128.load(c)));
}
// @ts-ignore: decorator
@inline
export function sumNext(a: usize, b: usize, c: usize): v128 {
  return f32x4.add(v128.load(a, 16), f32x4.add(v128.load(b, 16), v128.load(c, 16)));
}

// @ts-ignore: decorator
@inline
export function putTwo(p: usize, x0: v128, x1: v128): void {
  v128.store(p, x0);
  v128.store(p, x1, 16);
}
