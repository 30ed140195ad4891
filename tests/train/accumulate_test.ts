/** Steps of several batches against steps of one large batch: the same losses and weights. @module */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  Corpus,
  type Device,
  RNNModel,
  SGD,
  Training,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ti do ".repeat(9));
const V = CORPUS.vocabulary.size;
const VALIDATION = Corpus.fromText("la sol fa mi re do", { vocabulary: CORPUS.vocabulary });
const OPTIONS: TrainOptions = { epochs: 6, numSteps: 5, learningRate: 1e-2, clipGradNorm: 0.05 };
/** Of a loss; float32 sums of 12 rows and of 4 times 3 differ by this. */
const TOLERANCE = 1e-5;

type Make = (device: Device) => RNNModel;
const MODELS: Record<string, Make> = {
  ...Object.fromEntries(
    KINDS.map((
      cell,
    ) => [cell, (device: Device) => makeModel(device, { cell, vocabularySize: V, numLayers: 2 })]),
  ),
  "dropout everywhere": (device) => {
    const sizes = { inputSize: 6, hiddenSize: 7, projSize: 6, numLayers: 3, dropout: 0.4, seed: 3 };
    const options = { embeddingSize: 6, tieWeights: true, dropout: 0.3, seed: 2 };
    return new RNNModel(makeLayer(device, "lstm", sizes), V, options);
  },
  "dropout, batch first": (device) => {
    const sizes = { inputSize: 6, hiddenSize: 7, numLayers: 2, dropout: 0.4, batchFirst: true, seed: 3 };
    return new RNNModel(makeLayer(device, "gru", sizes), V, { embeddingSize: 6, dropout: 0.3, seed: 2 });
  },
};
const SETTINGS: Record<string, Partial<TrainOptions>> = {
  "consecutive": {},
  "random": { sampling: "random", seed: 5 },
  "rows that begin anew": { resetProbability: 0.3, seed: 5 },
  "carried state, never clipped": { carryState: true, clipGradNorm: 1e3 },
  "plateau": { validation: VALIDATION, schedule: { kind: "plateau", patience: 0, threshold: 0.5 } },
};

/** The reports and the weights of a training; SGD's weights go with the gradients, where Adam's may turn at one near zero. */
async function trained(
  device: Device,
  make: Make,
  options: Partial<TrainOptions>,
): Promise<{ reports: TrainReport[]; weights: number[] }> {
  using model = make(device);
  using optimizer = new SGD(model.parameters(), { learningRate: 0.3, momentum: 0.5 });
  using training = new Training(model, CORPUS, { ...OPTIONS, ...options, optimizer });
  const reports: TrainReport[] = [];
  for await (const report of training.run()) reports.push(report);
  return { reports, weights: Object.values(await model.stateDict()).flatMap(({ data }) => [...data]) };
}

const furthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

for (const [name, make] of Object.entries(MODELS)) {
  for (const [setting, options] of Object.entries(SETTINGS).slice(0, name === "gru" ? undefined : 2)) {
    testEach(`steps of 4 times 3 rows are steps of 12: ${name}, ${setting}`, async (device) => {
      const large = await trained(device, make, { ...options, batchSize: 12 });
      const parts = await trained(device, make, { ...options, batchSize: 3, accumulateSteps: 4 });
      const numbers = (reports: readonly TrainReport[]): number[] =>
        reports.flatMap((
          { loss, validationLoss = 0, gradNorm, steps, learningRate },
        ) => [loss, validationLoss, gradNorm, steps, learningRate]);
      assertEquals(parts.reports.length, 6);
      const off = furthest(numbers(parts.reports), numbers(large.reports));
      assert(off < TOLERANCE, `losses and norms differ by ${off}`);
      const weights = furthest(parts.weights, large.weights);
      assert(weights < TOLERANCE, `weights differ by ${weights}`);
      const other = await trained(device, make, { ...options, batchSize: 3 });
      assert(furthest(other.weights, large.weights) > 1e-3, "small batches alone learn something else");
    });
  }
}

