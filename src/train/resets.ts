/**
 * Which rows begin a step from a zero state, where a training draws that: a model that is told a text from its middle on
 * alone does not know how to begin one.
 *
 * @module
 */
import { SHUFFLE_STREAMS } from "../data/batches.ts";
import { Random } from "../random.ts";
import type { TrainSettings } from "./options.ts";

/**
 * Draws the rows of each step of an epoch. They depend on the seed, the epoch and the step alone.
 *
 * @param settings How likely it is, the seed, and the rows of a step: those of all of its batches.
 * @param epoch The epoch, from 1.
 * @returns Rows from 0, a list for each step, without an end.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const sizes = { batchSize: 3, accumulateSteps: 2, seed: 0 };
 * assertEquals(rowsToReset({ ...sizes, resetProbability: 0 }, 1).next().value, []);
 * assertEquals(rowsToReset({ ...sizes, resetProbability: 1 }, 1).next().value, [0, 1, 2, 3, 4, 5]);
 * ```
 */
export function* rowsToReset(
  { resetProbability, seed, batchSize, accumulateSteps }: Pick<
    TrainSettings,
    "resetProbability" | "seed" | "batchSize" | "accumulateSteps"
  >,
  epoch: number,
): Generator<number[], never, unknown> {
  const random = new Random(seed, SHUFFLE_STREAMS + epoch);
  const all = Array.from({ length: batchSize * accumulateSteps }, (_, row) => row);
  while (true) {
    yield resetProbability === 0 ? [] : all.filter(() => random.uniform() < resetProbability);
  }
}
