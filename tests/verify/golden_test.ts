/** PyTorch's own numbers on every device: the scripts in tests/golden/ wrote them and say what they are. @module */
import { assert, assertEquals } from "@std/assert";
import { Corpus, train, Vocabulary } from "../../mod.ts";
import {
  cellCases,
  dictFromGolden,
  embeddingCases,
  layerCases,
  partCases,
  trainingCases,
} from "../../src/verify/golden.ts";
import { compareLayer } from "../../src/verify/layers.ts";
import { comparePart, partChecks } from "../../src/verify/parts.ts";
import { compareLosses, compareTraining, makeModel } from "../../src/verify/training.ts";
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { GOLDEN_TRAINING } from "../../src/verify/cases/tolerances.ts";

for (const given of await layerCases()) {
  testEach(`PyTorch's outputs and gradients: ${given.name}`, async (device) => {
    for await (const [, difference] of compareLayer(device, given)) assertWithin(difference);
  });
}

for (const given of await partCases()) {
  testEach(`PyTorch's outputs and gradients: ${given.name}`, async (device) => {
    for await (const [, difference] of comparePart(device, given)) assertWithin(difference);
  });
}

const TRAINING = await trainingCases();

for (const given of TRAINING) {
  testEach(`PyTorch's ten Adam steps, one by one: ${given.name}`, async (device) => {
    for await (const [, difference] of compareTraining(device, given)) assertWithin(difference);
  });

  testEach(`PyTorch's ten Adam steps, recorded by train(): ${given.name}`, async (device) => {
    const { batchSize, numSteps, batches } = given;
    const vocabulary = Vocabulary.fromTokens([..."abcdefghijklm"]);
    // An epoch's report is a mean: as many epochs of one, two, … batches give every partial mean of the ten losses.
    const means: number[] = [];
    const norms: number[] = [];
    for (let steps = 1; steps <= batches.length; steps++) {
      using model = makeModel(device, given);
      const rows = Array.from({ length: batchSize }, (_, b) => {
        const row = batches.slice(0, steps).flatMap(({ ids }) => ids.slice(b * numSteps, (b + 1) * numSteps));
        return vocabulary.decode([...row, batches[steps - 1]!.targets[(b + 1) * numSteps - 1]!]);
      });
      const corpus = Corpus.fromText(rows.join(""), { vocabulary });
      const { learningRate, clipGradNorm } = given;
      const options = { epochs: 1, batchSize, numSteps, learningRate, clipGradNorm };
      for await (const report of train(model, corpus, options)) {
        assertEquals(report.steps, steps);
        means.push(report.loss);
        norms.push(report.gradNorm);
      }
      if (steps < batches.length) continue;
      const close = { tolerance: GOLDEN_TRAINING, what: "final weights" };
      dictFromGolden(await model.stateDict(), given.finalWeights, close).forEach(assertWithin);
    }
    let sum = 0;
    const expected = given.losses.map((loss, i) => {
      sum += loss;
      return sum / (i + 1);
    });
    assertWithin(compareLosses(means, expected, "means of losses"));
    assertWithin(compareLosses(norms, given.norms, "norms"));
  });
}

Deno.test("the golden files hold what they promise", async () => {
  assertEquals([(await cellCases()).length, (await embeddingCases()).length], [16, 1]);
  const parts = await partCases();
  const rows = partChecks(parts).map((check) => check.rows[0]!);
  assertEquals(rows.reduce((sum, row) => sum + Number(/, (\d+) case/.exec(row)![1]), 0), parts.length);
  assertEquals(
    TRAINING.map(({ cell, numLayers, embeddingSize }) => `${cell} ${numLayers}${embeddingSize ? " E" : ""}`)
      .sort(),
    [
      "gru 1",
      "gru 1",
      "gru 2",
      "lstm 1",
      "lstm 1",
      "lstm 2",
      "lstm 2 E",
      "lstm 2 E",
      "rnn 1",
      "rnn 1",
      "rnn 2",
    ],
  );
  assert(
    TRAINING.every(({ losses, norms, batches }) =>
      losses.length === 10 && norms.length === 10 && batches.length === 10
    ),
  );
});
