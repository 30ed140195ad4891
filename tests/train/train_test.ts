/** Training runs, whole: what a seed decides, what is learnt, and what stops them. @module */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  consecutiveBatches,
  Corpus,
  crossEntropy,
  evaluate,
  openDevice,
  predict,
  randomBatches,
  type RNNModel,
  SGD,
  type State,
  Tensor,
  train,
  type TrainOptions,
} from "../../mod.ts";
import { compareCurves, lossCurve } from "../../src/verify/loss_curve.ts";
import { assertClose, assertWithin } from "../../src/verify/cases/assert_close.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel, reportsOf, timeless } from "../support/language_models.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

/** 24 characters and a last one to predict; 明, 月, 头 and the marks come more than once. */
const POEM = "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n";
/** V 13, 6 steps with the sizes of SMALL. */
const CORPUS = Corpus.fromText(POEM.slice(0, 13).repeat(3));
const SIZES = { batchSize: 3, numSteps: 2 };
const SMALL = { ...SIZES, learningRate: 1e-2, clipGradNorm: 1 };
const V = CORPUS.vocabulary.size;

/** The mean loss of batches, the state carried from one to the next, or zero at each. */
async function meanLoss(
  model: RNNModel,
  batches: Iterable<{ inputs: Uint32Array; targets: Uint32Array }>,
  { carry, state }: { carry: boolean; state?: State },
): Promise<{ loss: number; state: State | undefined }> {
  const { batchSize, numSteps } = SMALL;
  const losses: number[] = [];
  for (const { inputs, targets } of batches) {
    const [ids, y] = [inputs, targets].map((words) =>
      Tensor.from(model.device, words, [batchSize, numSteps])
    );
    const [logits, final] = model.forward(ids!, carry ? state : undefined);
    losses.push((await crossEntropy(logits, y!).data())[0]!);
    state = final;
  }
  return { loss: losses.reduce((a, b) => a + b) / losses.length, state };
}

for (const cell of KINDS) {
  testEach(
    `the same seed gives the same run, to the bit, and another seed another: ${cell}`,
    async (device) => {
      const runs: unknown[] = [];
      for (const seed of [1, 1, 2]) {
        using model = makeModel(device, { cell, vocabularySize: V, numLayers: 2, dropout: 0.3, seed });
        const options: TrainOptions = { ...SMALL, epochs: 3, sampling: "random", seed };
        runs.push([timeless(await reportsOf(model, CORPUS, options)), await model.stateDict()]);
      }
      assertEquals(runs[1], runs[0]);
      assertNotEquals(runs[2], runs[0]);
    },
  );

  testEach(`a short text is learnt by heart: ${cell}`, async (device) => {
    const corpus = Corpus.fromText(POEM);
    using model = makeModel(device, { cell, vocabularySize: corpus.vocabulary.size, hiddenSize: 24 });
    const options = { epochs: 120, batchSize: 1, numSteps: 8, learningRate: 2e-2, clipGradNorm: 1 };
    const reports = await reportsOf(model, corpus, { ...options, logEvery: 120 });
    assert(reports[0]!.perplexity < 1.05, `perplexity ${reports[0]!.perplexity}`);
    assertEquals(await predict(model, corpus.vocabulary, "床", 24), POEM);
    assertEquals(await predict(model, corpus.vocabulary, "床前明月光，疑", 6), "床前明月光，疑是地上霜。举");
  });
}

Deno.test({
  name: "one and two threads give the same run, to the bit [wasm]",
  ignore: !DEVICE_NAMES.includes("wasm"),
  fn: async () => {
    for (const cell of KINDS) {
      const runs: unknown[] = [];
      for (const threads of [1, 2]) {
        using device = await openDevice("wasm", { threads });
        using model = makeModel(device, {
          cell,
          vocabularySize: V,
          numLayers: 2,
          dropout: 0.3,
          hiddenSize: 67,
        });
        const reports = await reportsOf(model, CORPUS, { ...SMALL, epochs: 3 });
        runs.push([timeless(reports), await model.stateDict()]);
      }
      assertEquals(runs[1], runs[0]);
    }
  },
});

Deno.test({
  name: "ten epochs' losses agree on all devices",
  ignore: DEVICE_NAMES.length < 2,
  fn: async () => {
    for (const cell of KINDS) {
      const losses: number[][] = [];
      for (const name of DEVICE_NAMES) {
        using device = await openDevice(name);
        losses.push(await lossCurve(device, cell));
      }
      assert(losses[0]!.at(-1)! < losses[0]![0]! - 0.5, `${cell} learns: ${losses[0]}`);
      for (const other of losses.slice(1)) assertWithin(compareCurves(other, losses[0]!, cell));
    }
  },
});