testEach("a step of several batches that is stopped anywhere goes on with the same bits", async (device) => {
  const run = async (from?: TrainingState, stop = Infinity): Promise<TrainingState> => {
    using model = MODELS["dropout everywhere"]!(device);
    let stopped: TrainingState | undefined;
    const options = { ...OPTIONS, epochs: 2, batchSize: 3, accumulateSteps: 3 };
    using training: Training = new Training(model, CORPUS, {
      ...options,
      carryState: true,
      onStep: async ({ epoch, step, stepsPerEpoch }) => {
        if ((epoch - 1) * stepsPerEpoch + step !== stop) return;
        stopped = await training.state();
        throw new Error("stopped");
      },
    });
    if (from) training.restore(from);
    const reading = (async () => {
      for await (const _ of training.run());
    })();
    if (stop < Infinity) await assertRejects(() => reading, Error, "stopped");
    else await reading;
    return stopped ?? await training.state();
  };
  const whole = await run();
  assertEquals(whole.carried.map(({ length }) => length / 9), [13, 13, 13]); // h of 6 and c of 7 for each of 9 rows
  for (const stop of [1, whole.steps / 2, whole.steps / 2 + 2]) {
    assertEquals(
      await run(structuredClone(await run(undefined, stop))),
      whole,
      `stopped behind step ${stop}`,
    );
  }
  using model = MODELS["dropout everywhere"]!(device);
  using other = new Training(model, CORPUS, { ...OPTIONS, batchSize: 9, carryState: true });
  assertThrows(() => other.restore(whole), RangeError, "is 9, and was 3");
});

testEach(
  "a state that is asked for between the batches of a step is that behind the step",
  async (device) => {
    const options = { ...OPTIONS, epochs: 2, batchSize: 3, accumulateSteps: 4 };
    const run = async (from?: TrainingState, ask = false): Promise<TrainingState[]> => {
      using model = makeModel(device, { vocabularySize: V });
      using training: Training = new Training(model, CORPUS, options);
      if (from) training.restore(from);
      const { step } = training;
      const partEnded = step.partEnded.bind(step);
      const asked: Promise<TrainingState>[] = [];
      if (ask) {
        step.partEnded = () => {
          const ended = partEnded();
          asked.push(training.state()); // as from a timer, while the step waits
          return ended;
        };
      }
      for await (const _ of training.run());
      return [...await Promise.all(asked), await training.state()];
    };
    const states = await run(undefined, true);
    const [last] = states.splice(-1);
    assertEquals(states.length, 4 * last!.steps);
    for (const { loss, step } of states) if (step > 0) assertEquals(loss.runs, 4 * step);
    for (const state of [states[1]!, states[10]!]) assertEquals(await run(structuredClone(state)), [last]);
  },
);

testEach("a loss that is infinite in the first batch of all tells no norm", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const weights = await model.stateDict();
  for (const { data } of Object.values(weights)) data.set(data.map((_, i) => i % 2 ? -3e38 : 3e38));
  model.loadStateDict(weights);
  using training = new Training(model, CORPUS, { ...OPTIONS, batchSize: 3, accumulateSteps: 3 });
  const { message } = await assertRejects(() => training.run().next(), RangeError);
  assertMatch(message, /^Cannot go on training as the loss is \S+ at step 1: a smaller learningRate or /);
});

testEach("a text that is too small for so many batches says what would fit", (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const refused = (sizes: Partial<TrainOptions>, sentence: string): void => {
    assertThrows(() => new Training(model, CORPUS, { ...OPTIONS, ...sizes }), RangeError, sentence);
  };
  refused(
    { batchSize: 5, accumulateSteps: 10 },
    "Cannot cut 279 characters into batches of 10 times 5 rows of 5 steps as at least 300 characters are needed: " +
      "batchSize 4 with numSteps 5, or numSteps 4 with batchSize 5, would fit",
  );
  refused({ batchSize: 1, accumulateSteps: 300 }, "a smaller accumulateSteps may fit");
  refused({ accumulateSteps: 0 }, "accumulateSteps must be");
});
