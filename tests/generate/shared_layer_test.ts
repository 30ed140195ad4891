/** Two models of one recurrent layer: each draws by its own head. @module */
import { assertEquals } from "@std/assert";
import { Corpus, type Device, GRU, predict, RNNModel } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";

const { vocabulary } = Corpus.fromText("fa la do re mi fa sol la");

function makeModel(device: Device, seed: number, rnn?: GRU): RNNModel {
  const { size } = vocabulary;
  return new RNNModel(rnn ?? new GRU(device, { inputSize: size, hiddenSize: 16, seed: 1 }), size, { seed });
}

testEach("two models of one layer draw as two models of layers that are alike", async (device) => {
  const rnn = new GRU(device, { inputSize: vocabulary.size, hiddenSize: 16, seed: 1 });
  const models = [makeModel(device, 2, rnn), makeModel(device, 3, rnn)];
  for (const [index, model] of models.entries()) {
    using alone = makeModel(device, 2 + index);
    alone.loadStateDict(await model.stateDict());
    assertEquals(
      await predict(model, vocabulary, "fa", 20),
      await predict(alone, vocabulary, "fa", 20),
    );
  }
  for (const model of models.reverse()) model[Symbol.dispose]();
});
