/** What fit() refuses: steps that cannot be recorded, batches that are not alike, states of other data. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Adam, crossEntropy, Dense, type Device, Embedding, fit, Tensor } from "../../mod.ts";
import { fitted, makeBatch, makeClassifier } from "../support/fitted.ts";
import { testEach } from "../support/test_each.ts";

const BATCH = makeBatch(6, 4, 1);
const OPTIONS = { epochs: 1, learningRate: 1e-2 };

/** Fits with a step, or to batches, that a caller without types may write. */
// deno-lint-ignore no-explicit-any
type Loose = any;

async function refused(
  device: Device,
  { step, batches = [BATCH] }: { step?: Loose; batches?: Loose },
  sentence: string,
): Promise<void> {
  using model = makeClassifier(device);
  const weights = await model.weights();
  const options = { ...OPTIONS, step: step ? step(model.step) : model.step };
  const { message } = await assertRejects(async () => await fitted(fit(model.parameters, batches, options)));
  assertEquals(message.startsWith(sentence), true, message);
  assertEquals(await model.weights(), weights);
  assertEquals(device.recording, false);
}

testEach("a step that awaits is refused", async (device) => {
  const sentence = "Cannot fit with a step that awaits: it is recorded once for each shape and replayed";
  await refused(device, { step: (step: Loose) => async (...given: Loose) => await step(...given) }, sentence);
  const reading = (step: Loose) => async (...given: Loose) => {
    const loss = step(...given);
    await loss.data();
    return loss;
  };
  await refused(device, { step: reading }, "Cannot fit with a step that ");
});

testEach("a step that reads is refused, though it waits for nothing", async (device) => {
  const sentence =
    "Cannot fit with a step that reads what a device has computed: it is recorded once for each shape";
  const reading = (step: Loose) => (...given: Loose) => {
    const loss = step(...given);
    loss.data().then(console.log);
    return loss;
  };
  await refused(device, { step: reading }, sentence);
});

testEach("a step that takes ids for numbers is refused", async (device) => {
  const taking = (step: Loose) => (batch: Loose, tape: Loose) =>
    step(batch, batch.label.values[0] > 9 ? undefined : tape);
  const sentence =
    'Cannot fit with a step that reads the values of "label": it is recorded once for each shape and ' +
    "replayed, so it would keep those of its first batch";
  await refused(device, { step: taking }, sentence);
});

testEach("a step that gives no loss, or moves nothing, is refused", async (device) => {
  await refused(
    device,
    { step: () => () => 1 },
    "Cannot fit with a step that returns no loss: it must be a Tensor",
  );
  await refused(
    device,
    { step: () => ({ x }: { x: Tensor }) => x },
    "Cannot fit with a step whose loss has the shape (6, 4, 3) and the type f32",
  );
  const sentence = "Cannot fit with a step whose loss moves no parameter";
  await refused(device, { step: (step: Loose) => (batch: Loose) => step(batch) }, sentence);
  using other = new Dense(device, { inputSize: 3, outputSize: 4, seed: 0 });
  const foreign = () => ({ x }: Loose, tape: Loose) =>
    crossEntropy(
      other.forward(x.reshape([24, 3]), tape),
      Tensor.from(device, new Uint8Array(24), [4, 6]),
      tape,
    );
  await refused(device, { step: foreign }, sentence);
});

testEach("a step that moves other parameters for another shape is refused", async (device) => {
  using model = makeClassifier(device);
  using other = new Dense(device, { inputSize: 3, outputSize: 4, seed: 0 });
  const targets = Tensor.from(device, new Uint8Array(12), [4, 3]);
  const step: typeof model.step = (batch, tape) =>
    batch.x.shape[0] === 6
      ? model.step(batch, tape)
      : crossEntropy(other.forward(batch.x.reshape([12, 3]), tape), targets, tape);
  const parameters = [...model.parameters, ...other.parameters()];
  await assertRejects(
    () => fitted(fit(parameters, [BATCH, makeBatch(3, 4, 2)], { ...OPTIONS, step })),
    TypeError,
    "Cannot fit with a step that moves other parameters for a batch of another shape",
  );
});

