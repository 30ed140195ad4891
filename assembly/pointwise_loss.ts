// Losses of numbers, element by element, and their gradient. x, goals (count), g = goals[i], w = weights[i % columns], or 1
// where `columns` is 0. `kind` says which loss an element has (src/kernels/numbers.ts):
//   SQUARED   d^2 with d = x - g; slope 2 d
//   HUBER     d^2 / 2 where |d| < delta, else delta (|d| - delta / 2); slope d, at most delta and at least -delta (Huber 1964)
//   LOGISTIC  (1 - g) softplus(x) + w g softplus(-x), softplus(x) = max(x, 0) + log(1 + e^-|x|); slope
//             (1 - g) sigmoid(x) - w g sigmoid(-x): minus the log of sigmoid(x)'s probability of g, in which nothing cancels
// partials[k] (⌈count / 4096⌉) = the sum of losses of the k-th chunk of 4096 elements (CHUNK in src/kernels/), not scaled;
// dx (count) = scale * slope where `gradient`, else it is left alone.
import { exp, logOnePlus } from "./lib/activations";
import { get, put } from "./lib/lanes";
import { addWide, BLOCK, total } from "./lib/wide";
import { CHUNK, HUBER, SQUARED } from "./numbers";

const LANES: usize = memory.data<u32>([0, 1, 2, 3]);

export function pointwise_loss(
  x: usize,
  goals: usize,
  weights: usize,
  dx: usize,
  partials: usize,
  count: u32,
  columns: u32,
  kind: u32,
  delta: f32,
  scale: f32,
  gradient: u32,
  begin: u32,
  end: u32,
): void {
  const factor = f32x4.splat(scale);
  for (let unit = begin; unit < end; unit++) {
    const last = min(count, (unit + 1) * CHUNK);
    let i = unit * CHUNK;
    let wide = f64x2.splat(0);
    while (i < last) {
      let sum = f32x4.splat(0);
      for (const stop = min(last, i + 4 * BLOCK); i < stop; i += 4) {
        const n = min<u32>(4, last - i);
        const offset = (i << 2) as usize;
        const value = get(x + offset, n), goal = get(goals + offset, n);
        let loss: v128, slope: v128;
        if (kind == SQUARED) {
          const d = f32x4.sub(value, goal);
          loss = f32x4.mul(d, d);
          slope = f32x4.add(d, d);
        } else if (kind == HUBER) {
          const d = f32x4.sub(value, goal);
          loss = huberLoss(d, f32x4.splat(delta));
          slope = f32x4.max(f32x4.min(d, f32x4.splat(delta)), f32x4.splat(-delta));
        } else {
          const e = exp(f32x4.neg(f32x4.abs(value)));
          const wrong = f32x4.sub(f32x4.splat(1), goal);
          const right = f32x4.mul(goal, columns == 0 ? f32x4.splat(1) : weightsOf(weights, i, n, columns));
          loss = logisticLoss(value, e, wrong, right);
          slope = logisticSlope(value, e, wrong, right);
        }
        if (gradient != 0) put(dx + offset, f32x4.mul(factor, slope), n);
        // Lanes behind the last element count for nothing.
        if (n < 4) loss = v128.and(loss, i32x4.lt_s(v128.load(LANES), i32x4.splat(n)));
        sum = f32x4.add(sum, loss);
      }
      wide = addWide(wide, sum);
    }
    store<f32>(partials + (unit << 2), <f32> total(wide));
  }
}

// @ts-ignore: decorator
@inline
function huberLoss(d: v128, delta: v128): v128 {
  const half = f32x4.splat(0.5);
  const size = f32x4.abs(d);
  const near = f32x4.mul(f32x4.mul(half, d), d);
  const far = f32x4.mul(delta, f32x4.sub(size, f32x4.mul(half, delta)));
  return v128.bitselect(far, near, f32x4.ge(size, delta));
}

// @ts-ignore: decorator
@inline
function logisticLoss(x: v128, e: v128, wrong: v128, right: v128): v128 {
  const zero = f32x4.splat(0);
  const near = logOnePlus(e);
  const above = f32x4.add(f32x4.max(x, zero), near), below = f32x4.add(f32x4.max(f32x4.neg(x), zero), near);
  return f32x4.add(f32x4.mul(wrong, above), f32x4.mul(right, below));
}

// @ts-ignore: decorator
@inline
function logisticSlope(x: v128, e: v128, wrong: v128, right: v128): v128 {
  const large = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
  const small = f32x4.mul(e, large);
  const positive = f32x4.ge(x, f32x4.splat(0));
  const up = v128.bitselect(large, small, positive), down = v128.bitselect(small, large, positive);
  return f32x4.sub(f32x4.mul(wrong, up), f32x4.mul(right, down));
}

// The weights of n elements from element i on.
// @ts-ignore: decorator
@inline
function weightsOf(weights: usize, i: u32, n: u32, columns: u32): v128 {
  let w = v128.load32_splat(weights + ((i % columns) << 2));
  if (n > 1) w = v128.load32_lane(weights + (((i + 1) % columns) << 2), w, 1);
  if (n > 2) w = v128.load32_lane(weights + (((i + 2) % columns) << 2), w, 2);
  return n > 3 ? v128.load32_lane(weights + (((i + 3) % columns) << 2), w, 3) : w;
}
