// Softmax and cross-entropy by rows: losses[n] = log sum_v exp(logits[n, v]) - logits[n, targets[n]], and where
// `gradient` the logits turn into their gradient: logits[n, v] = scale * (softmax(logits[n])[v] - [v = targets[n]]).
// logits (T*B, V = columns), rows n = t*B + b, ld words apart; targets (B, T) u32: row n's is targets[b, t];
// losses (T*B), not scaled, added to where `accumulate`. The row's maximum is taken off first: no finite logit overflows.
// Where `weighted`, with weights w (V), norm (1), e = smoothing, g = targets[n] and Z the log of the sum of exponentials:
//   losses[n] = norm * ((1 - e) w[g] (Z - logits[n, g]) + e / V sum_v w[v] (Z - logits[n, v])), the gradient likewise, but for a
//   target that is `ignored`: its row has the gradient 0 and the loss 0, or NaN where norm is NaN (Szegedy et al. 2016)
import { log } from "./lib/activations";
import { sumOfExponentials } from "./lib/exponentials";
import { get, put } from "./lib/lanes";
import { horizontalMax, loadLanes, madd, nmadd } from "./lib/simd";
import { addWide, BLOCK, total } from "./lib/wide";

export function softmax_cross_entropy(
  targets: usize,
  weights: usize,
  norm: usize,
  logits: usize,
  losses: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  ld: u32,
  scale: f32,
  gradient: u32,
  accumulate: u32,
  weighted: u32,
  ignored: u32,
  smoothing: f32,
  begin: u32,
  end: u32,
): void {
  for (let n = begin; n < end; n++) {
    const row = logits + ((n * ld) << 2) as usize;
    const goal = load<u32>(targets + (((n % batch) * steps + n / batch) << 2));
    if (weighted != 0) {
      const factor = load<f32>(norm);
      const loss = goal == ignored
        ? leaveOut(row, columns, factor, gradient)
        : factor * <f32> weightedRow(row, columns, goal, weights, smoothing, scale * factor, gradient);
      store<f32>(losses + (n << 2), (accumulate != 0 ? load<f32>(losses + (n << 2)) : 0) + loss);
      continue;
    }
    const target = row + (goal << 2);
    const peak = largest(row, columns);
    const centred = load<f32>(target) - peak;
    const sum = sumOfExponentials(row, columns, peak, gradient != 0);
    const loss = losses + (n << 2);
    store<f32>(loss, (accumulate != 0 ? load<f32>(loss) : 0) + <f32> (log(sum) - centred));
    if (gradient == 0) continue;
    multiply(row, columns, scale / <f32> sum);
    store<f32>(target, load<f32>(target) - scale);
  }
}

// The loss of a row without its norm; scale has it.
function weightedRow(
  row: usize,
  columns: u32,
  goal: u32,
  weights: usize,
  smoothing: f32,
  scale: f32,
  gradient: u32,
): f64 {
  const target = row + (goal << 2);
  const own: f32 = (1 - smoothing) * load<f32>(weights + (goal << 2));
  const spread: f32 = smoothing / <f32> columns;
  const peak = largest(row, columns);
  const centred = load<f32>(target) - peak;
  const away = smoothing > 0 ? distances(row, weights, columns, peak) : 0;
  const all = smoothing > 0 ? weightSum(weights, columns) : 0;
  const sum = sumOfExponentials(row, columns, peak, gradient != 0);
  const logSum = log(sum);
  let loss = own * (logSum - centred);
  if (smoothing > 0) loss += spread * (all * logSum + away);
  if (gradient == 0) return loss;
  multiply(row, columns, <f32> (scale * (own + spread * all) / sum));
  store<f32>(target, load<f32>(target) - scale * own);
  if (smoothing > 0) subtract(row, weights, columns, scale * spread);
  return loss;
}

// Zeros as a row's gradient, and its loss.
function leaveOut(row: usize, columns: u32, norm: f32, gradient: u32): f32 {
  if (gradient != 0) memory.fill(row, 0, columns << 2);
  return isNaN(norm) ? norm : 0;
}

// sum_v weights[v] (peak - row[v])
function distances(row: usize, weights: usize, columns: u32, peak: f32): f64 {
  const top = f32x4.splat(peak);
  let wide = f64x2.splat(0);
  for (let c: u32 = 0; c < columns;) {
    let sum = f32x4.splat(0);
    for (const stop = min(columns, c + 4 * BLOCK); c < stop; c += 4) {
      const n = min<u32>(4, columns - c);
      const x = n == 4 ? v128.load(row + (c << 2)) : loadLanes(row + (c << 2), n, top);
      sum = madd(get(weights + (c << 2), n), f32x4.sub(top, x), sum);
    }
    wide = addWide(wide, sum);
  }
  return total(wide);
}

function weightSum(weights: usize, columns: u32): f64 {
  let wide = f64x2.splat(0);
  for (let c: u32 = 0; c < columns; c += 4) wide = addWide(wide, get(weights + (c << 2), min<u32>(4, columns - c)));
  return total(wide);
}

// row -= factor * weights
function subtract(row: usize, weights: usize, columns: u32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let c: u32 = 0; c < columns; c += 4) {
    const n = min<u32>(4, columns - c);
    const p = row + (c << 2);
    put(p, nmadd(f, get(weights + (c << 2), n), get(p, n)), n);
  }
}

// A NaN may be passed over: the sum finds it.
function largest(row: usize, columns: u32): f32 {
  const lowest = f32x4.splat(-Infinity);
  let a = lowest, b = lowest;
  let c: u32 = 0;
  for (; c + 8 <= columns; c += 8) {
    a = f32x4.pmax(a, v128.load(row + (c << 2)));
    b = f32x4.pmax(b, v128.load(row + (c << 2), 16));
  }
  for (; c + 4 <= columns; c += 4) a = f32x4.pmax(a, v128.load(row + (c << 2)));
  if (c < columns) b = f32x4.pmax(b, loadLanes(row + (c << 2), columns - c, lowest));
  return horizontalMax(f32x4.pmax(a, b));
}

function multiply(row: usize, columns: u32, factor: f32): void {
  const f = f32x4.splat(factor);
  let c: u32 = 0;
  for (; c + 8 <= columns; c += 8) {
    const p = row + (c << 2);
    const x = f32x4.mul(v128.load(p), f), y = f32x4.mul(v128.load(p, 16), f);
    v128.store(p, x);
    v128.store(p, y, 16);
  }
  for (; c + 4 <= columns; c += 4) {
    const p = row + (c << 2);
    v128.store(p, f32x4.mul(v128.load(p), f));
  }
  if (c < columns) {
    const p = row + (c << 2);
    put(p, f32x4.mul(get(p, columns - c), f), columns - c);
  }
}
