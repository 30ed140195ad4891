// Softmax and cross-entropy by rows: losses[n] = log sum_v exp(logits[n, v]) - logits[n, targets[n]], and where
// `gradient` the logits turn into their gradient: logits[n, v] = scale * (softmax(logits[n])[v] - [v = targets[n]]).
// logits (T*B, V = columns), rows n = t*B + b, ld words apart; targets (B, T) u32: row n's is targets[b, t];
// losses (T*B), not scaled, added to where `accumulate`. The row's maximum is taken off first: no finite logit overflows.
import { log } from "./lib/activations";
import { sumOfExponentials } from "./lib/exponentials";
import { get, put } from "./lib/lanes";
import { horizontalMax, loadLanes } from "./lib/simd";

export function softmax_cross_entropy(
  targets: usize,
  logits: usize,
  losses: usize,
  batch: u32,
  steps: u32,
  columns: u32,
  ld: u32,
  scale: f32,
  gradient: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  for (let n = begin; n < end; n++) {
    const row = logits + ((n * ld) << 2) as usize;
    const target = row + (load<u32>(targets + (((n % batch) * steps + n / batch) << 2)) << 2);
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
