// Dropout (Srivastava et al. 2014): y[i] = x[i] / (1 - p) where uniform(i) >= p, else 0; += where `accumulate`.
// p is `probability`; p = 1 gives zeros. uniform(i) is the first word of Threefry-2x32-20 under the key seed (2) u32 with
// the counter (i, stream), its upper 24 bits times 2^-24: the same mask on every device, forward and backward.
// x, y (count).
import { get, put } from "./lib/lanes";
import { threefry, uniform } from "./lib/threefry";
import { CHUNK } from "./numbers";

export function dropout(
  x: usize,
  seed: usize,
  y: usize,
  count: u32,
  probability: f32,
  stream: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const key0 = load<u32>(seed), key1 = load<u32>(seed, 4);
  const threshold = f32x4.splat(probability);
  const scale = f32x4.splat(1 / (1 - probability));
  const last = min(count, end * CHUNK);
  for (let i = begin * CHUNK; i < last; i += 4) {
    const n = min<u32>(4, last - i);
    const offset = (i << 2) as usize;
    const kept = f32x4.ge(uniform(threefry(key0, key1, i, stream)), threshold);
    const value = v128.and(f32x4.mul(get(x + offset, n), scale), kept);
    put(y + offset, accumulate != 0 ? f32x4.add(get(y + offset, n), value) : value, n);
  }
}
