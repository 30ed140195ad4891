/** Numbers that float32 does not hold: they reach no device, no weight and no file. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  AdamW,
  Corpus,
  Dense,
  type Device,
  health,
  RMSprop,
  save,
  SGD,
  train,
  type TrainOptions,
} from "../../mod.ts";
import { encodeModel } from "../../src/exchange/model_file.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("床前明月光，疑是地上霜。举".repeat(3));
const V = CORPUS.vocabulary.size;
/** One step an epoch. */
const SIZES = { batchSize: 2, numSteps: 18, epochs: 50 };

/** Trains until that fails; all weights must be finite then. */
async function failureOf(
  device: Device,
  options: Partial<TrainOptions>,
  rate = 1,
  weightDecay = 0,
): Promise<string> {
  using model = makeModel(device, { cell: "rnn", vocabularySize: V });
  using optimizer = new SGD(model.parameters(), { learningRate: rate, weightDecay });
  const { message } = await assertRejects(async () => {
    for await (const _ of train(model, CORPUS, { ...SIZES, ...options, optimizer }));
  }, RangeError);
  for (const { data } of Object.values(await model.stateDict())) assert(data.every(Number.isFinite));
  return message;
}

testEach("a schedule's rate that float32 does not hold is named, with its epoch or step", async (device) => {
  const sentence = "Cannot go on training as the rate of the schedule must be a float32 number: at";
  const grows = { kind: "exponential", gamma: 1e30 } as const;
  assertEquals(
    await failureOf(device, { schedule: grows }, 1e-20),
    `${sentence} epoch 3 it comes to ${1e-20 * 1e30 ** 2}`,
  );
  assertEquals(
    await failureOf(device, { schedule: { ...grows, unit: "step" }, logEvery: 7 }, 1e-20),
    `${sentence} step 3 it comes to ${1e-20 * 1e30 ** 2}`,
  );
});

testEach("a rate that has decayed below float32 is 0, and training goes on", async (device) => {
  using model = makeModel(device, { cell: "rnn", vocabularySize: V });
  const schedule = { kind: "exponential", gamma: 1e-20 } as const;
  const rates: number[] = [];
  for await (
    const { learningRate } of train(model, CORPUS, { ...SIZES, epochs: 5, learningRate: 1, schedule })
  ) {
    rates.push(learningRate);
  }
  assertEquals(rates, [1, 1e-20, 1e-20 ** 2, 0, 0]);
});

testEach("gradients may be clipped at Infinity, which is not at all", async (device) => {
  using model = makeModel(device, { cell: "rnn", vocabularySize: V });
  for await (const { gradNorm } of train(model, CORPUS, { ...SIZES, epochs: 1, clipGradNorm: Infinity })) {
    assert(gradNorm > 0);
  }
});

testEach(
  "an update beyond float32 stops the training, its step named, and every weight is finite",
  async (device) => {
    const sentence = (norm: number, advice: string): string =>
      "Cannot go on training as the update at step 2 would have made weights that float32 cannot hold: " +
      `the norm of its gradients was ${norm}, and these weights are as they were before it, the others have taken it; ` +
      advice;
    for (const logEvery of [1, 4, 50]) {
      const message = await failureOf(device, { logEvery }, 1e25, 1);
      const norm = Number(/gradients was ([\d.]+)/.exec(message)?.[1]);
      assert(norm > 0.1 && norm < 10, message);
      assertEquals(message, sentence(norm, "a smaller learningRate may help, or clipping by clipGradNorm"));
      const clipped = await failureOf(device, { logEvery, clipGradNorm: 1e3 }, 1e25, 1);
      assertEquals(clipped, sentence(norm, "a smaller learningRate or clipGradNorm may help"));
    }
  },
);

