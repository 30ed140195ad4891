/** Ids and states as users write them: other types of ids are told in a sentence, null is no state. @module */
import { assertEquals, assertThrows } from "@std/assert";
import {
  consecutiveBatches,
  crossEntropy,
  Embedding,
  type GRU,
  load,
  LSTM,
  LSTMCell,
  oneHot,
  predict,
  randomBatches,
  RNN,
  RNNModel,
  save,
  Tensor,
  train,
} from "../../mod.ts";
import { Corpus, type Device } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";

const V = 5;
const WRONG = [[1, 2], new Int32Array(2), new Float32Array(2), new Uint8ClampedArray(2), "12", null];
const NAMES = ["Array", "Int32Array", "Float32Array", "Uint8ClampedArray", "string", "null"];

testEach(
  "ids of another type are told that they must be a Uint8Array, Uint16Array or Uint32Array",
  (device) => {
    using model = new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 3, seed: 0 }), V);
    using embedding = new Embedding(device, { vocabularySize: V, embeddingSize: 2, seed: 0 });
    using logits = Tensor.from(device, new Float32Array(2 * V), [2, V]);
    const size = { batchSize: 1, numSteps: 1 };
    WRONG.forEach((value, index) => {
      const ids = value as unknown as Tensor<"u32">;
      const words = value as unknown as Uint32Array;
      const type = `current type is ${NAMES[index]}`;
      const inTensor = `as ids must be a Uint8Array, Uint16Array or Uint32Array, in a Tensor: ${type}`;
      assertThrows(() => model.forward(ids), TypeError, `Cannot use ids ${inTensor}`);
      assertThrows(() => embedding.forward(ids), TypeError, `Cannot use ids ${inTensor}`);
      assertThrows(() => crossEntropy(logits, ids), TypeError, `Cannot use targets ${inTensor}`);
      assertThrows(() => oneHot(ids, V), TypeError, `Cannot use ids ${inTensor}`);
      const noLogits = "Cannot use logits that is not a Tensor: current value is null";
      assertThrows(() => crossEntropy(null as unknown as Tensor, ids), TypeError, noLogits);
      const batches = `Cannot cut batches as ids must be a Uint8Array, Uint16Array or Uint32Array: ${type}`;
      assertThrows(() => consecutiveBatches(words, size), TypeError, batches);
      assertThrows(() => randomBatches(words, size), TypeError, batches);
      using there = Tensor.from(device, new Uint32Array(2), [2]);
      const written =
        `Cannot write to a tensor of type u32 as ids must be a Uint8Array, Uint16Array or Uint32Array: ${type}`;
      assertThrows(() => there.write(words), TypeError, written);
    });
    const floats = Tensor.from(device, [1, 2], [1, 2]) as unknown as Tensor<"u32">;
    assertThrows(() => model.forward(floats), TypeError, "current type is a Tensor of f32");
    // A layer takes numbers too: (T, I) without a batch.
    const hint = "expected 5, got 2; ids must be a Uint8Array, Uint16Array or Uint32Array";
    assertThrows(() => model.rnn.forward(floats), TypeError, hint);
    assertThrows(() => model.rnn.step(floats.reshape([2])), TypeError, hint);
  },
);

testEach("a tensor is made of no other integers, which would be taken for numbers", (device) => {
  const message =
    "Cannot make a tensor as ids must be a Uint8Array, Uint16Array or Uint32Array, and other numbers a Float32Array or an array";
  for (const wrong of [new Int32Array(2), new Uint8ClampedArray(2), new BigInt64Array(2)]) {
    const { message: found } = assertThrows(
      () => Tensor.from(device, wrong as unknown as Float32Array, [2]),
      TypeError,
    );
    assertEquals(found, `${message}: current type is ${wrong.constructor.name}`);
  }
  assertEquals(Tensor.from(device, new Float64Array(2) as unknown as Float32Array, [2]).dtype, "f32");
  class Samples extends Float32Array {}
  class Ids extends Uint32Array {}
  assertEquals(Tensor.from(device, new Samples(2), [2]).dtype, "f32");
  assertEquals(Tensor.from(device, new Ids(2), [2]).dtype, "u32");
});

