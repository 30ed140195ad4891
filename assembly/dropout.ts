// Dropout (Srivastava et al. 2014): y[i] = x[i] / (1 - p) where uniform(i) >= p, else 0; += where `accumulate`.
// p is `probability`; p = 1 gives zeros. uniform(i) is the first word of Threefry-2x32-20 under the key seed[0 .. 1] with
// the counter (n, stream), its upper 24 bits times 2^-24: the same mask on every device, forward and backward.
// seed (4) u32: the key, then `part` of `parts` (1 of a whole batch) in which the rows of a batch are run one after the
// other. x, y (count) = (·, columns), columns the words of the part's rows side by side: element i is element
// n = (i / columns * parts + part) * columns + i % columns of the whole batch, and has its mask; n = i of a whole one.
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
  columns: u32,
  begin: u32,
  end: u32,
): void {
  const key0 = load<u32>(seed), key1 = load<u32>(seed, 4);
  const threshold = f32x4.splat(probability);
  const scale = f32x4.splat(1 / (1 - probability));
  const part = load<u32>(seed, 8), parts = load<u32>(seed, 12);
  const width = parts > 1 ? columns : count; // a whole batch is one run
  const last = min(count, end * CHUNK);
  let i = begin * CHUNK;
  while (i < last) {
    const row = i / width;
    const behind = (row * (parts - 1) + part) * width;
    const stop = min(last, (row + 1) * width);
    for (; i < stop; i += 4) {
      const n = min<u32>(4, stop - i);
      const offset = (i << 2) as usize;
      const kept = f32x4.ge(uniform(threefry(key0, key1, i + behind, stream)), threshold);
      const value = v128.and(f32x4.mul(get(x + offset, n), scale), kept);
      put(y + offset, accumulate != 0 ? f32x4.add(get(y + offset, n), value) : value, n);
    }
    i = stop; // the last four may be fewer
  }
}
