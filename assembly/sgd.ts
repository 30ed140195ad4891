// Stochastic gradient descent as torch.optim.SGD: g = gradients + weightDecay * parameters; where momentumFactor is not 0:
// momentum = momentumFactor * momentum + g, g = momentum, or g + momentumFactor * momentum where `nesterov`;
// parameters -= rates[0] * g. Nothing changes where the latch health[1] (u32) is set. An element whose parameter or momentum
// would not be finite keeps both, and sets health[5] (u32) to 1.
// parameters, gradients, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.
import { notFinite, putFinite, setLeftOut } from "./lib/finite";
import { get, put } from "./lib/lanes";
import { madd, nmadd } from "./lib/simd";
import { CHUNK, LATCH } from "./numbers";

export function sgd(
  gradients: usize,
  rates: usize,
  health: usize,
  parameters: usize,
  momentum: usize,
  count: u32,
  momentumFactor: f32,
  nesterov: u32,
  weightDecay: f32,
  begin: u32,
  end: u32,
): void {
  if (load<u32>(health, LATCH) != 0) return;
  const rate = f32x4.splat(load<f32>(rates));
  const decay = f32x4.splat(weightDecay);
  const factor = f32x4.splat(momentumFactor);
  const last = min(count, end * CHUNK);
  let offset = ((begin * CHUNK) << 2) as usize;
  const whole = ((last & ~3) << 2) as usize;
  const moving = momentumFactor != 0;
  for (; offset < whole; offset += 16) {
    update(health, gradients, parameters, momentum, offset, 4, moving, nesterov != 0, rate, decay, factor);
  }
  const rest = last & 3;
  if (rest == 0) return;
  update(health, gradients, parameters, momentum, offset, rest, moving, nesterov != 0, rate, decay, factor);
}

// n elements, at most 4, `offset` bytes in.
// @ts-ignore: decorator
@inline
function update(
  health: usize,
  gradients: usize,
  parameters: usize,
  momentum: usize,
  offset: usize,
  n: u32,
  moving: bool,
  nesterov: bool,
  rate: v128,
  decay: v128,
  factor: v128,
): void {
  const p = get(parameters + offset, n);
  let g = madd(decay, p, get(gradients + offset, n));
  let m = g;
  if (moving) {
    m = madd(factor, get(momentum + offset, n), g);
    g = nesterov ? madd(factor, m, g) : m;
  }
  const value = nmadd(rate, g, p);
  // A momentum that is not finite shows in the value.
  const bad = notFinite(value);
  if (v128.any_true(bad)) {
    setLeftOut(health);
    if (moving) putFinite(momentum + offset, m, bad, n);
    putFinite(parameters + offset, value, bad, n);
  } else {
    if (moving) put(momentum + offset, m, n);
    put(parameters + offset, value, n);
  }
}
