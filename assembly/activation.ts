// A function of each element: y[i] = f(x[i]), or where `gradient` y[i] = dy[i] * f'(x[i]); += where `accumulate`.
// x, dy, y (count); dy is not read without `gradient`. By `kind`:
//   0 relu       max(x, 0); f'(x) = 0 for x <= 0
//   1 tanh       f'(x) = 1 - tanh(x)^2
//   2 sigmoid    s = 1 / (1 + e^-x); f'(x) = s (1 - s)
//   3 gelu       x P(x), P(x) = (1 + erf(x / sqrt(2))) / 2; f'(x) = P(x) + x e^(-x^2 / 2) / sqrt(2 pi)
//   4 gelu_tanh  x s, s = (1 + tanh(u)) / 2 = 1 / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3), which is nearly P(x);
//                f'(x) = s + x s (1 - s) 2 u', whose product is of s at -|u|, where 1 - s is exact
// Sources: Hendrycks and Gimpel 2016 for the last two. A NaN stays one.
import { exp, sigmoid, tanh } from "./lib/activations";
import { erf } from "./lib/erf";
import { get, put } from "./lib/lanes";
import { madd, nmadd } from "./lib/simd";
import { CHUNK, KIND_GELU, KIND_GELU_TANH, KIND_RELU, KIND_SIGMOID, KIND_TANH } from "./numbers";

export function activation(
  x: usize,
  dy: usize,
  y: usize,
  count: u32,
  kind: u32,
  gradient: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const from = begin * CHUNK, to = min(count, end * CHUNK);
  // A loop a kind: the compiler leaves out of each what the others need.
  if (kind == KIND_RELU) over(x, dy, y, from, to, KIND_RELU, gradient, accumulate);
  else if (kind == KIND_TANH) over(x, dy, y, from, to, KIND_TANH, gradient, accumulate);
  else if (kind == KIND_SIGMOID) over(x, dy, y, from, to, KIND_SIGMOID, gradient, accumulate);
  else if (kind == KIND_GELU) over(x, dy, y, from, to, KIND_GELU, gradient, accumulate);
  else over(x, dy, y, from, to, KIND_GELU_TANH, gradient, accumulate);
}

// @ts-ignore: decorator
@inline
function over(x: usize, dy: usize, y: usize, from: u32, to: u32, kind: u32, gradient: u32, accumulate: u32): void {
  for (let i = from; i < to; i += 4) {
    const n = min<u32>(4, to - i);
    const offset = (i << 2) as usize;
    const lanes = get(x + offset, n);
    const value = gradient != 0 ? slope(lanes, get(dy + offset, n), kind) : result(lanes, kind);
    put(y + offset, accumulate != 0 ? f32x4.add(get(y + offset, n), value) : value, n);
  }
}

// f(x)
// @ts-ignore: decorator
@inline
function result(x: v128, kind: u32): v128 {
  if (kind == KIND_RELU) return f32x4.pmax(x, f32x4.splat(0)); // keeps a NaN: pmax returns its first operand
  if (kind == KIND_TANH) return tanh(x);
  if (kind == KIND_SIGMOID) return sigmoid(x);
  if (kind == KIND_GELU) return f32x4.mul(x, below(x));
  return f32x4.mul(x, sigmoid(twice(x, f32x4.mul(x, x))));
}

// dy * f'(x)
// @ts-ignore: decorator
@inline
function slope(x: v128, dy: v128, kind: u32): v128 {
  if (kind == KIND_RELU) return v128.andnot(dy, f32x4.le(x, f32x4.splat(0))); // an infinite dy ends here
  const one = f32x4.splat(1);
  if (kind == KIND_TANH) {
    const t = tanh(x);
    return f32x4.mul(dy, nmadd(t, t, one));
  }
  if (kind == KIND_SIGMOID) {
    const s = sigmoid(x);
    return f32x4.mul(dy, f32x4.mul(s, f32x4.sub(one, s)));
  }
  const square = f32x4.mul(x, x);
  if (kind == KIND_GELU) {
    const density = f32x4.mul(f32x4.splat(0.39894228), exp(f32x4.mul(square, f32x4.splat(-0.5))));
    return f32x4.mul(dy, madd(x, density, below(x)));
  }
  const s = sigmoid(f32x4.neg(f32x4.abs(twice(x, square))));
  const other = f32x4.sub(one, s);
  const rise = f32x4.mul(f32x4.splat(1.59576912), madd(f32x4.splat(0.134145), square, one));
  const value = v128.bitselect(other, s, f32x4.ge(x, f32x4.splat(0)));
  return f32x4.mul(dy, madd(f32x4.mul(x, f32x4.mul(s, other)), rise, value));
}

// P(x)
// @ts-ignore: decorator
@inline
function below(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return madd(half, erf(f32x4.mul(x, f32x4.splat(0.70710678))), half);
}

// 2 u
// @ts-ignore: decorator
@inline
function twice(x: v128, square: v128): v128 {
  return f32x4.mul(f32x4.splat(1.59576912), madd(f32x4.mul(f32x4.splat(0.044715), square), x, x));
}
