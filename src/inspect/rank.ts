/**
 * Which unit follows which feature: each unit once, by the feature that it follows best.
 *
 * @module
 */
import type { Correlations } from "./correlate.ts";
import type { Group } from "./state_pass.ts";

/** A unit and a feature. */
export interface Match {
  readonly group: Group;
  /** The unit's place among all. */
  readonly place: number;
  /** The feature's place among those that count. */
  readonly column: number;
}

/** How well a unit follows a feature, whatever the sign. */
function strengthOf(correlations: readonly Correlations[], { place, column }: Match): number {
  return Math.abs(correlations[column]!.within[place]!);
}

/**
 * Ranks units.
 *
 * @param groups The units.
 * @param correlations Those of each feature with all units.
 * @param together Whether unit i of h is that of c: then the better of both stands for it.
 * @returns A match a unit, the best first.
 */
export function rank(
  groups: readonly Group[],
  correlations: readonly Correlations[],
  together: boolean,
): Match[] {
  const best = new Map<string, Match>();
  for (const group of groups) {
    for (let unit = 0; unit < group.size; unit++) {
      const place = group.first + unit;
      const name = `${group.layer} ${together ? "" : group.state} ${unit}`;
      for (const column of correlations.keys()) {
        const match = { group, place, column };
        const known = best.get(name);
        if (known && strengthOf(correlations, known) >= strengthOf(correlations, match)) continue;
        best.set(name, match);
      }
    }
  }
  return [...best.values()].sort((a, b) => strengthOf(correlations, b) - strengthOf(correlations, a));
}

/**
 * The unit that follows a feature best.
 *
 * @param groups The units.
 * @param correlations Those of each feature with all units.
 * @param column The feature.
 */
export function bestFor(
  groups: readonly Group[],
  correlations: readonly Correlations[],
  column: number,
): Match {
  let best: Match | undefined;
  for (const group of groups) {
    for (let place = group.first; place < group.first + group.size; place++) {
      const match = { group, place, column };
      if (!best || strengthOf(correlations, match) > strengthOf(correlations, best)) best = match;
    }
  }
  return best!;
}
