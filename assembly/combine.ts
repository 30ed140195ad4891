// Two tensors joined element by element: y[i] = a[i] + b[i], or a[i] * b[i] where `product`; += where `accumulate`.
// a, b, y (count); a and b may be one.
import { get, put } from "./lib/lanes";
import { CHUNK } from "./numbers";

export function combine(
  a: usize,
  b: usize,
  y: usize,
  count: u32,
  product: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(count, end * CHUNK);
  let i = begin * CHUNK;
  for (; i + 4 <= last; i += 4) join(a, b, y, i, product, accumulate, 4);
  if (i < last) join(a, b, y, i, product, accumulate, last - i);
}

// n elements from element i on, at most 4.
// @ts-ignore: decorator
@inline
function join(a: usize, b: usize, y: usize, i: u32, product: u32, accumulate: u32, n: u32): void {
  const offset = (i << 2) as usize;
  const p = get(a + offset, n), q = get(b + offset, n);
  const value = product != 0 ? f32x4.mul(p, q) : f32x4.add(p, q);
  put(y + offset, accumulate != 0 ? f32x4.add(get(y + offset, n), value) : value, n);
}
