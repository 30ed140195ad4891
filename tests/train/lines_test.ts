/** Training on lines: what counts, what changes nothing, and going on from a state. @module */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  Corpus,
  type Device,
  evaluate,
  generate,
  openDevice,
  type RNNModel,
  score,
  SGD,
  train,
  Training,
  type TrainingState,
  type TrainOptions,
} from "../../mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { LinesStep } from "../../src/train/lines_step.ts";
import { makeModel, reportsOf, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const NAMES = "do re mi fa sol la si domi remifa fasolla resi mido solsi lado redomi fare sila".split(" ");
const LINES = Corpus.fromText(NAMES.join("\n"), { newlines: "lines" });
const HELD_OUT = Corpus.fromText("sido\nla\nmifa", { vocabulary: LINES.vocabulary });
const OPTIONS: TrainOptions = { batchSize: 4, epochs: 3, learningRate: 1e-2, clipGradNorm: 1, seed: 5 };

function modelOf(device: Device, options: object = {}): RNNModel {
  return makeModel(device, { vocabularySize: LINES.vocabulary.size, ...options });
}

testEach("a report's loss is that of all tokens, as evaluate() and score() have it", async (device) => {
  using model = modelOf(device);
  const { loss, measured } = await evaluate(model, LINES);
  assertEquals(measured, "17 lines, each from a zero state, 80 of 81 characters predicted");
  let sum = 0;
  const scores = await Array.fromAsync(score(model, LINES));
  for (const { logProbability = 0 } of scores) sum -= logProbability;
  assertEquals(scores.length, LINES.size);
  assertAlmostEquals(sum / 80, loss, 1e-5);
  using sgd = new SGD(model.parameters(), { learningRate: 1e-12 });
  for (const batchSize of [1, 4, 5, 32]) {
    for (const accumulateSteps of [1, 3]) {
      const options = { epochs: 1, optimizer: sgd, batchSize, accumulateSteps, validation: LINES };
      const [report] = await reportsOf(model, LINES, options);
      assertAlmostEquals(report!.loss, loss, 1e-5, `${batchSize} × ${accumulateSteps}`);
      assertAlmostEquals(report!.validationLoss!, loss, 1e-5);
    }
  }
});

testEach(
  "each line is from a zero state: its scores do not depend on what stands before it",
  async (device) => {
    using model = modelOf(device);
    const all = await Array.fromAsync(score(model, LINES));
    const alone = await Array.fromAsync(
      score(model, Corpus.fromText("fasolla", { vocabulary: LINES.vocabulary })),
    );
    const at = LINES.vocabulary.decode(LINES.ids).indexOf("\nfasolla");
    alone.slice(1).forEach(({ logProbability }, i) =>
      assertAlmostEquals(all[at + 1 + i]!.logProbability!, logProbability!, 1e-5)
    );
  },
);

testEach("what is padded, and how much, changes no loss and no weight", async (device) => {
  const V = LINES.vocabulary.size;
  const rows = NAMES.filter(({ length }) => length === 4).slice(0, 3).map((name) => `\n${name}\n`);
  const outcomes = [];
  for (const steps of [5, 6, 23]) {
    using model = modelOf(device);
    using optimizer = new Adam(model.parameters(), { learningRate: 1e-2 });
    const sizes = { batchSize: 3, lengths: [5, 6, 23], parts: 1, clip: 1, padding: V };
    using step = new LinesStep(model, optimizer, { ...sizes, tokensPerRow: 5, tokensPerRun: 15 });
    const inputs = new Uint32Array(3 * steps);
    const targets = new Uint32Array(3 * steps).fill(V);
    rows.forEach((row, b) => {
      const ids = LINES.vocabulary.encode(row);
      inputs.set(ids.subarray(0, 5), b * steps);
      targets.set(ids.subarray(1), b * steps);
    });
    for (let n = 0; n < 3; n++) for (const _ of step.parts({ inputs, targets, steps, tokens: 15 }));
    for (let n = 0; n < 3; n++) step.loss.runEnded();
    const { loss } = await step.report();
    outcomes.push({ loss, weights: await model.stateDict() });
  }
  const [first, ...others] = outcomes;
  for (const { loss, weights } of others) {
    assertAlmostEquals(loss, first!.loss, 1e-5);
    for (const [name, { data }] of Object.entries(weights)) {
      data.forEach((weight, i) => assertAlmostEquals(weight, first!.weights[name]!.data[i]!, 1e-4, name));
    }
  }
});

testEach("a step of several batches is that of one batch of their rows", async (device) => {
  const whole = await reportsOf(modelOf(device), LINES, { ...OPTIONS, batchSize: 8 });
  const parts = await reportsOf(modelOf(device), LINES, { ...OPTIONS, batchSize: 4, accumulateSteps: 2 });
  parts.forEach(({ loss, steps, gradNorm }, i) => {
    assertAlmostEquals(gradNorm, whole[i]!.gradNorm, 1e-4);
    assertAlmostEquals(loss, whole[i]!.loss, 1e-5);
    assertEquals(steps, whole[i]!.steps);
  });
});

/** Trains from a state to the end, or until `stop` steps have been taken. */
async function run(
  device: Device,
  options: Partial<TrainOptions>,
  { from, stop = Infinity }: { from?: TrainingState; stop?: number } = {},
): Promise<{ reports: unknown[]; state: TrainingState }> {
  using model = modelOf(device, { numLayers: 2, dropout: 0.3 });
  let steps = from?.steps ?? 0;
  let stopped: TrainingState | undefined;
  const onStep = async (): Promise<void> => {
    if (++steps !== stop) return;
    stopped = await training.state();
    throw new Error("stopped");
  };
  using training: Training = new Training(model, LINES, {
    ...OPTIONS,
    validation: HELD_OUT,
    ...options,
    onStep,
  });
  if (from) training.restore(from);
  const reports = [];
  try {
    for await (const report of training.run()) reports.push(report);
  } catch (error) {
    if (!stopped) throw error;
  }
  return { reports: timeless(reports), state: stopped ?? await training.state() };
}

testEach("a training that stops anywhere goes on with the same bits, through a file", async (device) => {
  for (const accumulateSteps of [1, 2]) {
    const options = { accumulateSteps, batchSize: accumulateSteps === 1 ? 4 : 2 };
    const whole = await run(device, options);
    const last = await encodeCheckpoint({ state: whole.state, run: {} });
    for (const stop of [1, 5, 7]) {
      const part = await run(device, options, { stop });
      const file = await encodeCheckpoint({ state: part.state, run: {} });
      const { state: from } = await decodeCheckpoint(file);
      const rest = await run(device, options, { from });
      assertEquals([...part.reports, ...rest.reports], whole.reports);
      assertEquals(await encodeCheckpoint({ state: rest.state, run: {} }), last);
    }
  }
});

Deno.test("options of running text, and a state of it, are refused", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  using model = modelOf(device);
  for (const [name, value] of Object.entries({ numSteps: 5, sampling: "random", carryState: false })) {
    const training = (): Training => new Training(model, LINES, { epochs: 1, [name]: value });
    const sentence = `Cannot train on lines with ${name}: each line is a row, from a zero state`;
    assertThrows(training, RangeError, sentence);
  }
  const running = Corpus.fromText(NAMES.join("\n"));
  const stateOf = async (corpus: Corpus, options: object): Promise<TrainingState> => {
    using training = new Training(model, corpus, { epochs: 1, batchSize: 3, ...options });
    return await training.state();
  };
  const restore = (corpus: Corpus, state: TrainingState, options: object): void => {
    using training = new Training(model, corpus, { epochs: 1, batchSize: 3, ...options });
    training.restore(state);
  };
  const ofLines = await stateOf(LINES, {});
  const ofText = await stateOf(running, { numSteps: 7, sampling: "random" });
  restore(LINES, ofLines, {});
  assertThrows(() => restore(running, ofLines, { numSteps: 7, sampling: "random" }), RangeError, "another");
  assertThrows(() => restore(LINES, ofText, {}), RangeError, "another");
  for (const options of [{ rows: 2 }, { windows: 3 }, { dynamic: {} }]) {
    await assertRejects(() => evaluate(model, LINES, options), RangeError, "Cannot evaluate lines with");
  }
});

testEach("a model of lines begins at the start and ends by itself", async (device) => {
  using model = modelOf(device, { hiddenSize: 32 });
  const { vocabulary } = LINES;
  for await (const _ of train(model, LINES, { epochs: 60, batchSize: 4, learningRate: 1e-2 }));
  const texts = Array.from({ length: 40 }, () => "");
  const ends = new Set<string>();
  for await (const { row, text, end } of generate(model, vocabulary, { count: 40 })) {
    texts[row] += text;
    if (end) ends.add(end);
  }
  assertEquals([...ends], ["stop"]);
  const known = texts.filter((text) => NAMES.includes(text));
  assert(known.length > 20, texts.join());
  assert(texts.every((text) => !text.includes("\n")));
  let rest = "";
  for await (const { text } of generate(model, vocabulary, { prefix: "fasol", temperature: 0 })) rest += text;
  assertEquals(rest, "la");
  const broken = generate(model, vocabulary, { prefix: "fa\nsol" });
  await assertRejects(() => broken.next(), RangeError, 'prefix "fa\\nsol" as a line has no line break in it');
});
