/**
 * Times quiet and beside spinners as rows of a table.
 *
 * @module
 */
import { formatSeconds, median } from "../harness.ts";
import type { Measured, Outcome } from "../peers/measure.ts";
import { multiplesOf, range } from "../peers/tables.ts";

/** The head of busyRows(). */
export const HEAD: readonly string[] = [
  "workload",
  "system",
  "quiet",
  "beside",
  "beside ÷ quiet",
  "refrain ÷ it, quiet",
  "refrain ÷ it, beside",
];

/** A row a workload and system; counters have a multiple alone. */
export function busyRows(outcomes: readonly Outcome[]): string[][] {
  return outcomes.flatMap(({ name, measured }) =>
    measured.map((one) => [name, one.system.name, ...timesOf(one), range(multiplesOf(one)), ...ratiosOf(one)])
  );
}

function timesOf({ system, rounds, busy }: Measured): string[] {
  return system.counts ? ["–", "–"] : [rounds, busy.rounds].map((times) => formatSeconds(median(times)));
}

function ratiosOf({ system, ratios, busy }: Measured): string[] {
  return system.counts || ratios.length === 0 ? ["–", "–"] : [range(ratios), range(busy.ratios)];
}
