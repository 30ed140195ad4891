/** evaluate(): PyTorch's losses of a text, every way to read it, and what is refused. @module */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  type Corpus,
  type Device,
  evaluate,
  type EvaluateOptions,
  type RNNModel,
  score,
  train,
} from "../../mod.ts";
import { inFlags } from "../../src/cli/wording.ts";
import { makeModel } from "../support/language_models.ts";
import { CASES, corpusOf, type EvaluationCase, modelOf } from "../support/evaluations.ts";
import { testEach } from "../support/test_each.ts";

/** Of the loss, in nats. */
const TOLERANCE = 1e-5;

for (const given of CASES) {
  testEach(`evaluate() gives PyTorch's losses, whatever the length: ${given.cell}`, async (device) => {
    using model = modelOf(device, given);
    for (const { size, stream, rows, windows } of given.texts) {
      const text = corpusOf(given, size);
      const same = async (options: EvaluateOptions, wanted: number): Promise<void> => {
        const { loss, characters } = await evaluate(model, text, options);
        const what = `${size} tokens, ${JSON.stringify(options)}`;
        assert(Math.abs(loss - wanted) < TOLERANCE, `${what}: ${loss}, not ${wanted}`);
        assertEquals(characters, size - 1, what);
      };
      await same({}, stream);
      await same({ rows: 1 }, stream);
      for (const [count, loss] of Object.entries(rows)) await same({ rows: Number(count) }, loss);
      for (const [count, loss] of Object.entries(windows)) await same({ windows: Number(count) }, loss);
    }
  });
}

/** A text that is long enough for a validation in two rows, and one that is one token too short. */
const LONG = 1025;

testEach(
  "a validation's loss depends on the text alone: one stream, or rows where it is long",
  async (device) => {
    const given = CASES[1]!;
    const corpus = corpusOf(given);
    const validated = async (validation: Corpus, batch: object): Promise<number> => {
      using model = modelOf(device, given);
      const options = { epochs: 1, learningRate: 1e-30, validation, ...batch };
      for await (const { validationLoss } of train(model, corpus, options)) return validationLoss!;
      throw new Error("no report");
    };
    using model = modelOf(device, given);
    for (const [size, options] of [[2, {}], [LONG - 1, {}], [LONG, { rows: 2 }]] as const) {
      const text = repeated(given, size);
      const { loss } = await evaluate(model, text, options);
      assertEquals(await validated(text, { batchSize: 32, numSteps: 35 }), loss);
      assertEquals(await validated(text, { batchSize: 3, numSteps: 7, sampling: "random" }), loss);
    }
  },
);

testEach("the parts of a text are read each by itself, in training as in evaluate()", async (device) => {
  const given = CASES[1]!;
  using model = modelOf(device, given);
  const whole = repeated(given, 1500);
  const [training, heldOut] = whole.split(0.2, { rows: 75 }); // 4 tokens of each 20: more parts than are read at once
  const { loss, characters, measured } = await evaluate(model, heldOut);
  assertEquals(measured, "75 parts side by side, each from a zero state, 225 of 300 characters predicted");
  let sum = 0;
  for (let part = 0; part < 75; part++) {
    const text = corpusOf({ ids: [...heldOut.ids.subarray(4 * part, 4 * part + 4)] });
    sum += 3 * (await evaluate(model, text)).loss;
  }
  assertEquals(characters, 225);
  assert(Math.abs(loss - sum / 225) < TOLERANCE, `${loss}, not ${sum / 225}`);
  const options = { epochs: 1, learningRate: 1e-30, batchSize: 3, numSteps: 7, validation: heldOut };
  using trained = modelOf(device, given);
  for await (const { validationLoss } of train(trained, training, options)) {
    assertEquals(validationLoss, loss);
  }
});

testEach("evaluate() says how it has measured", async (device) => {
  const given = CASES[0]!;
  using model = modelOf(device, given);
  const text = corpusOf(given, 1001);
  const measured = async (options?: EvaluateOptions): Promise<string> =>
    (await evaluate(model, text, options)).measured;
  const predicted = "1,000 of 1,001 characters predicted";
  assertEquals(await measured(), `one stream from a zero state, ${predicted}`);
  assertEquals(
    await measured({ rows: 3 }),
    `3 rows side by side from zero states, each warmed by the 256 characters before it, ${predicted}`,
  );
  assertEquals(
    await measured({ windows: 1 }),
    `windows of 1 character, each from a zero state, ${predicted}`,
  );
});

testEach("weights that are not finite are an error, not a perplexity", async (device) => {
  const given = CASES[2]!;
  for (const value of [NaN, Infinity]) {
    using model = modelOf(device, given);
    const dict = await model.stateDict();
    dict["rnn.weight_hh_l0"]!.data[3] = value;
    model.loadStateDict(dict);
    await assertRejects(
      () => evaluate(model, corpusOf(given, 36)),
      RangeError,
      "Cannot evaluate the text as the model's loss is NaN: weights are not finite, or too large for float32",
    );
  }
});

