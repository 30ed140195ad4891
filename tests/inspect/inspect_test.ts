/** inspect(): units that were set by hand, that were trained, and that know nothing; correlations beside naive ones. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Corpus,
  type Device,
  evaluate,
  GRU,
  inspect,
  LSTM,
  openDevice,
  RNN,
  RNNModel,
  Tensor,
  train,
} from "../../mod.ts";
import { FeatureReader, featureRow, tableOf } from "../../src/inspect/feature_reader.ts";
import { FEATURES } from "../../src/inspect/features.ts";
import { Survey } from "../../src/inspect/survey.ts";
import { testEach } from "../support/test_each.ts";
import { assertFollows, corpusOf, plantedModel, shuffled, spokenText, steppedText, UNIT } from "./planted.ts";

const TEXT = spokenText(12_000, 3);

testEach("a unit that was set by hand to follow quotation marks is found first", async (device) => {
  const corpus = corpusOf(TEXT);
  using model = await plantedModel(device, corpus.vocabulary);
  const { units, features, tokens } = await inspect(model, corpus);
  const { layer, unit, feature, correlation, plain } = units[0]!;
  assertEquals([layer, unit, feature], [0, UNIT, "quotes"]);
  assert(correlation >= 0.99 && plain >= 0.99, `${correlation}, ${plain}`);
  assertEquals(tokens, corpus.size - 1);
  assertEquals(new Set(units.map(({ unit }) => unit)).size, units.length, "a unit comes once");
  const { best, mean } = features.find(({ name }) => name === "quotes")!;
  assertEquals([best!.unit, best!.feature], [UNIT, "quotes"]);
  assert(mean > 0.2 && mean < 0.6);
});

for (const kind of ["byte", "word"] as const) {
  testEach(`a unit that was set by hand is found among states behind ${kind}s`, async (device) => {
    const text = TEXT.replaceAll("wind", "wínd");
    const corpus = Corpus.fromText(text, { kind });
    using model = await plantedModel(device, corpus.vocabulary);
    const { units: [first] } = await inspect(model, corpus, { top: 1, excerpt: 50 });
    assertEquals([first!.unit, first!.feature], [UNIT, "quotes"]);
    assert(first!.correlation >= 0.99 && first!.plain >= 0.99, `${first!.correlation}, ${first!.plain}`);
    const { position, tokens } = first!.excerpt;
    const ids = corpus.ids.slice(position - 1, position + 49);
    assertEquals(tokens.join(""), corpus.vocabulary.decode(ids));
  });
}

testEach("its excerpt is the text, with its state behind each token", async (device) => {
  const corpus = corpusOf(TEXT);
  using model = await plantedModel(device, corpus.vocabulary);
  const { units: [first] } = await inspect(model, corpus, { top: 1, excerpt: 100 });
  const { position, tokens } = first!.excerpt;
  assertEquals(tokens.join(""), TEXT.slice(position - 1, position + 99));
  assertFollows(first!);
  assert(tokens.filter((token) => token === '"').length >= 3, "quotes are seen in it");
});

testEach("on a shuffled text no feature counts, and no unit is told, not even that one", async (device) => {
  const { vocabulary } = corpusOf(TEXT);
  using planted = await plantedModel(device, vocabulary);
  const V = vocabulary.size;
  using unknowing = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: 64, seed: 0 }), V);
  // A few lines as well: a state that drifts goes with the ends of few long lines by chance.
  for (const text of [TEXT, spokenText(3500, 1)]) {
    const corpus = corpusOf(shuffled(text, 5), vocabulary);
    for (const model of [planted, unknowing]) {
      const { units, features } = await inspect(model, corpus);
      assertEquals(units, []);
      const reasons = new Map(features.map(({ name, reason }) => [name, reason]));
      assertEquals(reasons.get("quotes"), "it tells nothing of the next character");
      assertEquals(reasons.get("line end"), "line position does not count");
    }
  }
});

Deno.test("in a shuffled text what is rare does not count for meeting another rare thing by chance", async () => {
  const text = `${spokenText(110, 2)}It cost 1,250 of (what?).\n`.repeat(60);
  for (let seed = 0; seed < 150; seed++) {
    const corpus = corpusOf(shuffled(text, seed));
    const survey = await Survey.of(corpus, { parts: 1, starts: new Set(), excerpt: 1, signal: undefined });
    assertEquals(
      survey.findings().flatMap(({ reason }, f) => reason ? [] : [FEATURES[f]!.name]),
      [],
      `${seed}`,
    );
  }
});

/** A layer of each kind, and how its model is made. */
const MODELS: [name: string, make: (device: Device, V: number) => RNNModel][] = [
  ["RNN", (device, V) => new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 7, seed: 0 }), V)],
  [
    "GRU of 2 layers behind an embedding, batch first",
    (device, V) =>
      new RNNModel(
        new GRU(device, { inputSize: 5, hiddenSize: 6, numLayers: 2, batchFirst: true, seed: 0 }),
        V,
        {
          embeddingSize: 5,
        },
      ),
  ],
  [
    "LSTM with a projection",
    (device, V) => new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: 7, projSize: 3, seed: 0 }), V),
  ],
];

