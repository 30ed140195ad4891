/** A training that stops anywhere and goes on, against one that never stopped: equal bits. @module */
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  AdamW,
  type Device,
  DeviceError,
  type Optimizer,
  RMSprop,
  RNNModel,
  SGD,
  Training,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { BATCH, HELD_OUT, makeModel, STEPS, TEXT, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const OPTIONS: TrainOptions = { ...BATCH, epochs: 4, learningRate: 1e-2, clipGradNorm: 0.5 };

/** What a training is made of. */
interface Case {
  options?: Partial<TrainOptions>;
  optimizer?: (model: RNNModel) => Optimizer;
  model?: (device: Device) => RNNModel;
}

const gru = (device: Device): RNNModel =>
  makeModel(device, { cell: "gru", vocabularySize: TEXT.vocabulary.size, seed: 1 });

const CASES: Record<string, Case> = {
  ...Object.fromEntries(KINDS.map((cell) => [cell, {
    model: (device: Device) =>
      makeModel(device, { cell, vocabularySize: TEXT.vocabulary.size, numLayers: 2 }),
  }])),
  "projection, embedding, dropout": {
    model: (device) => {
      const sizes = { inputSize: 6, hiddenSize: 7, projSize: 6, numLayers: 2, dropout: 0.4, seed: 3 };
      return new RNNModel(makeLayer(device, "lstm", sizes), TEXT.vocabulary.size, {
        embeddingSize: 6,
        tieWeights: true,
        dropout: 0.3,
        seed: 2,
      });
    },
  },
  "AdamW": { optimizer: (model) => new AdamW(model.parameters(), { learningRate: 1e-2 }) },
  "SGD": { optimizer: (model) => new SGD(model.parameters(), { learningRate: 0.1 }) },
  "SGD, momentum": {
    optimizer: (model) => new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  },
  "RMSprop, momentum": { optimizer: (model) => new RMSprop(model.parameters(), { momentum: 0.5 }) },
  "Adam of parameters in another order": {
    optimizer: (model) => new Adam(model.parameters().toReversed(), { weightDecay: 0.1 }),
  },
  "random sampling": { options: { sampling: "random", seed: 5 } },
  "carried state": { options: { carryState: true } },
  "rows that begin anew": { options: { resetProbability: 0.3, carryState: true, seed: 5 } },
  "plateau": {
    options: {
      schedule: { kind: "plateau", patience: 0, threshold: 0.5, cooldown: 1 },
      validation: HELD_OUT,
    },
  },
  "cosine by steps": { options: { schedule: { kind: "cosine", maxSteps: 30, unit: "step", warmup: 3 } } },
  "step by epochs": { options: { schedule: { kind: "step", stepSize: 2 } } },
};

/** What a training leaves. */
interface Outcome {
  reports: unknown[];
  state: TrainingState;
}

/** Trains from a state to the end, or until `stop` steps have been taken. */
async function run(device: Device, given: Case, from?: TrainingState, stop = Infinity): Promise<Outcome> {
  using model = (given.model ?? gru)(device);
  using optimizer = given.optimizer?.(model);
  let stopped: TrainingState | undefined;
  const options: TrainOptions = {
    ...OPTIONS,
    ...given.options,
    ...(optimizer ? { optimizer } : {}),
    onStep: async ({ epoch, step }) => {
      if ((epoch - 1) * STEPS + step !== stop) return;
      stopped = await training.state();
      throw new Error("stopped");
    },
  };
  using training: Training = new Training(model, TEXT, options);
  if (from) training.restore(from);
  const reports: TrainReport[] = [];
  try {
    for await (const report of training.run()) reports.push(report);
  } catch (error) {
    if (!stopped) throw error;
  }
  return { reports: timeless(reports), state: stopped ?? await training.state() };
}

for (const [name, given] of Object.entries(CASES)) {
  testEach(`a training goes on with the same bits: ${name}`, async (device) => {
    const whole = await run(device, given);
    for (const stop of [1, STEPS - 1, STEPS, 2 * STEPS + 1]) {
      const first = await run(device, given, undefined, stop);
      const second = await run(device, given, structuredClone(first.state));
      assertEquals([...first.reports, ...second.reports], whole.reports, `stopped behind step ${stop}`);
      assertEquals(second.state, whole.state, `stopped behind step ${stop}`);
      assertNotEquals(first.state.weights, whole.state.weights);
    }
  });
}

testEach("a state behind a report is the beginning of the next epoch", async (device) => {
  const whole = await run(device, {});
  using model = gru(device);
  using training = new Training(model, TEXT, { ...OPTIONS, epochs: 2 });
  let state!: TrainingState;
  for await (const { epoch } of training.run()) if (epoch === 1) state = await training.state();
  assertEquals([state.epoch, state.step, state.steps], [2, 0, STEPS]);
  assertEquals((await run(device, {}, state)).reports, whole.reports.slice(1));
});

testEach("a state within a validation validates anew, with the same bits", async (device) => {
  const given: Case = {
    options: { validation: HELD_OUT, schedule: { kind: "plateau", patience: 0, threshold: 0.5 } },
  };
  const whole = await run(device, given);
  using model = gru(device);
  let state: TrainingState | undefined;
  const seen: unknown[] = [];
  using training: Training = new Training(model, TEXT, {
    ...OPTIONS,
    ...given.options,
    onValidation: async (progress) => {
      seen.push(progress);
      if (progress.epoch === 2) state ??= await training.state();
    },
  });
  const reports: TrainReport[] = [];
  for await (const report of training.run()) reports.push(report);
  assertEquals(timeless(reports), whole.reports); // reading changes nothing
  assertEquals([state!.epoch, state!.step, state!.steps], [2, STEPS, 2 * STEPS]);
  assertEquals(seen[0], { epoch: 1, epochs: OPTIONS.epochs });
  const second = await run(device, given, state);
  assertEquals([second.reports, second.state], [whole.reports.slice(1), whole.state]);
});

testEach("a state is read at once, whatever runs meanwhile", async (device) => {
  const awaited: TrainingState[] = [];
  const reading: Promise<TrainingState>[] = [];
  const trained = async (onStep: (training: Training) => void | Promise<void>): Promise<void> => {
    using one = gru(device);
    using training: Training = new Training(one, TEXT, {
      ...OPTIONS,
      epochs: 1,
      onStep: () => onStep(training),
    });
    for await (const _ of training.run());
  };
  await trained(async (training) => void awaited.push(await training.state()));
  await trained((training) => void reading.push(training.state()));
  assertEquals(await Promise.all(reading), awaited);
});

testEach(
  "a training that runs is not run or restored beside that, and one that was left goes on",
  async (device) => {
    const whole = await run(device, {});
    using model = gru(device);
    using training = new Training(model, TEXT, OPTIONS);
    const state = await training.state();
    const reports = training.run();
    await reports.next();
    const sentence = "as it runs: let its loop end or call its return()";
    await assertRejects(() => training.run().next(), DeviceError, `Cannot run the training ${sentence}`);
    assertThrows(() => training.restore(state), DeviceError, `Cannot restore the training ${sentence}`);
    await reports.return();
    for await (const _ of training.run());
    assertEquals(await training.state(), whole.state);
  },
);

testEach("a state of another training is refused, and nothing is taken", async (device) => {
  const { state } = await run(device, {}, undefined, 3);
  const before = await run(device, {}, undefined, 1);
  const refused = async (
    change: Partial<TrainingState>,
    sentence: string,
    given: Case = {},
  ): Promise<void> => {
    using model = (given.model ?? gru)(device);
    const weights = await model.stateDict();
    using optimizer = given.optimizer?.(model);
    const options = { ...OPTIONS, ...given.options, ...(optimizer ? { optimizer } : {}) };
    using training = new Training(model, TEXT, options);
    assertThrows(() => training.restore({ ...state, ...change }), Error, sentence);
    assertEquals(await model.stateDict(), weights);
    assertEquals((await training.state()).step, 0);
  };
  await refused({}, "batchSize is 2, and was 3", { options: { batchSize: 2 } });
  await refused({}, "seed is 1, and was 0", { options: { seed: 1 } });
  await refused({ step: STEPS + 1 }, "its place is step 7 of epoch 1");
  await refused({ epoch: 0 }, "step 3 of epoch 0");
  await refused({}, "its moments must be momentum: current ones are m, v", CASES["SGD, momentum"]);
  await refused({}, "its schedule is missing", CASES["step by epochs"]);
  await refused({ carried: [] }, "carried state is that of another model or batch");
  const plain = (arrays: readonly ArrayLike<number>[]): never =>
    arrays.map((array) => [...Array.from(array)]) as never;
  await refused({ carried: plain(state.carried) }, "carried state is that of another model or batch");
  await refused({ health: plain(state.health) }, "its watch over gradients is that of another model");
  const { loss } = state;
  await refused({ loss: { ...loss, rows: [...loss.rows] as never } }, "that of another model or batch");
  await refused({ loss: { ...loss, runs: 1 } }, "its loss must be a sum of 3 batches: it is 0 of 1");
  await refused({ loss: { ...loss, total: NaN } }, "its loss must be a sum of 3 batches: it is NaN of 3");
  await refused({ steps: 4 }, "it has taken 3 steps: steps is 4");
  await refused({ best: NaN }, "are no numbers");
  for (const name of ["setting", "weights", "optimizer", "carried", "loss", "health"]) {
    await refused({ [name]: undefined }, `its state must have ${name}: state() gives plain data`);
  }
  await refused({ weights: {} }, "missing keys");
  await refused({ health: [] }, "its watch over gradients is that of another model");
  await refused({ health: [new Uint32Array(7)] }, "its watch over gradients is that of another model");
  const { optimizer } = before.state;
  await refused({ optimizer: { ...optimizer, steps: -1 } }, "steps must be");
  await refused({ optimizer: { ...optimizer, moments: { m: [], v: [] } } }, "as large as each parameter");
});

testEach("no state is made of a training that broke", async (device) => {
  using model = gru(device);
  using training: Training = new Training(model, TEXT, {
    ...OPTIONS,
    onStep: async () => {
      device.write(model.parameters()[0]!.value, new Float32Array([NaN]));
      await training.state();
    },
  });
  await assertRejects(
    async () => {
      for await (const _ of training.run());
    },
    RangeError,
    "not finite",
  );
});
