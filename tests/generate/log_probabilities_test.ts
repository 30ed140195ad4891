/** Log probabilities come where they are asked for, and change no text. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { generate, type Generated, type GenerateOptions, Vocabulary } from "../../mod.ts";
import { Batcher } from "../../src/serve/batcher.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const VOCABULARY = Vocabulary.fromText("床前明月光，疑是地上霜。");
const V = VOCABULARY.size;

testEach("a character has its log probability where that is asked for", async (device) => {
  for (const layer of [{}, { projSize: 5 }]) { // by one run, and by steps
    using model = makeModel(device, { cell: "lstm", vocabularySize: V, ...layer });
    for (const manner of [{ temperature: 0 }, { seed: 3 }, { topK: 5, topP: 0.8, seed: 2 }]) {
      const of = (own: GenerateOptions): Promise<Generated[]> =>
        Array.fromAsync(generate(model, VOCABULARY, { prefix: "床前", length: 12, ...manner, ...own }));
      const [plain, asked] = [await of({}), await of({ logProbabilities: true })];
      assertEquals(asked.map(({ logProbability: _, ...rest }) => rest), plain);
      assertEquals(asked.every(({ logProbability = 1 }) => logProbability <= 0), true);
      assertEquals(plain.some((one) => "logProbability" in one), false);
    }
  }
});

testEach("who asks for log probabilities has the same beside one who does not", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const prefix = VOCABULARY.encode("床前");
  const texts = async (asked: readonly boolean[]): Promise<Generated[][]> => {
    using batcher = new Batcher(model, VOCABULARY, { rows: 2 });
    const one = (logProbabilities: boolean, stream: number): Promise<Generated[]> =>
      Array.fromAsync(batcher.ask({ prefix, length: 9, seed: 1, stream, logProbabilities }));
    return await Promise.all(asked.map(one));
  };
  const [both, first] = [await texts([true, true]), await texts([true, false])];
  assertEquals(first[0], both[0]);
  assertEquals(first[1], both[1]!.map(({ logProbability: _, ...rest }) => rest));
});

testEach("whether log probabilities are asked for is true or false", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const options = { prefix: "床", logProbabilities: "yes" as unknown as boolean };
  await assertRejects(
    () => Array.fromAsync(generate(model, VOCABULARY, options)),
    TypeError,
    'Cannot generate as logProbabilities must be true or false: current value is "yes"',
  );
});