testEach("ids of 8, 16 and 32 bits make the same tensor, and write to it", async (device) => {
  for (const Narrow of [Uint8Array, Uint16Array, Uint32Array]) {
    const tensor: Tensor<"u32"> = Tensor.from(device, Narrow.of(3, 1), [1, 2]);
    assertEquals(await tensor.data(), Uint32Array.of(3, 1));
    assertEquals(tensor.values, Uint32Array.of(3, 1));
    const written = Narrow.of(0, 250);
    tensor.write(written);
    written[0] = 7; // the tensor has a copy
    assertEquals(await tensor.data(), Uint32Array.of(0, 250));
    assertEquals(tensor.values, Uint32Array.of(0, 250));
  }
});

testEach("null is no state", async (device) => {
  const sizes = { inputSize: V, hiddenSize: 3, seed: 0 };
  const ids = Tensor.from(device, new Uint32Array([3, 1]), [1, 2]);
  using lstm = new LSTM(device, sizes);
  using cell = new LSTMCell(device, sizes);
  using model = new RNNModel(new RNN(device, sizes), V);
  const x = Tensor.from(device, new Float32Array(V).fill(1), [1, V]);
  assertEquals(await lstm.forward(ids, null)[0].data(), await lstm.forward(ids)[0].data());
  assertEquals(await lstm.step(x, null)[0].data(), await lstm.step(x)[0].data());
  assertEquals(await cell.forward(x, null)[0].data(), await cell.forward(x)[0].data());
  assertEquals(await model.forward(ids, null)[0].data(), await model.forward(ids)[0].data());
});

testEach("a model that was loaded trains, generates and goes on, without a cast", async (device) => {
  const corpus = Corpus.fromText("abcdeabcde");
  const path = await Deno.makeTempFile();
  try {
    for (const Layer of [RNN, LSTM]) {
      using made = new RNNModel<Tensor | readonly [Tensor, Tensor]>(
        new Layer(device, { inputSize: V, hiddenSize: 3, seed: 0 }),
        V,
      );
      await save(path, made, corpus.vocabulary);
      const { model, vocabulary } = await load(path, device);
      using loaded = model;
      for await (const { epoch } of train(loaded, corpus, { epochs: 1, batchSize: 1, numSteps: 2 })) {
        assertEquals(epoch, 1);
      }
      assertEquals((await predict(loaded, vocabulary, "a", 3)).length, 4);
      const ids = Tensor.from(device, new Uint32Array([0, 1]), [1, 2]);
      const [, state] = loaded.forward(ids);
      const [, next] = loaded.forward(ids, state);
      const h = next instanceof Tensor ? next : next[0];
      assertEquals(h.shape, [1, 1, 3]);
      assertEquals(next instanceof Tensor, Layer === RNN);
    }
  } finally {
    await Deno.remove(path);
  }
});

/** Never called: it must compile as it stands, each error included. */
export async function types(device: Device, rnn: RNN, gru: GRU, lstm: LSTM): Promise<void> {
  const { model } = await load("model.safetensors", device);
  const ids = Tensor.from(device, new Uint32Array(1), [1, 1]);
  const models: RNNModel[] = [model, new RNNModel(rnn, 1), new RNNModel(gru, 1), new RNNModel(lstm, 1)];
  const [, state] = models[0]!.forward(ids, null);
  // @ts-expect-error it may be [h, c]
  state.shape;
  // @ts-expect-error numbers are no ids
  model.forward(Tensor.from(device, [1], [1, 1]));
  // @ts-expect-error other integers make no tensor
  Tensor.from(device, new Int32Array(1), [1, 1]);
  // @ts-expect-error an LSTM's state has two parts
  lstm.forward(ids, Tensor.from(device, [1], [1, 1, 1]));
}
