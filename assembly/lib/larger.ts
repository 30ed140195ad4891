// Whether x takes the place of the largest number so far, on four lanes: a NaN does, and keeps it.
// @ts-ignore: decorator
@inline
export function isLarger(x: v128, largest: v128): v128 {
  const kept = f32x4.eq(largest, largest); // no NaN
  return v128.and(kept, v128.or(f32x4.gt(x, largest), f32x4.ne(x, x)));
}
