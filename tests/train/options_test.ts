/** Schedules, validation and signs of life of a training run, and every combination of what it can be told. @module */
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import {
  Adam,
  AdamW,
  Corpus,
  type Device,
  evaluate,
  generate,
  type Optimizer,
  RMSprop,
  type RNNModel,
  Schedule,
  SGD,
  train,
  type TrainOptions,
  type TrainProgress,
  type TrainSchedule,
} from "../../mod.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel, reportsOf, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

/** V 13, 6 steps with the sizes of SMALL; another text of the same characters, in another order. */
const CORPUS = Corpus.fromText("床前明月光，疑是地上霜。举".repeat(3));
const OTHER = Corpus.fromText("举霜上地是疑，光月明前床。", { vocabulary: CORPUS.vocabulary });
const SMALL = { batchSize: 3, numSteps: 2, learningRate: 1e-2, clipGradNorm: 1 };
const V = CORPUS.vocabulary.size;

const OPTIMIZERS: Record<string, (model: RNNModel, learningRate: number) => Optimizer> = {
  adam: (model, learningRate) => new Adam(model.parameters(), { learningRate }),
  adamw: (model, learningRate) => new AdamW(model.parameters(), { learningRate }),
  sgd: (model, learningRate) => new SGD(model.parameters(), { learningRate, momentum: 0.9, nesterov: true }),
  rmsprop: (model, learningRate) => new RMSprop(model.parameters(), { learningRate, momentum: 0.5 }),
};

const SCHEDULES: readonly TrainSchedule[] = [
  { kind: "constant", warmup: 8 },
  { kind: "step", stepSize: 2, gamma: 0.5 },
  { kind: "exponential", gamma: 0.8, warmup: 1, warmupStart: 0.25 },
  { kind: "cosine", maxSteps: 5, minRate: 1e-4 },
  { kind: "plateau", patience: 0, factor: 0.5 },
];

/** Reports and weights of a run of a model of its own, to be compared bit by bit. */
async function runOf(
  device: Device,
  options: TrainOptions,
  { optimizer = "adam", dropout = 0 }: { optimizer?: string; dropout?: number } = {},
): Promise<{ reports: Awaited<ReturnType<typeof reportsOf>>; weights: unknown }> {
  using model = makeModel(device, { cell: "lstm", vocabularySize: V, numLayers: 2, dropout });
  using made = OPTIMIZERS[optimizer]!(model, options.learningRate ?? 1e-2);
  const reports = await reportsOf(model, CORPUS, { ...options, optimizer: made });
  return { reports, weights: await model.stateDict() };
}

for (const optimizer of Object.keys(OPTIMIZERS)) {
  testEach(`a schedule gives each epoch its rate: ${optimizer}`, async (device) => {
    const schedule: TrainSchedule = { kind: "step", stepSize: 1, gamma: 0.5, warmup: 1, warmupStart: 0.25 };
    const run = await runOf(device, { ...SMALL, epochs: 4, schedule }, { optimizer });
    // The same by hand: a run an epoch, the rate set between them.
    using model = makeModel(device, { cell: "lstm", vocabularySize: V, numLayers: 2 });
    using made = OPTIMIZERS[optimizer]!(model, 1);
    const rates = [2.5e-3, 1e-2, 5e-3, 2.5e-3];
    for (const rate of rates) {
      made.learningRate = rate;
      await reportsOf(model, CORPUS, { ...SMALL, epochs: 1, optimizer: made });
    }
    assertEquals(run.reports.map(({ learningRate }) => learningRate), rates);
    assertEquals(run.weights, await model.stateDict());
  });
}

testEach("every schedule is Schedule's own, from epoch to epoch and from step to step", async (device) => {
  for (const options of SCHEDULES) {
    for (const unit of ["epoch", "step"] as const) {
      if (options.kind === "plateau" && unit === "step") continue;
      const { reports } = await runOf(device, { ...SMALL, epochs: 6, schedule: { ...options, unit } });
      const schedule = new Schedule(1e-2, options);
      const rates: number[] = [];
      for (const { loss } of reports) {
        if (unit === "epoch") {
          rates.push(schedule.rate);
          schedule.next(loss);
        } else {
          for (let step = 1; step < 6; step++) schedule.next();
          rates.push(schedule.rate); // of the epoch's sixth step
          schedule.next();
        }
      }
      assertEquals(reports.map(({ learningRate }) => learningRate), rates, `${options.kind} by ${unit}`);
      if (options.kind !== "plateau") assert(new Set(rates).size > 1, `${options.kind}: ${rates}`);
    }
  }
});