testEach("the state starts at zero in each epoch, or is carried on with carryState", async (device) => {
  using model = makeModel(device, { cell: "lstm", vocabularySize: V });
  const batches = [...consecutiveBatches(CORPUS.ids, SIZES)];
  const still = { ...SMALL, learningRate: 0, epochs: 3 };
  const first = await meanLoss(model, batches, { carry: true });
  const second = await meanLoss(model, batches, { carry: true, state: first.state! });
  const third = await meanLoss(model, batches, { carry: true, state: second.state! });
  const close = { shape: [3], tolerance: NAIVE, what: "losses" };
  const losses = async (carryState: boolean): Promise<number[]> =>
    (await reportsOf(model, CORPUS, { ...still, carryState })).map(({ loss }) => loss);
  assertClose(await losses(false), [first.loss, first.loss, first.loss], close);
  assertClose(await losses(true), [first.loss, second.loss, third.loss], close);
  assert(Math.abs(second.loss - first.loss) > 1e-4);
});

testEach(
  "random sampling starts each batch from a zero state, in an order of the seed and the epoch",
  async (device) => {
    using model = makeModel(device, { vocabularySize: V });
    const options: TrainOptions = { ...SMALL, learningRate: 0, epochs: 2, sampling: "random", seed: 5 };
    const losses = (await reportsOf(model, CORPUS, options)).map(({ loss }) => loss);
    const expected: number[] = [];
    for (const epoch of [1, 2]) {
      const batches = randomBatches(CORPUS.ids, { ...SIZES, seed: 5, epoch });
      expected.push((await meanLoss(model, batches, { carry: false })).loss);
    }
    assertClose(losses, expected, { shape: [2], tolerance: NAIVE, what: "losses" });
  },
);

testEach("logEvery leaves out reports, never the last, and changes nothing else", async (device) => {
  const runs: unknown[][] = [];
  for (const logEvery of [1, 3, 99]) {
    using model = makeModel(device, { vocabularySize: V });
    const reports = await reportsOf(model, CORPUS, { ...SMALL, epochs: 7, logEvery });
    for (const { seconds, tokensPerSecond, loss, perplexity } of reports) {
      assert(seconds > 0 && tokensPerSecond > 0 && tokensPerSecond < Infinity);
      assertEquals(perplexity, Math.exp(loss));
    }
    runs.push(timeless(reports));
  }
  assertEquals(runs[1], [2, 5, 6].map((index) => runs[0]![index]));
  assertEquals(runs[2], runs[0]!.slice(6));
  const { epoch, steps, learningRate } = runs[2]![0] as Record<string, number>;
  assertEquals([epoch, steps, learningRate], [7, 42, 1e-2]);
});

testEach("an abort signal ends the training, between reports and within", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const before = await model.stateDict();
  const endless = { ...SMALL, epochs: 1e9 };
  const aborted = train(model, CORPUS, { ...endless, signal: AbortSignal.abort() });
  await assertRejects(() => aborted.next(), DOMException, "aborted");
  assertEquals(await model.stateDict(), before);

  const controller = new AbortController();
  const epochs: number[] = [];
  await assertRejects(
    async () => {
      for await (const { epoch } of train(model, CORPUS, { ...endless, signal: controller.signal })) {
        epochs.push(epoch);
        if (epoch === 2) controller.abort(new RangeError("enough"));
      }
    },
    RangeError,
    "enough",
  );
  assertEquals(epochs, [1, 2]);

  const silent = train(model, CORPUS, { ...endless, logEvery: 1e9, signal: AbortSignal.timeout(150) });
  await assertRejects(() => silent.next(), DOMException, "timeout");
  for (const { data } of Object.values(await model.stateDict())) assert(data.every(Number.isFinite));
  assertEquals((await reportsOf(model, CORPUS, { ...SMALL, epochs: 1 })).length, 1);
});

testEach("a corpus that is too small and counts that are none are refused before a step", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const before = await model.stateDict();
  const refusals: [options: Partial<TrainOptions>, message: string][] = [
    [
      { batchSize: 32, numSteps: 35 },
      "Cannot cut 39 characters into batches of 32 rows of 35 steps as at least 1,152 characters are needed: " +
      "batchSize 1 with numSteps 35 would fit",
    ],
    [{ epochs: 0 }, "Cannot train as epochs must be a whole number from 1 to 4294967295: current value is 0"],
    [
      { epochs: 1.5 },
      "Cannot train as epochs must be a whole number from 1 to 4294967295: current value is 1.5",
    ],
    [
      { logEvery: 0 },
      "Cannot train as logEvery must be epochs as 50, steps as 500steps, or a time as 30s, 2m or 1h: current value is 0",
    ],
    [
      { batchSize: 0 },
      "Cannot cut batches as batchSize must be a whole number from 1 to 4294967295: current value is 0",
    ],
    [
      { learningRate: -1 },
      "Cannot use Adam as learningRate must be a float32 number, at least 0: current value is -1",
    ],
    [
      { clipGradNorm: 0 },
      "Cannot train as clipGradNorm must be a float32 number, above 0: current value is 0",
    ],
  ];
  for (const [options, message] of refusals) {
    const error = await assertRejects(
      () => reportsOf(model, CORPUS, { epochs: 1, ...SMALL, ...options }),
      RangeError,
    );
    assertEquals(error.message, message);
  }
  assertEquals(await model.stateDict(), before);
});

