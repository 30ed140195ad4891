/** Dynamic evaluation: a loop by hand gives the same losses, the model stays as it is, and what is refused. @module */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  clipGradNorm,
  type Corpus,
  crossEntropy,
  type Device,
  evaluate,
  type EvaluateOptions,
  RNNModel,
  SGD,
  type State,
  Tape,
  Tensor,
} from "../../mod.ts";
import { inFlags } from "../../src/cli/wording.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { dictOf } from "../../src/verify/golden.ts";
import { CASES, corpusOf, type EvaluationCase, modelOf } from "../support/evaluations.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

/** Of the loss, in nats. */
const TOLERANCE = 1e-5;

/** The losses added up, segment by segment, by what the library gives to anybody. */
async function byHand(
  device: Device,
  given: EvaluationCase,
  text: Corpus,
  { learningRate, segment, clip }: { learningRate: number; segment: number; clip: number },
): Promise<number> {
  using model = modelOf(device, given);
  using sgd = new SGD(model.parameters(), { learningRate });
  const partLength = text.size / text.parts;
  let sum = 0;
  for (let part = 0; part < text.parts; part++) {
    const ids = text.ids.subarray(part * partLength, (part + 1) * partLength);
    let state: State | undefined;
    for (let from = 0; from < ids.length - 1; from += segment) {
      const to = Math.min(from + segment, ids.length - 1);
      const tensor = (words: Iterable<number>): Tensor<"u32"> =>
        Tensor.from(device, Uint32Array.from(words), [1, to - from]);
      const tape = new Tape(device);
      sgd.zeroGrad();
      const [logits, next] = model.forward(tensor(ids.subarray(from, to)), state, tape);
      const loss = crossEntropy(logits, tensor(ids.subarray(from + 1, to + 1)), tape);
      tape.backward(loss);
      sum += (await loss.data())[0]! * (to - from);
      state = next;
      if (to - from < segment) continue; // nothing comes behind it in its part
      clipGradNorm(model.parameters(), clip);
      sgd.step();
    }
  }
  return sum;
}

for (const given of CASES) {
  testEach(`evaluate() learns on the way as a loop by hand does: ${given.cell}`, async (device) => {
    using model = modelOf(device, given);
    const before = await model.stateDict();
    const whole = corpusOf(given, 400);
    const tries: [Corpus, number, number][] = [
      [corpusOf(given, 151), 1, 1e9], // 7 segments of 20 and one of 10, unclipped
      [corpusOf(given, 141), 2, 0.05],
      [whole.split(0.25, { rows: 4 })[1], 1, 0.5],
    ];
    for (const [text, learningRate, clip] of tries) {
      const wanted = await byHand(device, given, text, { learningRate, segment: 20, clip });
      const dynamic = { learningRate, segment: 20, clipGradNorm: clip };
      const { loss, characters } = await evaluate(model, text, { dynamic });
      assertAlmostEquals(loss, wanted / characters, TOLERANCE);
      const { loss: still } = await evaluate(model, text);
      assert(Math.abs(loss - still) > 10 * TOLERANCE, `${loss} as without learning`);
    }
    assertEquals(await model.stateDict(), before);
  });
}

testEach(
  "dynamic evaluation at a rate of nearly nothing is evaluation, and leaves nothing",
  async (device) => {
    const given = CASES[2]!;
    using model = modelOf(device, given);
    const text = corpusOf(given, 300);
    const { loss } = await evaluate(model, text);
    const before = usedBytes(device);
    const found = await evaluate(model, text, { dynamic: { learningRate: 1e-30, segment: 3 } });
    assertAlmostEquals(found.loss, loss, TOLERANCE);
    assert(usedBytes(device) <= before); // what was freed late before may be gone
    const how = "one stream from a zero state, a step of SGD at rate 1e-30 behind each 3 characters";
    assertEquals(found.measured, `${how}, 299 of 300 characters predicted`);
  },
);

testEach("dynamic evaluation knows no dropout", async (device) => {
  const given = CASES[1]!;
  const { cell, vocabularySize, hiddenSize, weights } = given;
  const layer = makeLayer(device, cell, { inputSize: vocabularySize, hiddenSize, seed: 0 });
  using dropping = new RNNModel(layer, vocabularySize, { dropout: 0.9 });
  dropping.loadStateDict(dictOf(weights));
  using model = modelOf(device, given);
  const text = corpusOf(given, 100);
  const [a, b] = await Promise.all([dropping, model].map((one) => evaluate(one, text, { dynamic: {} })));
  assertEquals(a, b);
});

const REFUSED: [options: EvaluateOptions, type: new () => Error, flags: string][] = [
  [
    { dynamic: {}, rows: 2 },
    RangeError,
    "Cannot evaluate with --rows 2 and --dynamic: it reads in one stream",
  ],
  [
    { dynamic: {}, windows: 9 },
    RangeError,
    "Cannot evaluate with --windows 9 and --dynamic: it reads in one stream",
  ],
  [
    { dynamic: { learningRate: 0 } },
    RangeError,
    "Cannot evaluate as learningRate must be a float32 number, above 0: current value is 0",
  ],
  [
    { dynamic: { learningRate: 3e38, clipGradNorm: 1e9 } },
    RangeError,
    "Cannot go on learning from the text with --learning-rate 3e+38 as step 1 was not finite: a smaller one may go on",
  ],
  [
    { dynamic: { segment: 100 } },
    RangeError,
    "Cannot evaluate with --dynamic and --segment 100 as nothing would be learnt: " +
    "the text has 99 characters to predict",
  ],
  [
    { dynamic: { rate: 1 } as object },
    TypeError,
    'Cannot evaluate dynamically with unknown option "rate": known are learningRate, segment, clipGradNorm',
  ],
];

testEach("dynamic evaluation refuses what has no meaning", async (device) => {
  const given = CASES[0]!;
  using model = modelOf(device, given);
  for (const [options, type, sentence] of REFUSED) {
    const error = await assertRejects(() => evaluate(model, corpusOf(given, 100), options), type);
    assertEquals(inFlags(error, "evaluate"), sentence);
  }
  for (const dynamic of [null, true, 0.1]) {
    const options = { dynamic } as unknown as EvaluateOptions;
    const sentence =
      `Cannot evaluate dynamically with options that are not an object: current value is ${dynamic}`;
    await assertRejects(() => evaluate(model, corpusOf(given, 100), options), TypeError, sentence);
  }
});
