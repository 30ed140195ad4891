// exp, sigmoid and tanh on four float32 lanes; the ends of rows go through the same code with filled lanes.
// Largest errors against float64 over dense grids (4 million points an interval), relaxed and plain SIMD:
//   exp      2.0 and 2.3 ulp on [-87.3365, 88.37]; 0 below, infinity above
//   sigmoid  9.2e-8 and 9.4e-8; relative 2.3e-7 and 2.4e-7 wherever e^-x is not infinity
//   tanh     1.5e-7 and 1.5e-7; relative 2.4e-7; 1 exactly from 9.02, never more
// A NaN stays a NaN.
import { madd, nmadd } from "./simd";

// Constants lie in memory, one load each (at a constant address, so that no bound is checked): V8 would put a vector
// constant together anew at each use, and the functions would take twice the time. The compiler places them below
// 64 KiB, where the host puts nothing.
const ONE: usize = memory.data<f32>([1, -0.0]);
const EXP_BOUNDS: usize = memory.data<f32>([-87.33654, 89]);
// 1 / ln 2; 1.5 * 2^23; ln 2 in two parts
const EXP_REDUCTION: usize = memory.data<f32>([1.44269504, 12582912, 0.693145751953125, 1.428606765e-6]);
const EXP: usize = memory.data<f32>([0.9999997, 0.49999148, 0.16667654, 0.041898157, 0.008289267]); // from r up
// Of sigmoid: where e^-x no longer counts, or is infinity; -1 / ln 2, 1.5 * 2^23; EXP's with the signs of powers of -r
const SIGMOID_BOUNDS: usize = memory.data<f32>([32, -89]);
const SIGMOID_REDUCTION: usize = memory.data<f32>([-1.44269504, 12582912, 0.693145751953125, 1.428606765e-6]);
const SIGMOID: usize = memory.data<f32>([-0.9999997, 0.49999148, -0.16667654, 0.041898157, -0.008289267]);
// Of tanh: where it is 1; 2 / ln 2, 1.5 * 2^23, (ln 2) / 2 in two parts; (e^2r - 1) / r from 1 up
const TANH_BOUNDS: usize = memory.data<f32>([9.1, -9.1]);
const TANH_REDUCTION: usize = memory.data<f32>([2.885390043, 12582912, 0.3465728759765625, 7.143033827e-7]);
const TANH: usize = memory.data<f32>([2, 1.99999988, 1.33332372, 0.666678965, 0.267720371, 0.0887722075]);

// @ts-ignore: decorator
@inline
function constant(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

// e^x = 2^n e^r with n = x / ln 2 rounded and |r| <= ln 2 / 2 (Cody and Waite 1980): ln 2 is taken off in two parts,
// of which the first times n is exact. e^r = 1 + r p(r), p of degree 4 with the least largest relative error of e^r,
// 9.2e-8, found by Lawson's reweighted least squares, coefficients rounded to float32 one after the other.
// 0 below the least normal number (x < -87.33654), infinity from 88.376.
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const top = f32x4.pmin(x, constant(EXP_BOUNDS, 1)); // keeps a NaN: pmin returns its first operand
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const rounded = madd(top, constant(EXP_REDUCTION, 0), constant(EXP_REDUCTION, 1));
  const n = f32x4.sub(rounded, constant(EXP_REDUCTION, 1));
  const r = nmadd(n, constant(EXP_REDUCTION, 3), nmadd(n, constant(EXP_REDUCTION, 2), top));
  let p = madd(r, constant(EXP, 4), constant(EXP, 3));
  p = madd(p, r, constant(EXP, 2));
  p = madd(p, r, constant(EXP, 1));
  p = madd(p, r, constant(EXP, 0));
  p = madd(p, r, constant(ONE, 0));
  const power = i32x4.add(i32x4.shl(rounded, 23), constant(ONE, 0)); // 2^n: n added to the exponent of 1
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, constant(EXP_BOUNDS, 0)));
}