testEach("batches that are none, or not alike, are refused", async (device) => {
  const { x, label } = BATCH;
  const cases: [batches: unknown[], sentence: string][] = [
    [[x.data], "Cannot fit to a batch that is no object of arrays"],
    [[{}], "Cannot fit to a batch without arrays"],
    [[{ x: [1, 2], label }], 'Cannot fit to a batch as its "x" must be a Float32Array, or ids'],
    [[{ x: new Float64Array(3), label }], "Cannot fit to a batch as its"],
    [
      [{ x: { data: x.data, shape: [6, 4] }, label }],
      'Cannot fit to a batch as its "x" of shape (6, 4) must have 24',
    ],
    [
      [{ x: { data: x.data, shape: [6, -4, -3] }, label }],
      'Cannot fit to a batch as the shape of its "x" must be',
    ],
    [[], "Cannot fit without batches: epoch 1 has none"],
  ];
  for (const [batches, sentence] of cases) await refused(device, { batches }, sentence);
  using model = makeClassifier(device);
  const second = async (batch: unknown): Promise<string> => {
    const batches = [BATCH, batch] as (typeof BATCH)[];
    return (await assertRejects(() =>
      fitted(fit(model.parameters, batches, { ...OPTIONS, step: model.step }))
    )).message;
  };
  const tensor = await second({ x: Tensor.from(device, x.data, x.shape), label });
  assertEquals(tensor.endsWith("current type is Tensor"), true, tensor);
  assertEquals(await second({ x }), 'Cannot fit to a batch of "x": the first one is of "x", "label"');
  assertEquals(
    await second({ x, label, more: label }),
    'Cannot fit to a batch of "x", "label", "more": the first one is of "x", "label"',
  );
  assertEquals(
    await second({ x, label: { ...label, data: new Float32Array(4) } }),
    'Cannot fit to a batch whose "label" is f32: it is u32 in the first one',
  );
});

testEach("a function of the epoch that gives no batches is refused", async (device) => {
  const promised = async function* (): AsyncGenerator<typeof BATCH> {
    yield BATCH;
  };
  const sentence =
    "Cannot fit as the function of the epoch must give an array or a generator that nobody waits for: it gave ";
  for (const batches of [promised, () => Promise.resolve([BATCH]), () => undefined]) {
    await refused(device, { batches }, sentence);
  }
});

testEach("an optimizer of other parameters is refused", (device) => {
  const OPTIONS = { epochs: 1 };
  using model = makeClassifier(device);
  using other = makeClassifier(device);
  const { parameters, step } = model;
  for (const given of [other.parameters, parameters.slice(1), [...parameters, other.parameters[0]!]]) {
    using optimizer = new Adam(given);
    assertThrows(
      () => fit(parameters, [BATCH], { ...OPTIONS, step, optimizer }),
      TypeError,
      "Cannot fit with an optimizer of other parameters: what stays as it is is left out of both lists",
    );
  }
  using optimizer = new Adam(parameters.toReversed());
  fit(parameters, [BATCH], { ...OPTIONS, step, optimizer })[Symbol.dispose]();
});

testEach("a batch whose ids are too large is refused, though its step is recorded", async (device) => {
  using table = new Embedding(device, { vocabularySize: 5, embeddingSize: 4, seed: 0 });
  const options = {
    ...OPTIONS,
    step: ({ ids }: { ids: Tensor<"u32"> }, tape?: Loose) =>
      crossEntropy(
        table.forward(ids, tape).reshape([6, 4]),
        Tensor.from(device, new Uint8Array(6), [2, 3]),
        tape,
      ),
  };
  const batch = (id: number) => ({ ids: { data: Uint8Array.of(0, 1, 2, 3, 4, id), shape: [2, 3] } });
  await assertRejects(
    () => fitted(fit(table.parameters(), [batch(0), batch(5)], options)),
    RangeError,
    "must be below 5",
  );
});

