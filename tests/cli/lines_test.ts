/** The lines of a training's reports. @module */
import { assertEquals } from "@std/assert";
import { piecesOf, textOf } from "../../src/cli/style.ts";
import { lineOf } from "../../src/cli/train/lines.ts";
import type { TrainReport } from "../../mod.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";

const REPORT = { epoch: 2, loss: 1, perplexity: Math.E, steps: 9, gradNorm: 1, learningRate: 0.5 };
const MEASURED = { seconds: 1.5, tokensPerSecond: 1234.5 };

Deno.test("a report has its time and speed, where steps of the epoch were timed", () => {
  const settings = parseFlags("train", []);
  const textOfLine = (report: TrainReport): string => piecesOf(lineOf(report, settings)).map(textOf).join("");
  const line = "epoch 2, perplexity 2.718282";
  assertEquals(textOfLine({ ...REPORT, ...MEASURED }), `${line}, time 1.50 sec, 1,235 tokens/s`);
  assertEquals(textOfLine({ ...REPORT, seconds: 0, tokensPerSecond: 0 }), line); // resumed in its validation
  const within = "epoch 2, step 1,204, perplexity 2.718282, 1,235 tokens/s";
  assertEquals(textOfLine({ ...REPORT, ...MEASURED, step: 1204 }), within);
});