// 1 / (1 + e^-x), e^-x as in exp: its relative error is that of the result where x < 0, and less elsewhere.
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const top = f32x4.pmax(f32x4.pmin(x, constant(SIGMOID_BOUNDS, 0)), constant(SIGMOID_BOUNDS, 1));
  const rounded = madd(top, constant(SIGMOID_REDUCTION, 0), constant(SIGMOID_REDUCTION, 1));
  const n = f32x4.sub(rounded, constant(SIGMOID_REDUCTION, 1));
  const r = madd(n, constant(SIGMOID_REDUCTION, 3), madd(n, constant(SIGMOID_REDUCTION, 2), top)); // -r of exp
  const one = constant(ONE, 0);
  let p = madd(r, constant(SIGMOID, 4), constant(SIGMOID, 3));
  p = madd(p, r, constant(SIGMOID, 2));
  p = madd(p, r, constant(SIGMOID, 1));
  p = madd(p, r, constant(SIGMOID, 0));
  p = madd(p, r, one);
  const power = i32x4.add(i32x4.shl(rounded, 23), one);
  return f32x4.div(one, madd(p, power, one));
}

// t / (t + 2) with t = e^2x - 1 = 2^n (e^2r - 1) + (2^n - 1), n = 2x / ln 2 rounded: without a case for small x, as t
// keeps its relative accuracy there. e^2r - 1 = r p(r), p of degree 5 found as that of exp, error 1.4e-8.
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const top = f32x4.pmax(f32x4.pmin(x, constant(TANH_BOUNDS, 0)), constant(TANH_BOUNDS, 1));
  const rounded = madd(top, constant(TANH_REDUCTION, 0), constant(TANH_REDUCTION, 1));
  const n = f32x4.sub(rounded, constant(TANH_REDUCTION, 1));
  const r = nmadd(n, constant(TANH_REDUCTION, 3), nmadd(n, constant(TANH_REDUCTION, 2), top));
  let p = madd(r, constant(TANH, 5), constant(TANH, 4));
  p = madd(p, r, constant(TANH, 3));
  p = madd(p, r, constant(TANH, 2));
  p = madd(p, r, constant(TANH, 1));
  p = madd(p, r, constant(TANH, 0));
  const one = constant(ONE, 0);
  const power = i32x4.add(i32x4.shl(rounded, 23), one);
  const t = madd(f32x4.mul(p, r), power, f32x4.sub(power, one));
  return f32x4.div(t, f32x4.add(t, constant(TANH, 0)));
}

// log(1 + e) for e from 0 to 1: 2 artanh(e / (2 + e)) by its series to the 13th power, so that a small e keeps its relative
// accuracy. Largest relative error at two million points 1.8e-7, products and sums fused or not.
// @ts-ignore: decorator
@inline
export function logOnePlus(e: v128): v128 {
  const z = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const u = f32x4.mul(z, z);
  let series = madd(u, f32x4.splat(1 / 13.0), f32x4.splat(1 / 11.0));
  series = madd(series, u, f32x4.splat(1 / 9.0));
  series = madd(series, u, f32x4.splat(1 / 7.0));
  series = madd(series, u, f32x4.splat(1 / 5.0));
  series = madd(series, u, f32x4.splat(1 / 3.0));
  series = f32x4.mul(series, u);
  const twice = f32x4.add(z, z);
  return madd(series, twice, twice);
}

// The natural logarithm of x >= 1, or NaN: x = 2^k m, log m = 2 artanh((m - 1) / (m + 1)) by its series to the 13th
// power. Largest error 5e-13. One a row: it need not be fast.
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<u64>(x);
  let k = <f64> (<i32> (bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const z = (m - 1) / (m + 1);
  const u = z * z;
  let series = 1 / 11.0 + u * (1 / 13.0);
  series = 1 / 7.0 + u * (1 / 9.0 + u * series);
  series = 1 / 3.0 + u * (1 / 5.0 + u * series);
  return k * 0.6931471805599453 + 2 * z * (1 + u * series);
}
