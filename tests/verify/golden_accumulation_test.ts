/** PyTorch's numbers of steps whose gradients are those of several batches, on every device. @module */
import { assertEquals } from "@std/assert";
import { Corpus, Training, Vocabulary } from "../../mod.ts";
import { GOLDEN_TRAINING } from "../../src/verify/cases/tolerances.ts";
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { dictFromGolden, type TrainingCase } from "../../src/verify/golden.ts";
import { compareLosses, makeModel } from "../../src/verify/training.ts";
import { testEach } from "../support/test_each.ts";
import golden from "../golden/accumulation.json" with { type: "json" };

/** A case, whose batches are cut from rows of a text. */
type Case = Omit<TrainingCase, "batches"> & { accumulateSteps: number; rows: number[][] };

for (const given of golden.cases as unknown as Case[]) {
  testEach(`PyTorch's steps of several batches: ${given.name}`, async (device) => {
    const { batchSize, numSteps, accumulateSteps, learningRate, clipGradNorm, rows } = given;
    const vocabulary = Vocabulary.fromTokens([..."abcdefghijklm"]);
    const corpus = Corpus.fromText(rows.map((row) => vocabulary.decode(row)).join(""), { vocabulary });
    using model = makeModel(device, { ...given, batches: [] });
    const means: number[] = [];
    const norms: number[] = [];
    const sizes = { batchSize, numSteps, accumulateSteps };
    using training: Training = new Training(model, corpus, {
      ...sizes,
      epochs: 1,
      learningRate,
      clipGradNorm,
      onStep: async () => {
        const { loss, gradNorm } = await training.step.report();
        means.push(loss); // of all steps so far
        norms.push(gradNorm);
      },
    });
    for await (const { steps } of training.run()) assertEquals(steps, given.losses.length);
    let sum = 0;
    const expected = given.losses.map((loss, i) => {
      sum += loss;
      return sum / (i + 1);
    });
    assertWithin(compareLosses(means, expected, "means of losses"));
    assertWithin(compareLosses(norms, given.norms, "norms"));
    const close = { tolerance: GOLDEN_TRAINING, what: "final weights" };
    dictFromGolden(await model.stateDict(), given.finalWeights, close).forEach(assertWithin);
  });
}
