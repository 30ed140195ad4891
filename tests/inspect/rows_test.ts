/** inspect(): texts that are read in rows side by side, and texts of several parts. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DeviceError, GRU, inspect, LSTM, openDevice, RNNModel } from "../../mod.ts";
import { placeOf } from "../../src/inspect/features.ts";
import { Survey } from "../../src/inspect/survey.ts";
import { testEach } from "../support/test_each.ts";
import { assertFollows, corpusOf, plantedModel, spokenText, UNIT } from "./planted.ts";

const TEXT = spokenText(12_000, 3);

testEach(
  "rows side by side give what one stream gives, of a model that forgets within 256 tokens",
  async (device) => {
    const corpus = corpusOf(TEXT);
    const V = corpus.vocabulary.size;
    using model = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: 9, seed: 0 }), V);
    const matches = async (rows: number): Promise<Map<number, number>> => {
      const { units, tokens } = await inspect(model, corpus, { rows });
      assertEquals(tokens, corpus.size - 1);
      return new Map(units.map(({ unit, correlation }) => [unit, correlation]));
    };
    const [one, five] = [await matches(1), await matches(5)];
    assertEquals(one.size, 9);
    for (const [unit, r] of one) {
      assert(
        Math.abs(r - five.get(unit)!) < 1e-4,
        `unit ${unit}: ${five.get(unit)}, not ${r}`,
      );
    }
  },
);

testEach("parts of a text are texts of their own", async (device) => {
  const line = 'no one "will go" to the sea.\n'; // each part begins with one, outside of quotation marks
  const [, ends] = corpusOf(line.repeat(300)).split(0.5, { rows: 3 });
  using model = await plantedModel(device, ends.vocabulary);
  const { units, measured, tokens } = await inspect(model, ends);
  assertEquals([units[0]!.unit, units[0]!.feature], [UNIT, "quotes"]);
  assertEquals(tokens, ends.size - 3);
  assertEquals(measured.startsWith("3 parts side by side, each from a zero state, "), true, measured);
  const { units: [first] } = await inspect(model, ends, { top: 1, excerpt: 4000 });
  const { position, tokens: shown } = first!.excerpt;
  assertEquals([position, shown.length], [1, ends.size / 3 - 1], "all that is read of a part");
  assertFollows(first!);
  await assertRejects(
    () => inspect(model, ends, { rows: 2 }),
    RangeError,
    "with rows 2 as the text has 3 parts",
  );
});

Deno.test("no stretch goes from one part of a text into the next", async () => {
  // The end of a part and the beginning of the next one would have two quotations.
  const corpus = corpusOf(`"a" b\n${"c d\n".repeat(9)}e "f"\n`.repeat(3));
  const survey = await Survey.of(corpus, { parts: 3, starts: new Set(), excerpt: 12, signal: undefined });
  assertEquals(survey.findings()[placeOf("quotes")]!.excerpt, 0);
});

Deno.test("rows that a device has no room for are refused, and those that are named fit", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const corpus = corpusOf(TEXT);
  const V = corpus.vocabulary.size;
  using model = new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: 64, seed: 0 }), V);
  const error = await assertRejects(() => inspect(model, corpus, { rows: 9000 }), DeviceError);
  const [, rows] = /^Cannot read a text with rows 9,?000: .*: try rows (\d+)$/.exec(error.message)!;
  const { tokens } = await inspect(model, corpus, { rows: Number(rows) });
  assertEquals(tokens, corpus.size - 1);
});
