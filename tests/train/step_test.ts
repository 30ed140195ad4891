/** A step of training that is recorded in two parts, to the gradients and from clipping on. @module */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Corpus, type RNNModel, type TrainOptions } from "../../mod.ts";
import { Training } from "../../src/train/training.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));
const OPTIONS: TrainOptions = { epochs: 3, batchSize: 3, numSteps: 5, learningRate: 1e-2, clipGradNorm: 0.5 };

/** The reports and the weights of a training. */
async function trained(model: RNNModel, between?: () => void): Promise<unknown> {
  const training = new Training(model, CORPUS, OPTIONS, between);
  const reports: unknown[] = [];
  for await (const report of training.run()) reports.push(report);
  training[Symbol.dispose]();
  return [timeless(reports as never), await model.stateDict()];
}

for (const cell of KINDS) {
  testEach(`a step in two parts has the bits of a whole one: ${cell}`, async (device) => {
    const sizes = { cell, vocabularySize: CORPUS.vocabulary.size, seed: 1 };
    using whole = makeModel(device, sizes);
    using parts = makeModel(device, sizes);
    using changed = makeModel(device, sizes);
    let calls = 0;
    const expected = await trained(whole);
    assertEquals(await trained(parts, () => calls++), expected);
    assertEquals(calls > 0, true);
    const { gradients } = changed.parameters()[0]!.storage;
    assertNotEquals(await trained(changed, () => device.clear(gradients)), expected);
  });
}

testEach("a training that cannot begin gives the parameters back", async (device) => {
  using model = makeModel(device, { cell: "gru", vocabularySize: CORPUS.vocabulary.size, seed: 1 });
  const schedule = { kind: "plateau", unit: "step" } as const;
  assertThrows(() => new Training(model, CORPUS, { ...OPTIONS, schedule }), TypeError, '"plateau"');
  await trained(model);
});
