// Small helpers of the kernels on four float32 lanes (v128). Stock Deno checks the bounds of every load and store, and
// has 15 vectors for registers: kernels count both.

// a * b + c: fused where the machine and the build have relaxed SIMD, else rounded twice.
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  else return f32x4.add(f32x4.mul(a, b), c);
}

// c - a * b, as madd.
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  else return f32x4.sub(c, f32x4.mul(a, b));
}

// The largest lane; a NaN in any lane is the result.
// @ts-ignore: decorator
@inline
export function horizontalMax(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

// The first `count` (1 to 3) lanes from memory, the others from `fill`: the end of a row goes through the same vector
// code as its body, and has the same bits.
// @ts-ignore: decorator
@inline
export function loadLanes(from: usize, count: u32, fill: v128): v128 {
  let x = v128.load32_lane(from, fill, 0);
  if (count > 1) x = v128.load32_lane(from, x, 1, 4);
  if (count > 2) x = v128.load32_lane(from, x, 2, 8);
  return x;
}

// The first `count` (1 to 3) lanes to memory.
// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, x: v128, count: u32): void {
  v128.store32_lane(to, x, 0);
  if (count > 1) v128.store32_lane(to, x, 1, 4);
  if (count > 2) v128.store32_lane(to, x, 2, 8);
}