testEach(
  "plateau watches the validation, else the epochs' losses, however few are reported",
  async (device) => {
    const schedule: TrainSchedule = { kind: "plateau", patience: 0, factor: 0.5, threshold: 0.02 };
    const options = { ...SMALL, epochs: 8, schedule };
    const runs: number[][] = [];
    for (const validation of [undefined, OTHER]) {
      const given = validation ? { ...options, validation } : options;
      const { reports, weights } = await runOf(device, given);
      const expected = new Schedule(1e-2, schedule);
      const rates = reports.map(({ loss, validationLoss }) => {
        const { rate } = expected;
        expected.next(validationLoss ?? loss);
        return rate;
      });
      assertEquals(reports.map(({ learningRate }) => learningRate), rates);
      runs.push(rates);
      const seldom = await runOf(device, { ...given, logEvery: 5 });
      assertEquals(timeless(seldom.reports), [4, 7].map((index) => timeless(reports)[index]));
      assertEquals(seldom.weights, weights);
    }
    assert(runs[1]!.at(-1)! < runs[0]!.at(-1)!, `the other text is not learnt: ${JSON.stringify(runs)}`);
  },
);

for (const optimizer of Object.keys(OPTIMIZERS)) {
  testEach(`validation leaves the training untouched, to the bit: ${optimizer}`, async (device) => {
    const options: TrainOptions = { ...SMALL, epochs: 4, carryState: true };
    const plain = await runOf(device, options, { optimizer, dropout: 0.3 });
    const watched = await runOf(device, { ...options, validation: OTHER }, { optimizer, dropout: 0.3 });
    assertEquals(watched.weights, plain.weights);
    const losses = watched.reports.map(({ validationLoss }) => validationLoss!);
    assertEquals(
      timeless(watched.reports),
      timeless(plain.reports).map((report, index) => ({
        ...report as object,
        validationLoss: losses[index],
        validationPerplexity: Math.exp(losses[index]!),
      })),
    );
    assertEquals(new Set(losses).size, 4);
  });
}

testEach("the validation loss is that of evaluate()", async (device) => {
  for (const size of [13, 8, 2]) {
    using model = makeModel(device, { vocabularySize: V });
    const [, validation] = CORPUS.split(size / CORPUS.size);
    assertEquals(validation.size, size);
    for await (const { validationLoss } of train(model, CORPUS, { ...SMALL, epochs: 3, validation })) {
      assertEquals(validationLoss, (await evaluate(model, validation)).loss);
    }
  }
});

testEach("a run records its step and its validation, once", async (device) => {
  let records = 0;
  const record = device.record;
  device.record = (body) => {
    records++;
    return record.call(device, body);
  };
  try {
    const schedule: TrainSchedule = { kind: "exponential", gamma: 0.9, unit: "step" };
    await runOf(device, { ...SMALL, epochs: 3, schedule, validation: OTHER });
  } finally {
    delete (device as Partial<Device>).record;
  }
  assertEquals(records, 2);
});

testEach("onStep tells of every step, between reports too", async (device) => {
  const seen: TrainProgress[] = [];
  using model = makeModel(device, { vocabularySize: V });
  const onStep = (progress: TrainProgress): void => void seen.push(progress);
  await reportsOf(model, CORPUS, { ...SMALL, epochs: 3, logEvery: 3, onStep });
  const place = (
    { epoch, epochs, step, stepsPerEpoch }: TrainProgress,
  ): number[] => [epoch, epochs, step, stepsPerEpoch];
  assertEquals([seen.length, ...[0, 5, 6, 17].map((index) => place(seen[index]!))], [
    18,
    [1, 3, 1, 6],
    [1, 3, 6, 6],
    [2, 3, 1, 6],
    [3, 3, 6, 6],
  ]);
  for (const { tokensPerSecond } of seen) assert(tokensPerSecond > 0 && tokensPerSecond < Infinity);
});

