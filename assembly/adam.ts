// Adam (Kingma and Ba 2015) as torch.optim.Adam, or AdamW (Loshchilov and Hutter 2019) where `decoupled`:
//   g = gradients + weightDecay * parameters, or where `decoupled`: g = gradients, parameters *= rates[2]
//   m = beta1 m + complement1 g;  v = beta2 v + complement2 g^2
//   parameters -= rates[0] * m / (sqrt(v) * rates[1] + epsilon)
// rates (3), computed on the host in float64: 0 learning rate / (1 - beta1^step); 1 1 / sqrt(1 - beta2^step);
// 2 1 - learning rate * weightDecay. complement1 = 1 - beta1, complement2 = 1 - beta2, in float64.
// Nothing changes where the latch health[1] (u32) is set. An element whose parameter, m or v would not be finite keeps all
// three, and sets health[5] (u32) to 1. parameters, gradients, m, v (count); health (8) as in clip_grad_norm.
import { notFinite, putFinite, setLeftOut } from "./lib/finite";
import { get, put } from "./lib/lanes";
import { madd } from "./lib/simd";
import { CHUNK, LATCH } from "./numbers";

export function adam(
  gradients: usize,
  rates: usize,
  health: usize,
  parameters: usize,
  m: usize,
  v: usize,
  count: u32,
  beta1: f32,
  beta2: f32,
  complement1: f32,
  complement2: f32,
  epsilon: f32,
  weightDecay: f32,
  decoupled: u32,
  begin: u32,
  end: u32,
): void {
  if (load<u32>(health, LATCH) != 0) return;
  // One loop serves both: a decay of 0, or a shrinkage by 1, leaves every bit as it is.
  const decay = f32x4.splat(decoupled != 0 ? 0 : weightDecay);
  const shrinkage = f32x4.splat(decoupled != 0 ? load<f32>(rates, 8) : 1);
  const rate = f32x4.splat(load<f32>(rates));
  const correction = f32x4.splat(load<f32>(rates, 4));
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(complement1);
  const b2 = f32x4.splat(beta2), c2 = f32x4.splat(complement2);
  const eps = f32x4.splat(epsilon);
  const last = min(count, end * CHUNK);
  let offset = ((begin * CHUNK) << 2) as usize;
  const whole = ((last & ~3) << 2) as usize;
  for (; offset < whole; offset += 16) {
    update(health, gradients, parameters, m, v, offset, 4, decay, shrinkage, rate, correction, b1, c1, b2, c2, eps);
  }
  const n = last & 3;
  if (n == 0) return;
  update(health, gradients, parameters, m, v, offset, n, decay, shrinkage, rate, correction, b1, c1, b2, c2, eps);
}

// n elements, at most 4, `offset` bytes in.
// @ts-ignore: decorator
@inline
function update(
  health: usize,
  gradients: usize,
  parameters: usize,
  m: usize,
  v: usize,
  offset: usize,
  n: u32,
  decay: v128,
  shrinkage: v128,
  rate: v128,
  correction: v128,
  b1: v128,
  c1: v128,
  b2: v128,
  c2: v128,
  eps: v128,
): void {
  const p = get(parameters + offset, n);
  const g = madd(decay, p, get(gradients + offset, n));
  const mean = madd(b1, get(m + offset, n), f32x4.mul(c1, g));
  const variance = madd(b2, get(v + offset, n), f32x4.mul(f32x4.mul(c2, g), g));
  const step = f32x4.div(f32x4.mul(rate, mean), madd(f32x4.sqrt(variance), correction, eps));
  const value = f32x4.sub(f32x4.mul(shrinkage, p), step);
  // A mean that is not finite shows in the value.
  const bad = v128.or(notFinite(value), notFinite(variance));
  if (v128.any_true(bad)) {
    setLeftOut(health);
    putFinite(m + offset, mean, bad, n);
    putFinite(v + offset, variance, bad, n);
    putFinite(parameters + offset, value, bad, n);
  } else {
    put(m + offset, mean, n);
    put(v + offset, variance, n);
    put(parameters + offset, value, n);
  }
}