Deno.test("what cannot be fitted is refused before it begins", async () => {
  const { openDevice } = await import("../../mod.ts");
  using device = await openDevice("wasm", { threads: 1 });
  using model = makeClassifier(device);
  const { parameters, step } = model;
  using optimizer = new Adam(parameters);
  const given: [Loose, Loose, Loose, sentence: string][] = [
    [[], [BATCH], { step }, "Cannot fit an empty list of parameters"],
    [model, [BATCH], { step }, "the call is written fit(parameters, batches, options)"],
    [parameters, [BATCH], {}, "Cannot fit as step must be a function of a batch and a tape"],
    [
      parameters,
      BATCH,
      { step },
      "Cannot fit as batches must be an array of batches, or a function of the epoch",
    ],
    [parameters, [BATCH].values(), { step }, "Cannot fit as batches can be read once only"],
    [
      parameters,
      ReadableStream.from([BATCH]),
      { step },
      "Cannot fit as batches must be there when a step wants them: await Array.fromAsync(batches) gathers",
    ],
    [
      parameters,
      [BATCH],
      { step, validation: [BATCH].values() },
      "Cannot fit as validation can be read once only",
    ],
    [parameters, [BATCH], { step, epochs: 0 }, "Cannot fit as epochs must be"],
    [parameters, [BATCH], { step, clipGradNorm: -1 }, "Cannot fit as clipGradNorm must be"],
    [
      parameters,
      [BATCH],
      { step, signal: 3 },
      "Cannot fit as signal must be an AbortSignal: current value is 3",
    ],
    [parameters, [BATCH], { step, measure: () => 1 }, "Cannot fit with a measure and no validation"],
    [parameters, [BATCH], { step, onStep: 3 }, "Cannot fit as onStep must be a function: current value is 3"],
    [
      parameters,
      [BATCH],
      { step, schedule: "cosine" },
      'Cannot fit as schedule must be an object with its kind, such as { kind: "exponential", gamma: 0.9 }: current value is',
    ],
    [
      parameters,
      [BATCH],
      { step, optimizer },
      "Cannot fit with learningRate beside an optimizer, which has its own",
    ],
  ];
  for (const [parameters, batches, options, sentence] of given) {
    assertThrows(() => fit(parameters, batches, { ...OPTIONS, ...options }), Error, sentence);
  }
});

testEach("a state of other batches is refused", async (device) => {
  using model = makeClassifier(device);
  const options = { ...OPTIONS, epochs: 2, step: model.step };
  using first = fit(model.parameters, [BATCH, BATCH, BATCH], options);
  for await (const _ of first.run()) break;
  const state = await first.state();
  using fewer = fit(model.parameters, [BATCH, BATCH], options);
  assertThrows(() => fewer.restore(state), RangeError, "batches is 2, and was 3");
  using given = fit(model.parameters, () => [BATCH, BATCH], options);
  given.restore({ ...state, step: 3, loss: { ...state.loss, runs: 3 } });
  await assertRejects(
    () => fitted(given),
    RangeError,
    "Cannot go on training behind step 3 of epoch 2: it has 2 steps",
  );
  assertThrows(() => given.restore({ ...state, step: 0.5 }), RangeError, "its place is step 0.5 of epoch 2");
  assertThrows(
    () => given.restore({ ...state, step: 4, steps: 3 }),
    RangeError,
    "Cannot restore the training as it has taken at least 4 steps: steps is 3",
  );
  assertThrows(() => given.restore({ ...state, weights: {} }), TypeError, "missing keys");
});

testEach("a measure that gives no sum and count is refused", async (device) => {
  using model = makeClassifier(device);
  const measure = (): Loose => 0.5;
  const options = { ...OPTIONS, step: model.step, validation: [BATCH], measure };
  await assertRejects(
    () => fitted(fit(model.parameters, [BATCH], options)),
    TypeError,
    "Cannot validate as measure must give a sum and of how many it is, { sum, count }: it gave 0.5",
  );
});
