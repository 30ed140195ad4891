// Gradient clipping by global norm (Pascanu, Mikolov and Bengio 2013), as torch.nn.utils.clip_grad_norm_:
// norm = sqrt(sum of partials); gradients *= min(1, maxNorm / (norm + 1e-6)).
// partials (⌈count / 4096⌉) from sum_squares, summed in order; gradients (count).
// health (8) words, kept by the unit that owns the first chunk: 0 f32 the norm of the last good step; 1 u32 the latch: 1
// once a norm was not finite, 2 once an update left an element out; 2 u32 steps seen, counted up each time; 3 u32 the step
// (from 1) that set the latch; 4 f32 the norm that set it; 5 u32 1 where the last update left an element out, which optimizers
// write: the latch, which they read, does not change under them. A set latch stays, and the good norm with it; gradients
// whose norm is not finite are left.
import { get, put } from "./lib/lanes";
import { BROKEN_AT, BROKEN_BY, CHUNK, LATCH, LEFT_OUT, NORM, SEEN } from "./numbers";

export function clip_grad_norm(
  partials: usize,
  gradients: usize,
  health: usize,
  count: u32,
  maxNorm: f32,
  begin: u32,
  end: u32,
): void {
  if (begin >= end) return;
  // Every thread sums all partials: they are few, and a thread would wait for a sum as long.
  const chunks = (count + CHUNK - 1) / CHUNK;
  let sum: f64 = 0;
  for (let k: u32 = 0; k < chunks; k++) sum += load<f32>(partials + (k << 2));
  const norm = sqrt(<f32> sum);
  const finite = norm < Infinity; // false for a NaN
  if (begin == 0) keepHealth(health, norm, finite);
  const factor = maxNorm / (norm + 1e-6);
  if (!finite || !(factor < 1)) return;
  const scale = f32x4.splat(factor);
  const last = min(count, end * CHUNK);
  let i = begin * CHUNK;
  for (; i + 4 <= last; i += 4) {
    const p = gradients + (i << 2);
    v128.store(p, f32x4.mul(v128.load(p), scale));
  }
  if (i < last) {
    const p = gradients + (i << 2);
    put(p, f32x4.mul(get(p, last - i), scale), last - i);
  }
}

function keepHealth(health: usize, norm: f32, finite: bool): void {
  const step = load<u32>(health, SEEN) + 1;
  if (load<u32>(health, LATCH) == 0 && load<u32>(health, LEFT_OUT) != 0) {
    store<u32>(health, 2, LATCH);
    store<u32>(health, step - 1, BROKEN_AT);
  }
  store<u32>(health, step, SEEN);
  if (load<u32>(health, LATCH) != 0) return;
  if (finite) store<f32>(health, norm, NORM);
  else {
    store<u32>(health, 1, LATCH);
    store<u32>(health, step, BROKEN_AT);
    store<f32>(health, norm, BROKEN_BY);
  }
}
