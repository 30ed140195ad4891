// RMSprop (Tieleman and Hinton 2012) as torch.optim.RMSprop: g = gradients + weightDecay * parameters;
//   v = alpha v + complement g^2;  g = g / (sqrt(v) + epsilon);
// where momentumFactor is not 0: momentum = momentumFactor * momentum + g, g = momentum; parameters -= rates[0] * g.
// complement = 1 - alpha, in float64. Nothing changes where the latch health[1] (u32) is set. An element whose parameter, v or
// momentum would not be finite keeps all three, and sets health[5] (u32) to 1.
// parameters, gradients, v, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.

import { notFinite, putFinite, setLeftOut } from "./lib/finite";
import { get, put } from "./lib/lanes";
import { madd, nmadd } from "./lib/simd";
import { CHUNK, LATCH } from "./numbers";

export function rmsprop(
  gradients: usize,
  rates: usize,
  health: usize,
  parameters: usize,
  v: usize,
  momentum: usize,
  count: u32,
  alpha: f32,
  complement: f32,
  epsilon: f32,
  weightDecay: f32,
  momentumFactor: f32,
  begin: u32,
  end: u32,
): void {
  if (load<u32>(health, LATCH) != 0) return;
  const rate = f32x4.splat(load<f32>(rates)), decay = f32x4.splat(weightDecay), factor = f32x4.splat(momentumFactor);
  const a = f32x4.splat(alpha), rest = f32x4.splat(complement), eps = f32x4.splat(epsilon);
  const moving = momentumFactor != 0;
  const last = min(count, end * CHUNK);
  let offset = ((begin * CHUNK) << 2) as usize;
  const whole = ((last & ~3) << 2) as usize;
  for (; offset < whole; offset += 16) {
    update(health, gradients, parameters, v, momentum, offset, 4, moving, rate, decay, factor, a, rest, eps);
  }
  const n = last & 3;
  if (n == 0) return;
  update(health, gradients, parameters, v, momentum, offset, n, moving, rate, decay, factor, a, rest, eps);
}

// n elements, at most 4, `offset` bytes in.
// @ts-ignore: decorator
@inline
function update(
  health: usize,
  gradients: usize,
  parameters: usize,
  v: usize,
  momentum: usize,
  offset: usize,
  n: u32,
  moving: bool,
  rate: v128,
  decay: v128,
  factor: v128,
  alpha: v128,
  complement: v128,
  epsilon: v128,
): void {
  const p = get(parameters + offset, n);
  const raw = madd(decay, p, get(gradients + offset, n));
  const variance = madd(alpha, get(v + offset, n), f32x4.mul(f32x4.mul(complement, raw), raw));
  let g = f32x4.div(raw, f32x4.add(f32x4.sqrt(variance), epsilon));
  if (moving) g = madd(factor, get(momentum + offset, n), g);
  const value = nmadd(rate, g, p);
  // A momentum that is not finite shows in the value.
  const bad = v128.or(notFinite(value), notFinite(variance));
  if (v128.any_true(bad)) {
    setLeftOut(health);
    putFinite(v + offset, variance, bad, n);
    if (moving) putFinite(momentum + offset, g, bad, n);
    putFinite(parameters + offset, value, bad, n);
  } else {
    put(v + offset, variance, n);
    if (moving) put(momentum + offset, g, n);
    put(parameters + offset, value, n);
  }
}
