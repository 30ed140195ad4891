/**
 * Ranks of one process, for tests: trainings beside each other that meet in every sum.
 *
 * @module
 */
import type { Ranks } from "../../src/train/ranks.ts";

/**
 * Makes ranks.
 *
 * @param size How many.
 * @returns The ranks, whose sums are added up in their order.
 */
export function localRanks(size: number): Ranks[] {
  let waiting: { values: Float32Array | Float64Array; done: () => void }[] = [];
  const met = (): void => {
    const all = waiting;
    waiting = [];
    const sum = Float64Array.from(all[0]!.values);
    for (const { values } of all.slice(1)) {
      for (const [index, value] of values.entries()) sum[index]! += value;
    }
    for (const { values, done } of all) {
      values.set(sum);
      done();
    }
  };
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    sum: (values) =>
      new Promise<void>((done) => {
        waiting.push({ values, done });
        if (waiting.length === size) met();
      }),
  }));
}