testEach(
  "gradients that are not finite stop the training, the step named, the weights as before it",
  async (device) => {
    // The sixth character first comes in the third batch; its column of weights makes states without bound.
    const corpus = Corpus.fromText("abcdefabc");
    const options = { ...SMALL, batchSize: 1, epochs: 1 };
    const poisoned = async (model: RNNModel): Promise<void> => {
      const dict = await model.stateDict();
      const { shape, data } = dict["rnn.weight_ih_l0"]!;
      for (let row = 0; row < shape[0]!; row++) data[row * shape[1]! + 5] = 3e38;
      model.loadStateDict(dict);
    };
    const settings = { cell: "rnn", nonlinearity: "relu", vocabularySize: 6 } as const;
    using expected = makeModel(device, settings);
    await poisoned(expected);
    const [report] = await reportsOf(
      expected,
      Corpus.fromText("abcde", { vocabulary: corpus.vocabulary }),
      options,
    );
    using model = makeModel(device, settings);
    await poisoned(model);
    const error = await assertRejects(() => reportsOf(model, corpus, options), RangeError);
    assertEquals(
      error.message,
      `Cannot go on training as the gradients were not finite at step 3: the norm of the step before was ${
        report!.gradNorm
      }, and the weights are as they were then; a smaller learningRate or clipGradNorm may help`,
    );
    assertEquals(await model.stateDict(), await expected.stateDict());

    // With good weights the model can be trained again.
    using good = makeModel(device, settings);
    const before = await good.stateDict();
    model.loadStateDict(before);
    const [again] = await reportsOf(model, corpus, options);
    assert(Number.isFinite(again!.loss));
    assertNotEquals(await model.stateDict(), before);
  },
);

testEach("an optimizer that is given is used, and stays the caller's", async (device) => {
  using first = makeModel(device, { vocabularySize: V });
  using sgd = new SGD(first.parameters(), { learningRate: 0.5, momentum: 0.9 });
  const reports = [
    ...await reportsOf(first, CORPUS, { ...SMALL, epochs: 2, optimizer: sgd }),
    ...await reportsOf(first, CORPUS, { ...SMALL, epochs: 2, optimizer: sgd }),
  ];
  assertEquals([sgd.steps, reports[3]!.learningRate], [24, 0.5]);
  using second = makeModel(device, { vocabularySize: V });
  using other = new SGD(second.parameters(), { learningRate: 0.5, momentum: 0.9 });
  const whole = await reportsOf(second, CORPUS, { ...SMALL, epochs: 4, optimizer: other });
  assertEquals(reports.map(({ loss }) => loss), whole.map(({ loss }) => loss));
});

testEach("dropout draws other masks at each step, and none in evaluate()", async (device) => {
  const still = { ...SMALL, learningRate: 0, epochs: 3 };
  const losses: number[][] = [];
  for (const seed of [1, 1]) {
    using model = makeModel(device, { vocabularySize: V, numLayers: 2, dropout: 0.5, seed });
    using plain = makeModel(device, { vocabularySize: V, numLayers: 2, seed });
    losses.push((await reportsOf(model, CORPUS, still)).map(({ loss }) => loss));
    assertEquals(new Set(losses.at(-1)).size, 3);
    assertEquals(await evaluate(model, CORPUS), await evaluate(plain, CORPUS));
  }
  assertEquals(losses[1], losses[0]);
});

testEach("evaluate() in the midst of training leaves it untouched", async (device) => {
  const runs: unknown[] = [];
  const evaluations: number[] = [];
  for (const evaluating of [false, true]) {
    using model = makeModel(device, { cell: "lstm", vocabularySize: V, numLayers: 2, dropout: 0.2 });
    const reports = [];
    for await (const report of train(model, CORPUS, { ...SMALL, epochs: 4, carryState: true })) {
      reports.push(report);
      if (evaluating) evaluations.push((await evaluate(model, CORPUS)).loss);
    }
    runs.push([timeless(reports), await model.stateDict()]);
  }
  assertEquals(runs[1], runs[0]);
  assertEquals(new Set(evaluations).size, 4);
});

testEach("evaluate() gives the mean loss of one pass over the text", async (device) => {
  for (const cell of KINDS) {
    using model = makeModel(device, { cell, vocabularySize: V });
    const { ids, size } = CORPUS;
    const shape = [1, size - 1];
    const [logits] = model.forward(Tensor.from(device, ids.slice(0, -1), shape));
    const [loss] = await crossEntropy(logits, Tensor.from(device, ids.slice(1), shape)).data();
    const { characters, ...found } = await evaluate(model, CORPUS);
    assertEquals(characters, size - 1);
    const close = { shape: [3], tolerance: NAIVE, what: cell };
    assertClose(
      [found.loss, found.perplexity, found.bitsPerCharacter],
      [loss!, Math.exp(loss!), loss! / Math.LN2],
      close,
    );
  }
});
