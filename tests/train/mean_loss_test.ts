/** Losses of many steps, added up on the device and on the host. @module */
import { assert } from "@std/assert";
import { Corpus, type Device, evaluate, type RNNModel } from "../../mod.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const STEPS = 5000;
/** Each step is one character. */
const SIZES = { batchSize: 1, numSteps: 1 };

/** A model of zeros: each loss is log V. */
async function blankModel(device: Device, { vocabulary: { size } }: Corpus): Promise<RNNModel> {
  const model = makeModel(device, { cell: "rnn", vocabularySize: size, hiddenSize: 4 });
  const weights = await model.stateDict();
  for (const { data } of Object.values(weights)) data.fill(0);
  model.loadStateDict(weights);
  return model;
}

testEach("the loss of many steps is exact to 1e-6, trained and evaluated", async (device) => {
  for (const letters of ["abc", "abcdefg"]) {
    const corpus = Corpus.fromText(letters.repeat(STEPS).slice(0, STEPS + 1));
    using model = await blankModel(device, corpus);
    const wanted = Math.log(letters.length);
    const { loss } = await evaluate(model, corpus);
    assert(Math.abs(loss / wanted - 1) < 1e-6, `evaluated: ${loss}, not ${wanted}`);
    const options = { ...SIZES, epochs: 1, learningRate: 1e-30 };
    const [report] = await reportsOf(model, corpus, options);
    assert(Math.abs(report!.loss / wanted - 1) < 1e-6, `trained: ${report!.loss}, not ${wanted}`);
  }
});