const REFUSED: [options: EvaluateOptions, type: new () => Error, sentence: string, flags?: string][] = [
  [{ rows: 0 }, RangeError, "Cannot evaluate as rows must be a whole number from 1 to 4294967295"],
  [{ windows: 1.5 }, RangeError, "Cannot evaluate as windows must be a whole number from 1 to 4294967295"],
  [
    { rows: 36 },
    RangeError,
    "Cannot evaluate 36 characters with rows 36: each row must have a character to predict, and there are 35",
    "Cannot evaluate 36 characters with --rows 36: each row must have a character to predict, and there are 35",
  ],
  [
    { rows: 2, windows: 3 },
    RangeError,
    "Cannot evaluate with rows 2 and windows 3: windows are read side by side anyway",
    "Cannot evaluate with --rows 2 and --windows 3: windows are read side by side anyway",
  ],
  ...["batchSize", "numSteps"].map((name): [EvaluateOptions, new () => Error, string] => [
    { [name]: 1 } as object,
    TypeError,
    `Cannot evaluate with ${name} as a text is read in one stream: "rows" reads parts side by side, ` +
    `"windows" resets the state`,
  ]),
];

testEach("evaluate() refuses what has no meaning", async (device) => {
  const given = CASES[0]!;
  using model = modelOf(device, given);
  const text = corpusOf(given, 36);
  for (const [options, type, sentence, flags] of REFUSED) {
    const error = await assertRejects(() => evaluate(model, text, options), type, sentence);
    if (flags) assertEquals(inFlags(error, "evaluate"), flags);
  }
  await assertRejects(
    () => evaluate(model, corpusOf(given, 1)),
    RangeError,
    "Cannot evaluate on 1 character: at least 2 characters are needed",
  );
  const [, parts] = text.split(0.5, { rows: 3 });
  const reason = "as the text has 3 parts: they are read side by side anyway";
  await assertRejects(() => evaluate(model, parts, { rows: 2 }), RangeError, `with rows 2 ${reason}`);
  const [, short] = text.split(0.1, { rows: 9 });
  const least = "Cannot evaluate on 9 characters in 9 parts: at least 18 characters are needed";
  await assertRejects(() => evaluate(model, short), RangeError, least);
  const noCorpus = "the text as it must be a Corpus: Corpus.fromText(text, { vocabulary }) makes one";
  const string = "分开" as unknown as Corpus;
  await assertRejects(() => evaluate(model, string), TypeError, `Cannot evaluate on ${noCorpus}`);
  await assertRejects(() => score(model, string).next(), TypeError, `Cannot score ${noCorpus}`);
  const nothing = null as unknown as typeof model;
  const noModel = "text as the model must be an RNNModel: current type is null";
  for (const options of [{}, { dynamic: {} }]) {
    const sentence = `Cannot evaluate on the ${noModel}`;
    await assertRejects(() => evaluate(nothing, text, options), TypeError, sentence);
  }
  await assertRejects(() => score(nothing, text).next(), TypeError, `Cannot score the ${noModel}`);
  const layer = model.rnn as unknown as typeof model;
  await assertRejects(() => evaluate(layer, text), TypeError, "must be an RNNModel: current type is ");
  await assertRejects(
    () => evaluate(model, text, null as unknown as EvaluateOptions),
    TypeError,
    "Cannot evaluate with options that are not an object: current value is null",
  );
  const options = { epochs: 1, batchSize: 2, numSteps: 5, validation: string };
  await assertRejects(() => train(model, string, options).next(), TypeError, `Cannot train on ${noCorpus}`);
  await assertRejects(() => train(model, text, options).next(), TypeError, `Cannot validate on ${noCorpus}`);
});

testEach("how many tokens a run takes changes no loss", async (device) => {
  const losses = await Promise.all([undefined, 600].map((mostWords) => lossOn(device, mostWords)));
  assert(Math.abs(losses[0]! - losses[1]!) < 1e-6, `${losses}`);
  assertNotEquals(losses[0], 0);
});

/** The loss of a model on a device that gives no more than so many words at once. */
async function lossOn(device: Device, mostWords: number | undefined): Promise<number> {
  const given: EvaluationCase = CASES[2]!;
  const small = new Proxy(device, {
    get: (target, name) => {
      if (name === "mostWords") return mostWords;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  using model: RNNModel = makeModel(device, { cell: "lstm", vocabularySize: 11, hiddenSize: 7 });
  Object.defineProperty(model, "device", { value: small });
  return (await evaluate(model, corpusOf(given), { rows: 3 })).loss;
}

function repeated({ ids }: EvaluationCase, size: number): Corpus {
  return corpusOf({ ids: Array.from({ length: size }, (_, index) => ids[index % ids.length]!) });
}
