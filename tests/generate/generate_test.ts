/** Generation against a model read step by step: what is drawn, what is said of it, and where it ends. @module */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  Corpus,
  generate,
  type Generated,
  type GenerateOptions,
  predict,
  type RNNModel,
  Tensor,
  type Vocabulary,
} from "../../mod.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const CORPUS = Corpus.fromText("床前明月光，疑是地上霜。举头望明月，低头思故乡。");
const VOCABULARY = CORPUS.vocabulary;
const V = VOCABULARY.size;

async function charactersOf(
  model: RNNModel,
  options: GenerateOptions,
  vocabulary: Vocabulary = VOCABULARY,
): Promise<Generated[]> {
  const characters: Generated[] = [];
  for await (const character of generate(model, vocabulary, options)) characters.push(character);
  return characters;
}

async function textOf(model: RNNModel, options: GenerateOptions): Promise<string> {
  return (await charactersOf(model, options)).map(({ text }) => text).join("");
}

/** Log probabilities (T, V) of what follows each character of a text, which is read at once. */
async function logProbabilities(model: RNNModel, text: string): Promise<number[][]> {
  const ids = VOCABULARY.encode(text);
  const [logits] = model.forward(Tensor.from(model.device, ids, [1, ids.length]));
  const data = await logits.data();
  return Array.from(ids, (_, t) => {
    const row = Array.from(data.subarray(t * V, (t + 1) * V));
    const largest = Math.max(...row);
    const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) + largest;
    return row.map((logit) => logit - total);
  });
}

for (const cell of KINDS) {
  testEach(
    `what is generated has the log probabilities of the text read at once: ${cell}`,
    async (device) => {
      using model = makeModel(device, { cell, vocabularySize: V, numLayers: 2, batchFirst: cell === "gru" });
      for (const prefix of ["床", "床前明月光"]) {
        for (
          const options of [{ temperature: 0 }, { seed: 3 }, { temperature: 2, topK: 7, topP: 0.9, seed: 4 }]
        ) {
          const characters = await charactersOf(model, {
            prefix,
            length: 35,
            logProbabilities: true,
            ...options,
          });
          assertEquals(characters.length, 35);
          const text = prefix + characters.map(({ text }) => text).join("");
          const rows = (await logProbabilities(model, text)).slice([...prefix].length - 1, -1);
          assertEquals(characters.map(({ id }) => VOCABULARY.tokens[id]), characters.map(({ text }) => text));
          const expected = characters.map(({ id }, t) => rows[t]![id]!);
          const close = { shape: [35], tolerance: NAIVE, what: JSON.stringify(options) };
          assertClose(characters.map(({ logProbability }) => logProbability!), expected, close);
          if (options.temperature === 0) {
            assertEquals(
              characters.map(({ id }, t) => Math.max(...rows[t]!) - rows[t]![id]! < 1e-6),
              Array(35).fill(true),
            );
          }
        }
      }
    },
  );
}

testEach("temperature 0, topK 1, a tiny topP and a tiny temperature are predict()", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const expected = await predict(model, VOCABULARY, "举头", 20);
  assert(expected.startsWith("举头") && [...expected].length === 22);
  for (
    const options of [{ temperature: 0 }, { topK: 1, temperature: 9 }, { topP: 1e-6 }, { temperature: 1e-6 }]
  ) {
    for (const seed of [1, 2]) {
      assertEquals("举头" + await textOf(model, { prefix: "举头", length: 20, ...options, seed }), expected);
    }
  }
});

testEach("of equal logits the lowest id is taken", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const dict = await model.stateDict();
  for (const { data } of Object.values(dict)) data.fill(0);
  model.loadStateDict(dict);
  assertEquals(await predict(model, VOCABULARY, "床", 3), "床" + VOCABULARY.tokens[0]!.repeat(3));
  assertEquals(await textOf(model, { prefix: "床", length: 3, topK: 1 }), VOCABULARY.tokens[0]!.repeat(3));
});

testEach("the same seed gives the same text, another another, in all its 53 bits", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const options = { prefix: "床", length: 40 };
  const texts = new Map<number, string>();
  for (const seed of [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]) {
    texts.set(seed, await textOf(model, { ...options, seed }));
    assertEquals(await textOf(model, { ...options, seed }), texts.get(seed));
  }
  assertEquals(await textOf(model, options), texts.get(0));
  assertEquals(new Set(texts.values()).size, 5);
  assert(new Set(texts.get(0)).size > 5, "a new model draws from all characters");
});

testEach("a shorter text is the beginning of a longer one", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const long = await textOf(model, { prefix: "床", length: 40, seed: 1 });
  for (const length of [0, 1, 15, 16, 17, 33]) {
    assertEquals(await textOf(model, { prefix: "床", length, seed: 1 }), [...long].slice(0, length).join(""));
  }
});

