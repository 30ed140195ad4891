/**
 * The configurations of a sweep, the best first: by the median, over their seeds, of the least validation loss.
 *
 * @module
 */
import type { Configuration } from "./configurations.ts";
import type { Done, Line } from "./line.ts";
import type { Trial } from "./trial.ts";

/** A configuration with what has become of its trials. */
export interface Ranked {
  readonly configuration: Configuration;
  /** The median of its validation losses; undefined where no trial has ended. */
  readonly validationLoss: number | undefined;
  /** The trials that have ended, the best first. */
  readonly done: readonly Done[];
  /** How many trials failed, and how many there are in all. */
  readonly failed: number;
  readonly trials: number;
  /** The median of its trials' seconds. */
  readonly seconds: number | undefined;
}

/**
 * Ranks configurations.
 *
 * @param trials All trials.
 * @param lines What the journals have.
 * @returns The configurations; behind those with a loss those without, in the order of the trials.
 */
export function rank(trials: readonly Trial[], lines: readonly Line[]): Ranked[] {
  const byTrial = linesThatCount(lines);
  const groups = Map.groupBy(trials, ({ configuration }) => JSON.stringify(configuration));
  const ranked = [...groups.values()].map((group): Ranked => {
    const own = group.flatMap(({ id }) => byTrial.get(id) ?? []);
    const done = own.filter((line) => line.state === "done")
      .toSorted((a, b) => a.validationLoss - b.validationLoss);
    return {
      configuration: group[0]!.configuration,
      validationLoss: median(done.map(({ validationLoss }) => validationLoss)),
      done,
      failed: own.length - done.length,
      trials: group.length,
      seconds: median(done.map(({ seconds }) => seconds)),
    };
  });
  return ranked.toSorted((a, b) => (a.validationLoss ?? Infinity) - (b.validationLoss ?? Infinity) || 0);
}

/**
 * Of several lines of one trial the last counts, but none that failed behind one that did not: journals of a job array are
 * read one after the other, and a trial that failed in one may have ended in another.
 *
 * @param lines What the journals have.
 * @returns The line of each trial, by its id.
 */
export function linesThatCount(lines: readonly Line[]): Map<string, Line> {
  const counted = new Map<string, Line>();
  for (const line of lines) {
    if (line.state === "done" || counted.get(line.trial)?.state !== "done") counted.set(line.trial, line);
  }
  return counted;
}

/**
 * The trial that stands for a configuration: of those that have ended the one in the middle, of two the better.
 *
 * @param ranked The configuration.
 */
export function middleOf({ done }: Ranked): Done | undefined {
  return done[Math.ceil(done.length / 2) - 1];
}

/**
 * The middle of numbers; of two in the middle their mean.
 *
 * @param values The numbers, in any order.
 * @returns It; undefined of none.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([median([3, 1, 2]), median([4, 1, 2, 3]), median([])], [2, 2.5, undefined]);
 * ```
 */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
