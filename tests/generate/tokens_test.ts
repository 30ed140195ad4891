/** Generation with vocabularies of bytes and words: what each token adds to the text. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { generate, predict, type RNNModel, Vocabulary } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";
import { parrot } from "./parrot.ts";

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
    "",
  ]);
  assertEquals(await predict(model, vocabulary, "分a", 5), "分aé分");
});

testEach("words are joined by spaces to the prefix and to each other", async (device) => {
  const vocabulary = Vocabulary.fromText("to be or not", { kind: "word", unknown: "skip" });
  using model = await parrot(device, vocabulary.encode("to be or not"), 4);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3 }), [" not", " to", " be"]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or ", length: 3 }), ["not", " to", " be"]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3, stop: "ot t" }), [" n", ""]);
  assertEquals(await textsOf(model, vocabulary, { prefix: "or", length: 3, stop: "not" }), [" "]);
  assertEquals(await predict(model, vocabulary, "see  to be", 2), "see  to be or not");
  for (const prefix of ["", " ", "see"]) {
    await assertRejects(() => predict(model, vocabulary, prefix, 1), RangeError, "Cannot go on from");
  }
});
