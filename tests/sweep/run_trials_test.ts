/** Trials beside each other. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Line } from "../../src/sweep/line.ts";
import { runTrials } from "../../src/sweep/run_trials.ts";
import { sweepId, type Trial } from "../../src/sweep/trial.ts";
import { lineOf, trialsOf } from "./lines.ts";

const TRIALS = trialsOf(24);
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs trials that take a moment; gives their lines in the order of their ends, and how many ran at a time. */
async function run(
  workers: number,
  { signal = new AbortController().signal, onKeep = () => {} }: {
    signal?: AbortSignal;
    onKeep?: (lines: readonly Line[]) => void;
  } = {},
): Promise<{ lines: Line[]; most: number; begun: number; whole: boolean }> {
  const lines: Line[] = [];
  let [running, most, begun, keeping] = [0, 0, 0, 0];
  const whole = await runTrials(TRIALS, {
    workers,
    signal,
    run: async (trial: Trial) => {
      begun++;
      running++;
      most = Math.max(most, running);
      await pause(parseInt(trial.id, 16) * 7 % 5);
      running--;
      return signal.aborted ? undefined : lineOf(trial);
    },
    keep: async (line) => {
      assertEquals(++keeping, 1, "one line at a time");
      await pause(1);
      lines.push(line);
      keeping--;
      onKeep(lines);
    },
  });
  return { lines, most, begun, whole };
}

Deno.test("one and four workers keep the same lines, four of them four at a time", async () => {
  const [one, four] = [await run(1), await run(4)];
  assertEquals([one.most, four.most, one.whole, four.whole], [1, 4, true, true]);
  const sorted = (lines: Line[]): Line[] => lines.toSorted((a, b) => a.trial < b.trial ? -1 : 1);
  assertEquals(sorted(four.lines), sorted(one.lines));
  assertEquals(one.lines.map(({ trial }) => trial), TRIALS.map(({ id }) => id));
  assertEquals((await run(99)).most, 24);
});

Deno.test("a signal begins no other trial, and what has ended is kept", async () => {
  const controller = new AbortController();
  const { lines, begun, whole } = await run(3, {
    signal: controller.signal,
    onKeep: (lines) => lines.length === 6 && controller.abort(),
  });
  assertEquals(whole, false);
  assert(lines.length >= 6 && begun <= 9, `${lines.length} of ${begun} are kept`);
});

Deno.test("what cannot be kept ends the sweep", async () => {
  const kept: Line[] = [];
  const failing = (): Promise<unknown> =>
    run(4, {
      onKeep: (lines) => {
        if (lines.length > 5) throw new RangeError("Cannot write: no space left");
        kept.splice(0, Infinity, ...lines);
      },
    });
  await assertRejects(failing, RangeError, "no space left");
  assertEquals(kept.length, 5);
});

Deno.test("a sweep is known by its trials, in any order", async () => {
  assertEquals(await sweepId(TRIALS.toReversed()), await sweepId(TRIALS));
  assert(await sweepId(TRIALS.slice(1)) !== await sweepId(TRIALS));
});
