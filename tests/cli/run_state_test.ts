/** What a checkpoint keeps of a run, as it is read back. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { readRunState } from "../../src/cli/train/run_state.ts";

const PENDING = {
  epoch: 2,
  steps: 9,
  loss: 1,
  perplexity: 3,
  learningRate: 0.1,
  seconds: 2,
  tokensPerSecond: 9,
};
const RUN = {
  lines: { log: 1, samples: 3 },
  waiting: { log: [], samples: [] },
  corpus: "0".repeat(64),
  vocabulary: { kind: "byte" },
  best: Infinity,
  pending: PENDING,
};

Deno.test("a report that waits in a checkpoint has all numbers that are printed", () => {
  assertEquals<unknown>(readRunState(RUN), RUN);
  const OPTIONAL = { epochLoss: 2, validationLoss: 1, validationPerplexity: 3 };
  const validated = { ...PENDING, ...OPTIONAL };
  assertEquals<unknown>(readRunState({ ...RUN, pending: validated }).pending, validated);
  for (const name of Object.keys(validated)) {
    for (const value of [null, "1", undefined]) {
      if (name in OPTIONAL && value === undefined) continue;
      const run = { ...RUN, pending: { ...validated, [name]: value } };
      assertThrows(() => readRunState(run), SyntaxError, "what it says of the run is damaged");
    }
  }
});
