/** Rows that begin a step from a zero state: which, what of them, and that nothing else changes. @module */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Corpus, type Device, RNNModel, Training, type TrainOptions } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { rowsToReset } from "../../src/train/resets.ts";
import { timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(9));
const V = CORPUS.vocabulary.size;
const OPTIONS: TrainOptions = { epochs: 3, batchSize: 3, numSteps: 5, learningRate: 1e-2, clipGradNorm: 0.5 };
const MODELS = {
  rnn: { kind: "rnn", R: 11, H: 0, projSize: 0 },
  gru: { kind: "gru", R: 11, H: 0, projSize: 0 },
  lstm: { kind: "lstm", R: 11, H: 11, projSize: 0 },
  "projected lstm": { kind: "lstm", R: 7, H: 11, projSize: 7 },
} as const;

function makeModel(device: Device, name: keyof typeof MODELS): RNNModel {
  const { kind, projSize } = MODELS[name];
  const sizes = { inputSize: V, hiddenSize: 11, numLayers: 2, projSize, seed: 1 };
  return new RNNModel(makeLayer(device, kind, sizes), V);
}

for (const name of Object.keys(MODELS) as (keyof typeof MODELS)[]) {
  for (const accumulateSteps of [1, 2]) {
    testEach(`h and c of a row become zero, and no other's: ${name}, ${accumulateSteps}`, async (device) => {
      using model = makeModel(device, name);
      using training = new Training(model, CORPUS, { ...OPTIONS, accumulateSteps, resetProbability: 0.5 });
      const [batch] = training.batches(1);
      training.step.run(batch!);
      const { carried: before } = await training.step.state();
      const rows = 3 * accumulateSteps;
      training.step.resetRows([1, rows - 1]);
      const { carried: after } = await training.step.state();
      const { R, H } = MODELS[name];
      const isReset = (i: number): boolean =>
        [1, rows - 1].includes(Math.floor(i < rows * R ? i / R : (i - rows * R) / H));
      assertEquals(after, before.map((state) => state.map((value, i) => isReset(i) ? 0 : value)));
      assertEquals(before.map(({ length }) => length), [rows * (R + H), rows * (R + H)]);
      assert(before.every((state) => state.every((value) => value !== 0)), "the rows had a state");
    });
  }
}

testEach(
  "with probability 1 each step begins with the zero state, as if it were the first",
  async (device) => {
    const run = async (options: Partial<TrainOptions>, reset = false): Promise<unknown[]> => {
      using model = makeModel(device, "projected lstm");
      const onStep = (): void => reset ? training.step.resetState() : undefined;
      using training: Training = new Training(model, CORPUS, { ...OPTIONS, ...options, onStep });
      const reports = [];
      for await (const report of training.run()) reports.push(report);
      return [timeless(reports), await model.stateDict()];
    };
    const always = await run({ resetProbability: 1 });
    assertEquals(always, await run({}, true));
    const never = await run({});
    assertNotEquals(always, never);
    assertEquals(never, await run({ resetProbability: 0 }));
  },
);

Deno.test("rows are drawn as often as they shall, anew for each epoch and seed", () => {
  const draw = (seed: number, epoch: number): number[][] => {
    const sizes = { batchSize: 10, accumulateSteps: 2, resetProbability: 0.2, seed };
    const rows = rowsToReset(sizes, epoch);
    return Array.from({ length: 500 }, () => rows.next().value);
  };
  const drawn = draw(3, 1);
  assertAlmostEquals(drawn.flat().length / 10_000, 0.2, 0.02); // five standard deviations
  for (let row = 0; row < 20; row++) {
    assertAlmostEquals(drawn.flat().filter((one) => one === row).length / 500, 0.2, 0.09);
  }
  assertEquals(draw(3, 1), drawn);
  assertNotEquals(draw(3, 2), drawn);
  assertNotEquals(draw(4, 1), drawn);
});

testEach("what is no probability, or has no meaning, is refused", (device) => {
  using model = makeModel(device, "gru");
  const refused = (options: Partial<TrainOptions>, words: string): void => {
    assertThrows(() => new Training(model, CORPUS, { ...OPTIONS, ...options }), RangeError, words);
  };
  refused({ resetProbability: 1.5 }, "resetProbability must be");
  refused({ resetProbability: -0.1 }, "resetProbability must be");
  refused(
    { resetProbability: 0.1, sampling: "random" },
    'Cannot train with resetProbability 0.1 and sampling "random": its rows begin from a zero state anyway',
  );
});
