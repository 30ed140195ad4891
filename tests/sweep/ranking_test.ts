/** Which configuration is the best. @module */
import { assertEquals } from "@std/assert";
import type { Line } from "../../src/sweep/line.ts";
import { linesThatCount, median, middleOf, rank } from "../../src/sweep/ranking.ts";
import { lineOf, trialsOf } from "./lines.ts";

Deno.test("configurations come by the median over their seeds, those without a loss last", () => {
  const trials = trialsOf(15);
  const losses = [1, 9, 5, 9, 1, 4, 4, 4, 4, 4];
  const lines: Line[] = losses.map((validationLoss, i) => ({ ...lineOf(trials[i]!), validationLoss }));
  lines.push({ ...lineOf(trials[10]!), state: "failed", error: "Cannot train" } as Line);
  const ranked = rank(trials, lines);
  assertEquals(
    ranked.map(({ validationLoss, done, failed, trials }) => [validationLoss, done.length, failed, trials]),
    [
      [4, 5, 0, 5],
      [5, 5, 0, 5],
      [undefined, 0, 1, 5],
    ],
  );
  assertEquals(ranked.map(({ configuration }) => configuration["hidden-size"]), ["8", "0", "16"]);
  assertEquals(ranked[1]!.done.map(({ validationLoss }) => validationLoss), [1, 1, 5, 9, 9]);
  assertEquals(ranked.map((one) => middleOf(one)?.validationLoss), [4, 5, undefined]);
});

Deno.test("of a trial that failed before or behind its end the end counts, and lines of no trial are left out", () => {
  const trials = trialsOf(1);
  const failed = { ...lineOf(trials[0]!), state: "failed", error: "Cannot train" } as Line;
  const other = { ...lineOf(trials[0]!), trial: "ffffffffffff" };
  const [one] = rank(trials, [failed, lineOf(trials[0]!), other]);
  assertEquals([one!.done.length, one!.failed], [1, 0]);
  const [retried] = rank(trials, [lineOf(trials[0]!), failed]); // in the journal of another task
  assertEquals([retried!.done.length, retried!.failed], [1, 0]);
  const later = { ...failed, error: "Cannot read" };
  assertEquals(linesThatCount([failed, later]).get(later.trial), later);
});

Deno.test("order and number of lines do not matter, and the median of two is between them", () => {
  const trials = trialsOf(40);
  const lines = trials.map(lineOf);
  assertEquals(rank(trials, lines.toReversed()), rank(trials, lines));
  assertEquals([median([2]), median([5, 1]), median([])], [2, 3, undefined]);
  const two = rank(trials.slice(0, 2), lines.slice(0, 2))[0]!;
  assertEquals(middleOf(two), two.done[0]);
});