testEach("health() knows of an update that left elements out, without clipping too", async (device) => {
  for (const [make, rate] of [[Adam, 1e37], [AdamW, 1e37], [SGD, 1e36], [RMSprop, 1e37]] as const) {
    using dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
    using optimizer = new make(dense.parameters(), { learningRate: rate, weightDecay: 0 });
    device.write(dense.parameters()[0]!.value, new Float32Array(6).fill(3e38));
    device.write(dense.parameters()[0]!.gradient, new Float32Array([-1, 1, -1, 1, -1, 1]).map((x) => 9 * x));
    for (let step = 0; step < 5; step++) optimizer.step();
    const [weight] = Object.values(await dense.stateDict());
    assert(weight!.data.every(Number.isFinite), make.name);
    assert(weight!.data[1]! < 2.9e38, "the others move");
    const { steps, brokenAt, brokenBy } = await health(dense.parameters());
    assertEquals([steps, brokenAt, brokenBy], [0, 0, "update"], make.name);
  }
});

testEach("an epsilon of 0 does no harm to elements without a gradient", async (device) => {
  for (const make of [Adam, RMSprop]) {
    using dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
    using optimizer = new make(dense.parameters(), { epsilon: 0, learningRate: 0.1 });
    device.write(dense.parameters()[0]!.gradient, new Float32Array([1, 0, 0, 0, 0, 0]));
    const before = (await dense.stateDict())["weight"]!.data;
    optimizer.step();
    const after = (await dense.stateDict())["weight"]!.data;
    assertEquals([...after].map((value, i) => value === before[i]), [false, true, true, true, true, true]);
    assertEquals((await health(dense.parameters())).brokenBy, undefined);
  }
});

testEach("rates that float32 does not hold are refused wherever they are set", (device) => {
  using dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
  const parameters = dense.parameters();
  using adam = new Adam(parameters, { learningRate: 1e-3 });
  for (const rate of [3.5e38, 1e39, 1e-46]) {
    const sentence = `must be a float32 number, at least 0: current value is ${rate}`;
    assertThrows(
      () => {
        adam.learningRate = rate;
      },
      RangeError,
      `Cannot use Adam as learningRate ${sentence}`,
    );
    assertThrows(
      () => new SGD(parameters, { momentum: rate }),
      RangeError,
      `Cannot use SGD as momentum ${sentence}`,
    );
    assertThrows(
      () => new AdamW(parameters, { weightDecay: rate }),
      RangeError,
      `AdamW as weightDecay ${sentence}`,
    );
  }
  assertEquals(adam.learningRate, 1e-3);
  for (const decay of [1, 1 - 1e-9, 1e-46]) {
    const sentence = `must be a float32 number in [0, 1): current value is ${decay}`;
    assertThrows(
      () => new RMSprop(parameters, { alpha: decay }),
      RangeError,
      `Cannot use RMSprop as alpha ${sentence}`,
    );
    assertThrows(
      () => new Adam(parameters, { betas: [0.9, decay] }),
      RangeError,
      `Cannot use Adam as each of betas ${sentence}`,
    );
  }
  adam.learningRate = 3e38;
  assertThrows(
    () => adam.step(),
    RangeError,
    "Cannot take step 1 of Adam as its rates must be float32 numbers: with learningRate 3e+38 one comes to 3",
  );
  assertEquals(adam.steps, 0);
});

testEach(
  "a model whose weights are not finite is not saved, and the file before it stays",
  async (device) => {
    const path = await Deno.makeTempFile();
    using model = makeModel(device, { cell: "gru", vocabularySize: V });
    await save(path, model, CORPUS.vocabulary);
    const before = await Deno.readFile(path);
    const [, second] = model.parameters();
    device.write(second!.value, new Float32Array(second!.size).fill(-Infinity, 3, 4));
    const sentence =
      'Cannot save the model: weights "rnn.weight_hh_l0" are not all finite, element 3 is -Infinity';
    await assertRejects(() => encodeModel(model, CORPUS.vocabulary), RangeError, sentence);
    await assertRejects(() => save(path, model, CORPUS.vocabulary), RangeError, sentence);
    assertEquals(await Deno.readFile(path), before);
    await Deno.remove(path);
  },
);