testEach("a signal ends a run within its validation", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const controller = new AbortController();
  const onStep = ({ step }: TrainProgress): void => {
    if (step === 6) controller.abort(new RangeError("enough"));
  };
  const options = { ...SMALL, epochs: 1, validation: OTHER, signal: controller.signal, onStep };
  await assertRejects(() => train(model, CORPUS, options).next(), RangeError, "enough");
});

testEach("schedules and texts that do not fit are refused before a step", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const before = await model.stateDict();
  const refusals: [options: Partial<TrainOptions>, type: typeof TypeError, message: string][] = [
    [
      { schedule: { kind: "plateau", unit: "step" } },
      TypeError,
      'Cannot use schedule "plateau" from step to step: it watches the loss of an epoch',
    ],
    [
      { schedule: { kind: "step", stepSize: 0 } },
      RangeError,
      "Cannot use a schedule as stepSize must be a whole number from 1 to 4294967295: current value is 0",
    ],
    [
      { validation: CORPUS.split(0.01)[1] },
      RangeError,
      "Cannot validate on 1 character: at least 2 characters are needed",
    ],
    [
      { validation: Corpus.fromText("abab") },
      TypeError,
      "Cannot validate on the text as its vocabulary must have the model's 13 tokens: current size is 2",
    ],
  ];
  for (const [options, type, message] of refusals) {
    const error = await assertRejects(
      () => reportsOf(model, CORPUS, { epochs: 1, ...SMALL, ...options }),
      type,
    );
    assertEquals(error.message, message);
  }
  for (
    const task of [
      train(model, Corpus.fromText("abab"), { epochs: 1 }).next(),
      evaluate(model, Corpus.fromText("ab")),
    ]
  ) {
    const { message } = await assertRejects(() => task, TypeError);
    assert(message.endsWith("must have the model's 13 tokens: current size is 2"), message);
  }
  assertEquals(await model.stateDict(), before);
});

for (const cell of KINDS) {
  testEach(
    `every tokens, optimizer and schedule trains, and the saved model goes on: ${cell}`,
    async (device) => {
      for (const kind of ["character", "byte", "word"] as const) {
        const whole = Corpus.fromText("分 开 不 分 开 ".repeat(9), { kind });
        const { vocabulary } = whole;
        const [corpus, validation] = whole.split(0.2, { batchSize: 3 });
        for (const [name, make] of Object.entries(OPTIMIZERS)) {
          for (const schedule of SCHEDULES) {
            using model = makeModel(device, { cell, vocabularySize: vocabulary.size, hiddenSize: 5 });
            const before = await model.stateDict();
            using optimizer = make(model, 1e-2);
            const reports = await reportsOf(model, corpus, {
              epochs: 2,
              logEvery: 2,
              batchSize: 3,
              numSteps: 5,
              clipGradNorm: 1,
              optimizer,
              schedule,
              validation,
            });
            const what = `${kind}, ${name}, ${schedule.kind}`;
            assert(Number.isFinite(reports[0]!.validationPerplexity), what);
            assertNotEquals(await model.stateDict(), before, what);
            const loaded = await decodeModel(await encodeModel(model, vocabulary), device);
            using again = loaded.model;
            assertEquals(loaded.vocabulary.toJSON(), vocabulary.toJSON());
            const texts: string[] = [];
            const options = { prefix: "分 开", length: 4, seed: 3 };
            for await (const { text } of generate(again, loaded.vocabulary, options)) texts.push(text);
            assertEquals(texts.length, 4, what);
          }
        }
      }
    },
  );
}

testEach("a seed that is none, and an optimizer that is none, are refused", async (device) => {
  const told = async (options: object): Promise<string> => {
    using model = makeModel(device, { vocabularySize: V });
    const training = train(model, CORPUS, { ...SMALL, epochs: 1, ...options });
    return (await assertRejects(() => training.next(), Error)).message;
  };
  for (const seed of [-1, 1.5, "1"]) {
    assertMatch(await told({ seed }), /^Cannot train as seed must be a whole number from 0/);
  }
  assertEquals(await told({ optimizer: {} }), "Cannot use {} as an optimizer: it is on no device");
  assertEquals(await told({ optimizer: "adam" }), 'Cannot use "adam" as an optimizer: it is on no device');
});