/** Pearson's correlation. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    xy += (value - mx) * (y[i]! - my);
    xx += (value - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Values less the mean over all places with the same token. */
function withoutTokens(values: readonly number[], ids: readonly number[]): number[] {
  const groups = Map.groupBy(values.keys(), (at) => ids[at]!);
  const left = [...values];
  for (const places of groups.values()) {
    const mean = places.reduce((sum, at) => sum + values[at]!, 0) / places.length;
    for (const at of places) left[at]! -= mean;
  }
  return left;
}

for (const [name, make] of MODELS) {
  testEach(`correlations are those of all states at once: ${name}`, async (device) => {
    const corpus = corpusOf(spokenText(2500, 1));
    using model = make(device, corpus.vocabulary.size);
    const ids = [...corpus.ids].slice(0, -1);
    const reader = new FeatureReader(corpus, tableOf(corpus.vocabulary), { start: 0, end: corpus.size });
    const row = featureRow();
    const rows = ids.map(() => {
      reader.next(row);
      return [...row];
    });
    /** The states, step by step, by their names. */
    const states: Record<string, number[]> = {};
    const { hiddenSize, numLayers, projSize } = model.rnn.options;
    let state: Parameters<typeof model.forward>[1];
    for (const id of ids) {
      using tensor = Tensor.from(device, new Uint32Array([id]), [1, 1]);
      const [logits, next] = model.forward(tensor, state);
      logits[Symbol.dispose]();
      for (const old of [state ?? []].flat() as Tensor[]) old[Symbol.dispose]();
      state = next;
      for (const [which, part] of ([next].flat() as Tensor[]).entries()) {
        const size = which === 0 ? projSize || hiddenSize : hiddenSize;
        const data = await part.data();
        for (let at = 0; at < numLayers * size; at++) {
          const place = `${"hc"[which]}${Math.floor(at / size)} ${at % size}`;
          states[place] ??= [];
          states[place].push(data[at]!);
        }
      }
    }
    const { units, features } = await inspect(model, corpus, { top: 1000 });
    assertEquals(units.length, Object.keys(states).length);
    const counted = features.flatMap(({ reason }, f) => reason === undefined ? [f] : []);
    assert(counted.length >= 4, `${counted.length} features count`);
    let before = 1;
    for (const { layer, unit, state: which, feature, correlation, plain, mean } of units) {
      const own = states[`${which}${layer} ${unit}`]!;
      const left = withoutTokens(own, ids);
      const all = counted.map((f) => {
        const values = rows.map((one) => one[f]!);
        return { f, within: pearson(left, withoutTokens(values, ids)), plain: pearson(own, values) };
      });
      const [best] = all.sort((a, b) => Math.abs(b.within) - Math.abs(a.within));
      const place = `${which}${layer} ${unit}, ${feature}`;
      const wanted = all.find(({ f }) => FEATURES[f]!.name === feature)!;
      assert(Math.abs(correlation - wanted.within) < 1e-4, `${place}: ${correlation}, not ${wanted.within}`);
      assert(Math.abs(plain - wanted.plain) < 1e-4, `${place}: ${plain}, not ${wanted.plain}`);
      assert(Math.abs(Math.abs(best!.within) - Math.abs(correlation)) < 1e-4, `${place} is not its best`);
      assert(Math.abs(mean - own.reduce((sum, one) => sum + one, 0) / own.length) < 1e-5, place);
      assert(Math.abs(correlation) <= before + 1e-12, "the best come first");
      before = Math.abs(correlation);
    }
  });
}

