/** A model whose logits are not finite says so, and draws nothing from them. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { generate, type GenerateOptions, predict, Vocabulary } from "../../mod.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const VOCABULARY = Vocabulary.fromText("床前明月光，疑是地上霜。");
const V = VOCABULARY.size;

const MANNERS: readonly Partial<GenerateOptions>[] = [
  { temperature: 0 },
  { temperature: 0, logProbabilities: true },
  { temperature: 1 },
  { topK: 3, topP: 0.5, top: 2 },
];

const sentence = (character: number): string =>
  `Cannot generate as the model's logits are not finite: row 0, character ${character}; ` +
  "its weights are damaged or far too large";

testEach("generate() and predict() refuse logits that are not finite", async (device) => {
  for (const cell of ["rnn", "lstm"] as const) {
    for (
      const [name, value] of [["dense.bias", NaN], ["dense.bias", Infinity], [
        "rnn.weight_hh_l0",
        NaN,
      ]] as const
    ) {
      using model = makeModel(device, { cell, vocabularySize: V });
      const dict = await model.stateDict();
      dict[name]!.data[2] = value;
      model.loadStateDict(dict);
      for (const options of MANNERS) {
        const error = await assertRejects(
          () => Array.fromAsync(generate(model, VOCABULARY, { prefix: "床前", length: 9, ...options })),
          RangeError,
        );
        assertEquals(error.message, sentence(1), name);
      }
      await assertRejects(() => predict(model, VOCABULARY, "床", 3), RangeError, sentence(1));
    }
  }
});

testEach("what was drawn before the logits were not finite comes out", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const [first] = await Array.fromAsync(
    generate(model, VOCABULARY, { prefix: "床", length: 1, temperature: 0 }),
  );
  const dict = await model.stateDict();
  dict["rnn.weight_ih_l0"]!.data[first!.id] = NaN; // the input of the second step
  model.loadStateDict(dict);
  const ids: number[] = [];
  await assertRejects(
    async () => {
      for await (const { id } of generate(model, VOCABULARY, { prefix: "床", length: 9, temperature: 0 })) {
        ids.push(id);
      }
    },
    RangeError,
    sentence(2),
  );
  assertEquals(ids, [first!.id]);
});
