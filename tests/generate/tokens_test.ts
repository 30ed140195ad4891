/** Generation with vocabularies of bytes and words: what each token adds to the text. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { type Device, generate, predict, RNN, RNNModel, Vocabulary } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";

/** A model that goes from each token of a text to the next, and from the last one to the first. */
async function parrot(device: Device, ids: Uint32Array, size: number): Promise<RNNModel> {
  const model = new RNNModel(new RNN(device, { inputSize: size, hiddenSize: size, seed: 0 }), size);
  const dict = await model.stateDict();
  for (const { data } of Object.values(dict)) data.fill(0);
  for (let id = 0; id < size; id++) dict["rnn.weight_ih_l0"]!.data[id * size + id] = 5; // h is the input, one-hot
  ids.forEach((id, i) => {
    dict["dense.weight"]!.data[ids[(i + 1) % ids.length]! * size + id] = 9;
  });
  model.loadStateDict(dict);
  return model;
}

async function textsOf(
  model: RNNModel,
  vocabulary: Vocabulary,
  options: { prefix: string; length: number; stop?: string },
): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of generate(model, vocabulary, { ...options, temperature: 0 })) texts.push(text);
  return texts;
}

testEach("bytes add whole characters, and U+FFFD where the text ends within one", async (device) => {
  const vocabulary = Vocabulary.fromText("分", { kind: "byte" });
  using model = await parrot(device, vocabulary.encode("aé分"), 256); // 61 c3 a9 e5 88 86
  assertEquals(await textsOf(model, vocabulary, { prefix: "a", length: 6 }), ["", "é", "", "", "分", "a"]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "é", length: 2 }), ["", "\ufffd"]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "a", length: 9, stop: "分" }), [
    "",
    "é",
    "",
    "",
    "分",
  ]);
  assertEquals(await predict(model, vocabulary, "分a", 5), "分aé分");
});

testEach("words are joined by spaces to the prefix and to each other", async (device) => {
  const vocabulary = Vocabulary.fromText("to be or not", { kind: "word", unknown: "skip" });
  using model = await parrot(device, vocabulary.encode("to be or not"), 4);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3 }), [" not", " to", " be"]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3, stop: "ot t" }), [
    " not",
    " to",
    " be",
  ]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3, stop: "not" }), [" not"]);
  assertEquals(await predict(model, vocabulary, "see  to be", 2), "see  to be or not");
  for (const prefix of ["", " ", "see"]) {
    await assertRejects(() => predict(model, vocabulary, prefix, 1), RangeError, "Cannot generate from");
  }
});
