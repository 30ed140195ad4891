// Sums of any number of terms. Added one by one as float32, 200,000 equal terms are off by 2e-3. So BLOCK terms are added as
// float32, and the sums of blocks as float64: the relative error of terms of one sign stays below 4e-7.

export const BLOCK: u32 = 16;

// The first two lanes of a block's sums, added to two float64 sums.
// @ts-ignore: decorator
@inline
export function addLow(wide: v128, sums: v128): v128 {
  return f64x2.add(wide, f64x2.promote_low_f32x4(sums));
}

// The last two lanes, likewise.
// @ts-ignore: decorator
@inline
export function addHigh(wide: v128, sums: v128): v128 {
  return f64x2.add(wide, f64x2.promote_low_f32x4(v128.shuffle<f32>(sums, sums, 2, 3, 2, 3)));
}

// All four lanes, added to two float64 sums whose total() is wanted.
// @ts-ignore: decorator
@inline
export function addWide(wide: v128, sums: v128): v128 {
  return addHigh(addLow(wide, sums), sums);
}

// @ts-ignore: decorator
@inline
export function total(wide: v128): f64 {
  return f64x2.extract_lane(wide, 0) + f64x2.extract_lane(wide, 1);
}

// Four float64 sums as float32.
// @ts-ignore: decorator
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
