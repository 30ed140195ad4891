/** What is picked for a text: it fits the text, keeps what is given, and goes by numbers alone. @module */
import { assert, assertEquals } from "@std/assert";
import { stepsPerEpoch } from "../../src/data/batches.ts";
import { type AutoContext, type AutoSettings, operationsOf, pickSettings } from "../../src/train/auto.ts";

const TEXT: AutoContext = {
  tokens: 1_115_394,
  vocabularySize: 65,
  optimizer: "adam",
  sampling: "consecutive",
  accumulateSteps: 1,
  tieWeights: false,
  projSize: 0,
  trained: false,
};

const pick = (context: Partial<AutoContext>, given: Partial<AutoSettings> = {}): AutoSettings =>
  pickSettings({ ...TEXT, ...context }, given);

Deno.test("a text of any length has a batch and epochs", () => {
  for (let tokens = 2; tokens < 5e6; tokens = Math.ceil(tokens * 1.3)) {
    for (const accumulateSteps of [1, 4]) {
      const { batchSize, numSteps, validationSplit = 0, epochs } = pick({ tokens, accumulateSteps });
      const trained = Math.floor(tokens * (1 - validationSplit));
      const steps = stepsPerEpoch(trained, { batchSize, numSteps, accumulateSteps });
      assert(
        steps > 0 || tokens < 2 * accumulateSteps,
        `${tokens} tokens: ${batchSize} rows of ${numSteps} steps`,
      );
      assert(epochs >= 1);
    }
  }
});

Deno.test("what is given stays, and others go by it", () => {
  const given = { cell: "lstm", hiddenSize: 77, batchSize: 3, numSteps: 9, epochs: 2 } as const;
  assertEquals({ ...pick({}, given), ...given }, pick({}, given));
  const { numLayers, dropout, outputDropout } = pick({ tokens: 10_000 }, { numLayers: 2 });
  assertEquals([numLayers, dropout], [2, outputDropout]);
  assertEquals(pick({ tokens: 10_000 }, { outputDropout: 0 }).dropout, 0);
  assertEquals(pick({ sampling: "random" }).resetProbability, 0);
  assert(pick({}).resetProbability > 0);
  assertEquals(pick({}, { validationSplit: 0.3 }).validationSplit, 0.3);
  assertEquals(pick({ tokens: 300 }).validationSplit, undefined);
  assert(pick({}, { hiddenSize: 512 }).epochs < pick({}, { hiddenSize: 128 }).epochs, "the work is bounded");
  assert(pick({ trained: true }).learningRate < pick({}).learningRate);
});

Deno.test("a text of which nothing is held out is learnt by heart", () => {
  const [song, page] = [pick({ tokens: 1999 }), pick({ tokens: 2000 })];
  assertEquals([song.validationSplit, page.validationSplit], [undefined, 0.1]);
  assert(song.epochs > page.epochs && song.outputDropout < page.outputDropout);
});

Deno.test("sizes that must agree do", () => {
  const tied = pick({ tieWeights: true });
  assertEquals(tied.embeddingSize, tied.hiddenSize);
  assertEquals(pick({ tieWeights: true }, { embeddingSize: 40 }).hiddenSize, 40);
  const projected = pick({ tieWeights: true, projSize: 300 }, { cell: "lstm" });
  assertEquals([projected.embeddingSize, projected.hiddenSize > 300], [300, true]);
  assertEquals(pick({ projSize: 16_000 }, { cell: "lstm" }).hiddenSize, 16_384); // what --hidden-size takes
  assertEquals(pick({}).embeddingSize, 0);
  assert(pick({ vocabularySize: 2500 }).embeddingSize > 0, "many tokens have vectors of their own");
});

Deno.test("a training's work is bounded, whatever the text and the model", () => {
  for (const tokens of [10_000, 200_000, 1e6, 1e7]) {
    for (const hiddenSize of [64, 256, 1024]) {
      const { epochs, ...model } = pick({ tokens }, { hiddenSize, validationSplit: 0.1 });
      const operations = epochs * 0.9 * tokens * operationsOf({ ...TEXT, ...model });
      assert(
        epochs === 1 || operations <= 1e13,
        `${operations} for ${tokens} tokens and ${hiddenSize} units`,
      );
    }
  }
});
