/** The lines of a training's reports. @module */
import { assertEquals } from "@std/assert";
import { lineOf } from "../../src/cli/train/lines.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";

const REPORT = { epoch: 2, loss: 1, perplexity: Math.E, steps: 9, gradNorm: 1, learningRate: 0.5 };
const MEASURED = { seconds: 1.5, tokensPerSecond: 1234.5 };

Deno.test("a report has its time and speed, where steps of the epoch were timed", () => {
  const settings = parseFlags("train", []);
  const line = "epoch 2, perplexity 2.718282";
  assertEquals(lineOf({ ...REPORT, ...MEASURED }, settings), `${line}, time 1.50 sec, 1,235 tokens/s`);
  assertEquals(lineOf({ ...REPORT, seconds: 0, tokensPerSecond: 0 }, settings), line); // resumed in its validation
});