Deno.test("a unit of a training on a text with quotation marks comes to follow them", async () => {
  using device = await openDevice("wasm", { deterministic: true });
  const [corpus, heldOut] = corpusOf(steppedText(24_000, 7)).split(0.25);
  const { vocabulary } = corpus;
  const mixed = corpusOf(shuffled(steppedText(12_000, 9), 1), vocabulary);
  const options = { epochs: 80, batchSize: 16, numSteps: 50, learningRate: 1e-2, clipGradNorm: 1, seed: 0 };
  for (const seed of [0, 1]) {
    const layer = new LSTM(device, { inputSize: vocabulary.size, hiddenSize: 12, forgetBias: 1, seed });
    using model = new RNNModel(layer, vocabulary.size);
    const before = await inspect(model, heldOut, { top: 1 });
    assert(Math.abs(before.units[0]!.correlation) < 0.7, JSON.stringify(before.units));
    for await (const _ of train(model, corpus, options));
    const { units: [first] } = await inspect(model, heldOut, { top: 1 });
    assertEquals(first!.feature, "quotes");
    assert(Math.abs(first!.correlation) >= 0.8 && Math.abs(first!.plain) >= 0.8, JSON.stringify(first));
    assertEquals((await inspect(model, mixed)).units, []);
  }
});

Deno.test("an inspection takes at most twice the time of an evaluation", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const corpus = corpusOf(spokenText(20_000, 2));
  const V = corpus.vocabulary.size;
  using model = new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: 128, seed: 0 }), V);
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const times = { inspect: Infinity, evaluate: Infinity };
  // The best of each, of as many rounds as a busy machine takes.
  for (let round = 0; round < 3 || (round < 30 && times.inspect >= 2 * times.evaluate); round++) {
    times.evaluate = Math.min(times.evaluate, await timed(() => evaluate(model, corpus)));
    times.inspect = Math.min(times.inspect, await timed(() => inspect(model, corpus)));
  }
  assert(times.inspect < 2 * times.evaluate, `${times.inspect} ms, and evaluate ${times.evaluate} ms`);
});

Deno.test("inspect() says what it cannot read", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const corpus = corpusOf(TEXT);
  const { vocabulary } = corpus;
  using model = await plantedModel(device, vocabulary);
  const refused = async (text: Corpus, sentence: string, options: object = {}): Promise<void> => {
    await assertRejects(() => inspect(model, text, options), RangeError, sentence);
  };
  await refused(
    corpusOf("a", vocabulary),
    "Cannot inspect the model on 1 character: at least 2 characters are needed",
  );
  await refused(corpus, "Cannot inspect the model as top must be a whole number", { top: 0 });
  await refused(corpus, "Cannot inspect the model as excerpt must be", { excerpt: 1.5 });
  await refused(corpusOf("sea", vocabulary), "Cannot inspect 3 characters with rows 9: each row must have", {
    rows: 9,
  });
  await assertRejects(
    () => inspect(model, corpusOf("xyz")),
    TypeError,
    "Cannot inspect the model on the text",
  );
  await assertRejects(() => inspect(model, "text" as unknown as Corpus), TypeError, "it must be a Corpus");
  const { units, features, tokens } = await inspect(model, corpusOf("the sea", vocabulary));
  assertEquals([units, tokens], [[], 6]);
  const reasons = new Set(features.map(({ reason }) => reason));
  assertEquals([...reasons].sort(), ["it comes 1 time, and 20 are needed", "it never comes"]);
  const dict = await model.stateDict();
  dict["rnn.weight_hh_l0"]!.data.fill(NaN);
  model.loadStateDict(dict);
  await refused(
    corpus,
    "Cannot inspect the model as its states are not finite: weights are not finite, or too large",
  );
});

Deno.test("an aborted inspection ends with the signal's reason, and leaves nothing on the device", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const corpus = corpusOf(TEXT);
  using model = await plantedModel(device, corpus.vocabulary);
  await inspect(model, corpus);
  const { used } = device.memory;
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 0);
  const { signal } = controller;
  await assertRejects(
    async () => {
      for (;;) await inspect(model, corpus, { signal });
    },
    Error,
    "enough",
  );
  assertEquals(device.memory.used, used);
});