testEach("several prefixes give what each gives alone, row by row", async (device) => {
  for (const cell of KINDS) {
    using model = makeModel(device, { cell, vocabularySize: V, numLayers: 2 });
    const prefixes = ["床", "举头望明月", "低头"];
    const characters = await charactersOf(model, { prefixes, length: 20, temperature: 0 });
    assertEquals(characters.slice(0, 6).map(({ row }) => row), [0, 1, 2, 0, 1, 2]);
    for (const [row, prefix] of prefixes.entries()) {
      const own = characters.filter((character) => character.row === row);
      assertEquals(own.length, 20);
      assertEquals(
        prefix + own.map(({ text }) => text).join(""),
        await predict(model, VOCABULARY, prefix, 20),
      );
    }
    // The first row draws what a single one draws; the others have numbers of their own.
    const drawn = await charactersOf(model, { prefixes: ["床", "床"], length: 20, seed: 5 });
    const texts = [0, 1].map((row) =>
      drawn.filter((one) => one.row === row).map(({ text }) => text).join("")
    );
    assertEquals(texts[0], await textOf(model, { prefix: "床", length: 20, seed: 5 }));
    assertNotEquals(texts[1], texts[0]);
  }
});

testEach("top lists the likeliest characters, best first", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  await reportsOf(model, CORPUS, { epochs: 5, batchSize: 1, numSteps: 8, learningRate: 1e-2 });
  const prefixes = ["床", "举头"];
  const options = { prefixes, length: 5, seed: 2, logProbabilities: true };
  const plain = await charactersOf(model, options);
  const listed = await charactersOf(model, { ...options, top: 3 });
  assertEquals(listed.map(({ top: _, ...rest }) => rest), plain);
  assertEquals(plain.some((one) => "top" in one), false);
  for (const { top, row, id, logProbability } of await charactersOf(model, { ...options, top: 99 })) {
    assertEquals(top!.length, V);
    assertEquals(
      top!.map((one) => one.logProbability).sort((a, b) => b - a),
      top!.map((one) => one.logProbability),
    );
    assertAlmostEquals(top!.reduce((sum, one) => sum + Math.exp(one.logProbability), 0), 1, 1e-5);
    const own = top!.find(({ text }) => text === VOCABULARY.tokens[id])!;
    assertAlmostEquals(own.logProbability, logProbability!, 1e-5, `row ${row}`);
  }
  for (
    const { text, top } of await charactersOf(model, { prefix: "床", length: 5, temperature: 0, top: 2 })
  ) {
    assertEquals(top![0]!.text, text);
    assertEquals(top!.length, 2);
  }
});

testEach("generation can be left, aborted, and done again, and changes no weight", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const before = await model.stateDict();
  const options = { prefix: "床前", length: 40, seed: 1 };
  const expected = await textOf(model, options);
  for await (const { text } of generate(model, VOCABULARY, options)) {
    assert(expected.startsWith(text));
    break;
  }
  const controller = new AbortController();
  let count = 0;
  await assertRejects(
    async () => {
      for await (
        const _ of generate(model, VOCABULARY, { ...options, length: 1e9, signal: controller.signal })
      ) {
        if (++count === 5) controller.abort();
      }
    },
    DOMException,
    "aborted",
  );
  assert(count < 100);
  assertEquals(await textOf(model, options), expected);
  assertEquals(await model.stateDict(), before);
});

testEach("generate() and predict() refuse what they cannot go on from", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const empty = "Cannot go on from an empty prefix: it must have at least one character of the vocabulary";
  const unknown = (prefix: string): string =>
    `Cannot go on from prefix "${prefix}" with its character "龘" (U+9F98) at position 3 as the vocabulary does not ` +
    'have it: unknown "skip" leaves it out';
  const must = (name: string, range: string, value: number): string =>
    `Cannot generate as ${name} must be ${range}: current value is ${value}`;
  const refusals: [options: GenerateOptions, message: string][] = [
    [{}, empty],
    [{ prefix: "" }, empty],
    [{ prefixes: [] }, empty],
    [{ prefixes: ["床", ""] }, empty],
    [{ prefix: "床前龘" }, unknown("床前龘")],
    [{ prefixes: ["床", "明月龘"] }, unknown("明月龘")],
    [{ prefix: "床", length: -1 }, must("length", "a whole number from 0 to 4294967295", -1)],
    [{ prefix: "床", length: 0.5 }, must("length", "a whole number from 0 to 4294967295", 0.5)],
    [{ prefix: "床", temperature: -1 }, must("temperature", "a float32 number, at least 0", -1)],
    [{ prefix: "床", temperature: NaN }, must("temperature", "a float32 number, at least 0", NaN)],
    [{ prefix: "床", topK: -1 }, must("topK", "a whole number from 0 to 4294967295", -1)],
    [{ prefix: "床", topP: 0 }, must("topP", "a float32 number, above 0 and at most 1", 0)],
    [{ prefix: "床", topP: 1.1 }, must("topP", "a float32 number, above 0 and at most 1", 1.1)],
    [{ prefix: "床", top: 1.5 }, must("top", "a whole number from 0 to 4294967295", 1.5)],
    [{ prefix: "床", count: 0 }, must("count", "a whole number from 1 to 4294967295", 0)],
    [{ prefix: "床", firstRow: -1 }, must("firstRow", "a whole number from 0 to 4294967295", -1)],
    [{ prefix: "床", seed: -1 }, must("seed", "a whole number from 0 to 9007199254740991", -1)],
  ];
  for (const [options, message] of refusals) {
    const error = await assertRejects(() => charactersOf(model, options), RangeError);
    assertEquals(error.message, message);
  }
  await assertRejects(() => predict(model, VOCABULARY, "", 3), RangeError, empty);
  const other = Corpus.fromText("abc").vocabulary;
  await assertRejects(
    () => charactersOf(model, { prefix: "a" }, other),
    TypeError,
    `Cannot generate as the model's vocabulary has ${V} characters: the one that was given has 3`,
  );
});
