/**
 * Which lengths sequences are padded to: so many that the padded steps are fewest.
 *
 * @module
 */

/** Lengths that are compared: of more, every so many are. */
const CANDIDATES = 512;

/**
 * Chooses the lengths, by dynamic programming over the sorted ones: best(n, j) = min over i of best(n - 1, i) plus the steps of
 * those between candidates i and j, all as long as j.
 *
 * @param lengths The length of each sequence, in any order.
 * @param count How many lengths there may be.
 * @returns The chosen ones, in rising order; the last is the longest.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(chooseLengths([1, 1, 1, 2, 9, 10, 10], 2), [2, 10]);
 * assertEquals(chooseLengths([3, 5], 8), [3, 5]);
 * ```
 */
export function chooseLengths(lengths: ArrayLike<number>, count: number): number[] {
  const sorted = Float64Array.from(lengths).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= count) return distinct;
  const stride = distinct.length / Math.min(CANDIDATES, distinct.length);
  const candidates = Array.from(
    { length: Math.round(distinct.length / stride) },
    (_, index) => distinct[Math.ceil((index + 1) * stride) - 1]!,
  );
  // Sequences that are no longer than each candidate.
  let seen = 0;
  const below = candidates.map((candidate) => {
    while (seen < sorted.length && sorted[seen]! <= candidate) seen++;
    return seen;
  });
  const m = candidates.length;
  let best = candidates.map((candidate, j) => candidate * below[j]!);
  const from: Int32Array[] = [];
  for (let n = 1; n < count; n++) {
    const next = best.slice();
    const choice = new Int32Array(m).fill(-1);
    for (let j = 1; j < m; j++) {
      for (let i = 0; i < j; i++) {
        const steps = best[i]! + candidates[j]! * (below[j]! - below[i]!);
        if (steps >= next[j]!) continue;
        next[j] = steps;
        choice[j] = i;
      }
    }
    best = next;
    from.push(choice);
  }
  const chosen: number[] = [];
  for (let j = m - 1, n = from.length - 1; j >= 0; n--) {
    chosen.unshift(candidates[j]!);
    j = n < 0 ? -1 : from[n]![j]!;
  }
  return chosen;
}
