// What an update does where a result is not finite: that element stays as it was, and the host learns of it.
import { LEFT_OUT } from "../numbers";
import { get, put } from "./lanes";

// 0 in the lanes whose number is finite, a NaN in the others: x - x is the least that tells, and needs no constant.
// @ts-ignore: decorator
@inline
export function notFinite(x: v128): v128 {
  return f32x4.sub(x, x);
}

// Sets LEFT_OUT: all threads store the same, and none reads it.
// @ts-ignore: decorator
@inline
export function setLeftOut(health: usize): void {
  store<u32>(health, 1, LEFT_OUT);
}

// The first n lanes of x to memory where `bad`, from notFinite(), is 0; the others stay.
export function putFinite(p: usize, x: v128, bad: v128, n: u32): void {
  const good = i32x4.eq(bad, i32x4.splat(0));
  put(p, v128.bitselect(x, get(p, n), good), n);
}
