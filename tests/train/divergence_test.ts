/** Losses that are not finite end a training, whoever has them, in one sentence. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Corpus, type RNNModel, Training, type TrainOptions, type TrainProgress } from "../../mod.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(4) + "x");
const V = CORPUS.vocabulary.size;
const OPTIONS: TrainOptions = {
  epochs: 400,
  batchSize: 3,
  numSteps: 5,
  clipGradNorm: 0.5,
  learningRate: 1e-3,
};
const ADVICE = "a smaller learningRate or clipGradNorm may help";

/** Has a model take one token for infinitely unlikely: its loss is infinite in float32, the gradients are not. */
function forbid(model: RNNModel, token: string): void {
  const [parameter] = model.dense.parameters().filter(({ shape }) => shape.length === 1);
  const values = new Float32Array(V).fill(3e38);
  values[CORPUS.vocabulary.encode(token)[0]!] = -3e38;
  model.device.write(parameter!.value, values);
}

/** The sentence with which a training ends, and where it was. */
async function endOf(
  model: RNNModel,
  options: Partial<TrainOptions>,
  onStep: (training: Training, progress: TrainProgress) => void | Promise<void> = () => {},
): Promise<[message: string, progress: TrainProgress]> {
  let last!: TrainProgress;
  using training: Training = new Training(model, CORPUS, {
    ...OPTIONS,
    ...options,
    onStep: (progress) => {
      last = progress;
      return onStep(training, progress);
    },
  });
  const { message } = await assertRejects(async () => {
    for await (const _ of training.run());
  }, RangeError);
  return [message, last];
}

testEach("an infinite loss ends the training by the next report, its step and norm told", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const [message] = await endOf(model, { learningRate: 1e-30 }, (_, { step }) => {
    if (step === 3) forbid(model, "a");
  });
  const told =
    /^Cannot go on training as the loss is Infinity at step ([4-6]): the norm of the last gradients was ([\d.]+); (.*)$/
      .exec(message);
  assert(told, message);
  assert(Number(told[2]) > 0);
  assertEquals(told[3], ADVICE);
  for (const { data } of Object.values(await model.stateDict())) assert(data.every(Number.isFinite));
});

testEach("where reports are far apart a training that broke ends within 64 runs", async (device) => {
  for (const accumulateSteps of [1, 2]) {
    using infinite = makeModel(device, { vocabularySize: V });
    const sizes = { logEvery: 400, learningRate: 1e-30, batchSize: 3 / accumulateSteps | 0, accumulateSteps };
    const from = 40;
    let steps = 0;
    const [message, { stepsPerEpoch }] = await endOf(infinite, sizes, () => {
      if (++steps === from) forbid(infinite, "a");
    });
    const most = from + 64 / accumulateSteps;
    const told = Number(/the loss is Infinity at step (\d+): /.exec(message)?.[1]);
    assert(told > from && told <= most, message);
    assertEquals(steps, told - 1, "it is told before the step's turn");
    using broken = makeModel(device, { vocabularySize: V });
    const given = await endOf(broken, { ...sizes, learningRate: 1e-3 }, (_, { epoch, step }) => {
      if (epoch > 1 || step !== 3) return;
      device.write(broken.dense.parameters()[0]!.value, new Float32Array([NaN]));
    });
    assert(
      given[0].includes("the gradients were not finite at step 4: the norm of the step before was"),
      given[0],
    );
    assert((given[1].epoch - 1) * stepsPerEpoch + given[1].step <= 3 + 64 / accumulateSteps);
  }
});

testEach("no state is made of a training whose loss is infinite", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  forbid(model, "a");
  using training = new Training(model, CORPUS, { ...OPTIONS, learningRate: 1e-30 });
  await training.state();
  for (const batch of training.batches(1)) {
    training.step.run(batch);
    break;
  }
  const sentence =
    "Cannot go on training as the loss is Infinity at step 1: the norm of the last gradients was ";
  await assertRejects(() => training.state(), RangeError, sentence);
});

testEach("a loss that is infinite in the validation alone ends the training too", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  forbid(model, "x"); // which no target of a batch is
  const validation = Corpus.fromText("fa x la", { vocabulary: CORPUS.vocabulary });
  for (const options of [{ logEvery: 2 }, { logEvery: 400, schedule: { kind: "plateau" } as const }]) {
    const [message] = await endOf(model, { ...options, validation, learningRate: 1e-30 });
    const step = options.logEvery === 2 ? 12 : 6; // "plateau" reads it after each epoch
    assert(
      message.startsWith(`Cannot go on training as the loss of the validation is Infinity at step ${step}: `),
    );
    assert(message.endsWith(ADVICE));
  }
});
