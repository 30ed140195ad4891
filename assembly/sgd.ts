// Stochastic gradient descent as torch.optim.SGD: g = gradients + weightDecay * parameters; where momentumFactor is not 0:
// momentum = momentumFactor * momentum + g, g = momentum, or g + momentumFactor * momentum where `nesterov`;
// parameters -= rates[0] * g. Nothing changes where the latch health[1] (u32) is set.
// parameters, gradients, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.
import { get, put } from "./lib/lanes";
import { madd, nmadd } from "./lib/simd";

const CHUNK: u32 = 4096; // a unit

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
  if (load<u32>(health, 4) != 0) return;
  const rate = f32x4.splat(load<f32>(rates));
  const decay = f32x4.splat(weightDecay);
  const factor = f32x4.splat(momentumFactor);
  const last = min(count, end * CHUNK);
  for (let i = begin * CHUNK; i < last; i += 4) {
    const n = min<u32>(4, last - i);
    const offset = (i << 2) as usize;
    const p = get(parameters + offset, n);
    let g = madd(decay, p, get(gradients + offset, n));
    if (momentumFactor != 0) {
      const m = madd(factor, get(momentum + offset, n), g);
      put(momentum + offset, m, n);
      g = nesterov != 0 ? madd(factor, m, g) : m;
    }
    put(parameters + offset, nmadd(rate, g, p), n);
  }
}
