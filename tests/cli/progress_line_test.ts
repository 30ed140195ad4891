/** The live line of a training: its parts, its curve, and the time that is left. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { displayWidth } from "../../src/cli/display_width.ts";
import { Curve, sparkline } from "../../src/cli/sparkline.ts";
import { textOf } from "../../src/cli/style.ts";
import { perplexityText } from "../../src/cli/train/lines.ts";
import { type Beside, ProgressLine } from "../../src/cli/train/progress_line.ts";
import { perplexity } from "../../src/losses/cross_entropy.ts";
import { TimeLeft } from "../../src/cli/train/time_left.ts";

const PLACE = { epoch: 3, epochs: 12, step: 1204, stepsPerEpoch: 4300, tokensPerSecond: 12345.6 };
const measure = (loss: number): string => `perplexity ${perplexityText(perplexity(loss))}`;
const BESIDE: Beside = { left: "3:12 left", best: 1.498, validated: false, kind: "character", measure };

/** The line behind some losses, without its colour. */
function lineOf(
  columns: number,
  losses: readonly number[] = [2, 1.8, 1.6],
  beside: Partial<Beside> = {},
): string {
  const line = new ProgressLine();
  let text = "";
  for (const loss of losses) {
    text = line.text({ ...PLACE, loss }, { ...BESIDE, ...beside }, columns).map(textOf).join("");
  }
  return text;
}

Deno.test("the line has all of its parts where there is room, else those that are wanted most", () => {
  assertEquals(
    lineOf(140),
    "epoch 3/12, step 1,204/4,300, loss 1.888, perplexity 6.606, best 1.498 (4.473), 12,346 characters/s, 3:12 left █▆▁",
  );
  assertEquals(lineOf(79), "epoch 3/12, step 1,204/4,300, loss 1.888, perplexity 6.606, 3:12 left █▆▁");
  assertEquals(lineOf(60), "epoch 3/12, step 1,204/4,300, loss 1.888, 3:12 left █▆▁");
  assertEquals(lineOf(40), "epoch 3/12, step 1,204/4,300, 3:12 left");
  assertEquals(lineOf(10), "epoch 3/12, step 1,204/4,300"); // whoever writes it cuts it
  for (let columns = 40; columns < 200; columns++) {
    const losses = Array.from({ length: 40 }, (_, i) => 5 - i / 10);
    assert(displayWidth(lineOf(columns, losses)) <= columns, `${columns}`);
  }
});

Deno.test("the line tells what is known, and whose best loss it is", () => {
  const line = new ProgressLine();
  const fresh = { ...BESIDE, left: undefined, best: Infinity };
  const text = line.text({ ...PLACE, tokensPerSecond: 0 }, fresh, 140).map(textOf).join("");
  assertEquals(text, "epoch 3/12, step 1,204/4,300, 0 characters/s");
  assertMatch(
    lineOf(140, [1], { validated: true, kind: "word" }),
    /validation best 1\.498 \(4\.473\), 12,346 words\/s/,
  );
  assertMatch(lineOf(140, [9]), /perplexity 8,103,/);
});

Deno.test("a curve keeps its shape however long it gets", () => {
  const curve = new Curve();
  for (let i = 0; i < 100_000; i++) curve.add(100_000 - i);
  assert(curve.values.length <= 128 && curve.values.length >= 64);
  assertEquals(sparkline(curve.values, 8), "█▇▆▅▄▃▂▁");
  assertEquals(sparkline([1, 1, 1], 8), "▁▁▁");
  assertEquals(sparkline([], 8), "");
});

/** What is left behind steps that take so many seconds each; an epoch has 10. */
function left(
  goals: { epochs: number; stopAfter?: number; timeBudget?: number; patience?: number },
  seconds: (step: number) => number,
  steps: number,
): string | undefined {
  let now = 0;
  const none = { stopAfter: undefined, timeBudget: undefined, patience: undefined };
  const timeLeft = new TimeLeft({ ...none, ...goals }, () => now);
  let words: string | undefined;
  for (let count = 0; count < steps; count++) {
    now += 1000 * seconds(count);
    const place = { epoch: 1 + Math.floor(count / 10), step: 1 + count % 10, stepsPerEpoch: 10 };
    const progress = { ...place, epochs: goals.epochs, tokensPerSecond: 1 };
    timeLeft.after(progress);
    words = timeLeft.words(progress);
  }
  return words;
}

Deno.test("the time that is left is that of the steps to come, at the speed of the last minutes", () => {
  const half = (): number => 0.5;
  assertEquals(left({ epochs: 100 }, half, 2), undefined);
  assertEquals(left({ epochs: 100 }, half, 40), "8:00 left");
  assertEquals(left({ epochs: 100 }, half, 1000), "0:00 left");
  assertEquals(left({ epochs: 100, stopAfter: 60 }, half, 40), "0:10 left");
  assertEquals(left({ epochs: 100, timeBudget: 30 }, half, 40), "0:10 left");
  assertEquals(left({ epochs: 100, timeBudget: 10 }, half, 40), "0:00 left");
  assertEquals(left({ epochs: 100, patience: 3 }, half, 40), "at most 8:00 left");
  // What comes once an epoch is a part of it; a speed of long ago is forgotten.
  assertMatch(left({ epochs: 100 }, (step) => step % 10 === 9 ? 5.5 : 0.5, 500)!, /^8:[0-3]\d left$/);
  assertMatch(left({ epochs: 1000 }, (step) => step < 5000 ? 0.05 : 0.5, 7000)!, /^2[45]:\d\d left$/);
});
