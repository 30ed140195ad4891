/** The shortest line that may be drawn: its end is barred until then, and nothing else is. @module */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  Corpus,
  type Device,
  generate,
  type GenerateOptions,
  openDevice,
  type RNNModel,
  score,
} from "../../mod.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const LINES = Corpus.fromText("abc\nde\nf", { newlines: "lines" });
const { vocabulary } = LINES;

async function linesOf(
  model: RNNModel,
  options: GenerateOptions,
): Promise<{ texts: string[]; logProbability: number }> {
  const texts: string[] = [];
  let logProbability = 0;
  for await (const drawn of generate(model, vocabulary, options)) {
    texts[drawn.row] = (texts[drawn.row] ?? "") + drawn.text;
    if (drawn.row === 0) logProbability += drawn.logProbability ?? 0;
  }
  return { texts, logProbability };
}

/** By the steps of training, too, where a layer is projected. */
const modelsOf = (device: Device): RNNModel[] => [
  makeModel(device, { vocabularySize: vocabulary.size }),
  makeModel(device, { cell: "lstm", vocabularySize: vocabulary.size, projSize: 5 }),
];

testEach("no line ends before it has as many tokens, those of its prefix among them", async (device) => {
  for (const model of modelsOf(device)) {
    const options = { prefixes: ["", "ab", "abcdef"], count: 30, length: 40 };
    for (const minLength of [undefined, 0, 4, 9]) {
      const { texts } = await linesOf(model, {
        ...options,
        ...(minLength === undefined ? {} : { minLength }),
      });
      const lengths = texts.map((text, row) => text.length + options.prefixes[Math.floor(row / 30)]!.length);
      const least = minLength ?? 1;
      assert(lengths.every((length) => length >= least), `${minLength}: ${lengths}`);
      if (least > 0) assertEquals(Math.min(...lengths.slice(0, 30)), least); // of six tokens one is the end
    }
  }
});

testEach("what is barred changes no probability that is told", async (device) => {
  const [model] = modelsOf(device);
  const { texts, logProbability } = await linesOf(model!, {
    length: 4,
    minLength: 4,
    seed: 2,
    logProbabilities: true,
  });
  let sum = 0;
  const scores = score(model!, Corpus.fromText(texts[0]!, { vocabulary }));
  for await (const { token, logProbability: one = 0 } of scores) if (token !== "\n") sum += one;
  assertAlmostEquals(logProbability, sum, 1e-4);
});

Deno.test("a least length of running text is refused", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const running = Corpus.fromText("abc\nde\nf").vocabulary;
  const model = makeModel(device, { vocabularySize: running.size });
  const texts = generate(model, running, { prefix: "a", minLength: 2 });
  await assertRejects(
    () => texts.next(),
    RangeError,
    "Cannot generate with minLength 2 as the vocabulary is none",
  );
});

Deno.test("an unknown token of a prefix is counted from the beginning of the line", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const [model] = modelsOf(device);
  const texts = generate(model!, vocabulary, { prefix: "abQ" });
  await assertRejects(() => texts.next(), RangeError, 'its character "Q" (U+0051) at position 3 as');
});
