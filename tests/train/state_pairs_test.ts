/**
 * Trainings that stop anywhere and go on, out of the product of cells, optimizers, schedules, sampling, dropout and threads:
 * of any two of these, each pair of values comes. The bits are those of one that never stopped. @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  Adam,
  AdamW,
  Corpus,
  type Device,
  openDevice,
  type Optimizer,
  RMSprop,
  RNNModel,
  SGD,
  Training,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
  type TrainSchedule,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { type Choice, choose } from "../support/choices.ts";
import { timeless } from "../support/language_models.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(6));
const VALIDATION = Corpus.fromText("la sol fa mi re do", { vocabulary: CORPUS.vocabulary });
const SIZE = CORPUS.vocabulary.size;

type Parameters = ReturnType<RNNModel["parameters"]>;
const OPTIMIZERS: Record<string, (parameters: Parameters) => Optimizer> = {
  "Adam": (parameters) => new Adam(parameters, { learningRate: 1e-2 }),
  "AdamW": (parameters) => new AdamW(parameters, { learningRate: 1e-2, weightDecay: 0.1 }),
  "SGD": (parameters) => new SGD(parameters, { learningRate: 0.1 }),
  "SGD, Nesterov": (parameters) => new SGD(parameters, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  "RMSprop": (parameters) => new RMSprop(parameters, { learningRate: 1e-3 }),
  "RMSprop, momentum": (parameters) => new RMSprop(parameters, { learningRate: 1e-3, momentum: 0.5 }),
};
const SCHEDULES: Record<string, TrainSchedule | undefined> = {
  "none": undefined,
  "step": { kind: "step", stepSize: 2, gamma: 0.5 },
  "exponential": { kind: "exponential", gamma: 0.98, unit: "step" },
  "cosine": { kind: "cosine", maxSteps: 20, unit: "step", warmup: 3 },
  "plateau": { kind: "plateau", patience: 0, threshold: 0.5, cooldown: 1 },
};
const FACTORS = {
  cell: ["tanh", "relu", "gru", "lstm", "projected lstm"],
  layers: ["1", "2"],
  embedding: ["none", "5"],
  dropout: ["none", "0.3"],
  optimizer: Object.keys(OPTIMIZERS),
  schedule: Object.keys(SCHEDULES),
  sampling: ["consecutive", "carried", "random", "resets"],
  validation: ["none", "some"],
  accumulate: ["1", "2"],
  clip: ["none", "0.05"],
  stop: ["a step", "an epoch's end", "an epoch's first step", "a step of the third epoch"],
  threads: ["1, 2, 3", "3, 1, 2", "2, 3, 1"],
};

function makeModel(device: Device, { cell, layers, embedding, dropout }: Choice): RNNModel {
  const embeddingSize = embedding === "none" ? 0 : Number(embedding);
  const share = dropout === "none" ? 0 : Number(dropout);
  const kind = cell === "gru" ? "gru" : cell!.endsWith("lstm") ? "lstm" : "rnn";
  const layer = makeLayer(device, kind, {
    inputSize: embeddingSize || SIZE,
    hiddenSize: 7,
    numLayers: Number(layers),
    dropout: layers === "1" ? 0 : share,
    seed: 3,
    ...(cell === "projected lstm" ? { projSize: 5 } : {}),
    ...(kind === "rnn" ? { nonlinearity: cell as "tanh" | "relu" } : {}),
  });
  return new RNNModel(layer, SIZE, { embeddingSize, dropout: share, seed: 2 });
}

function optionsOf({ schedule, sampling, validation, accumulate, clip }: Choice): TrainOptions {
  const scheduled = SCHEDULES[schedule!];
  return {
    epochs: 4,
    batchSize: 2,
    numSteps: 5,
    accumulateSteps: Number(accumulate),
    sampling: sampling === "random" ? "random" : "consecutive",
    carryState: sampling === "carried",
    resetProbability: sampling === "resets" ? 0.3 : 0,
    seed: 5,
    ...(clip === "none" ? {} : { clipGradNorm: Number(clip) }),
    ...(validation === "none" ? {} : { validation: VALIDATION }),
    ...(scheduled ? { schedule: scheduled } : {}),
  };
}

/** Behind which step a training stops. */
function stopOf(name: string, perEpoch: number): number {
  if (name === "a step") return 1;
  if (name === "an epoch's end") return perEpoch;
  return name === "an epoch's first step" ? perEpoch + 1 : 2 * perEpoch + 2;
}

/** What a training leaves. */
interface Outcome {
  reports: unknown[];
  state: TrainingState;
  /** Steps that it took. */
  steps: number;
}

/** Trains from a state to the end, or until `stop` steps have been taken. */
async function run(device: Device, choice: Choice, from?: TrainingState, stop = Infinity): Promise<Outcome> {
  using model = makeModel(device, choice);
  using optimizer = OPTIMIZERS[choice["optimizer"]!]!(model.parameters());
  let steps = 0;
  let stopped: TrainingState | undefined;
  using training: Training = new Training(model, CORPUS, {
    ...optionsOf(choice),
    optimizer,
    onStep: async () => {
      if (++steps !== stop) return;
      stopped = await training.state();
      throw new Error("stopped");
    },
  });
  if (from) training.restore(from);
  const reports: TrainReport[] = [];
  try {
    for await (const report of training.run()) reports.push(report);
  } catch (error) {
    if (!stopped) throw error;
  }
  return { reports: timeless(reports), state: stopped ?? await training.state(), steps };
}

/** A training that stops, and another one that goes on from its state, against one that does not stop. */
async function assertSame(choice: Choice, [whole, first, second]: readonly Device[]): Promise<void> {
  const name = JSON.stringify(choice);
  const expected = await run(whole!, choice);
  const stop = stopOf(choice["stop"]!, expected.steps / 4);
  const begun = await run(first!, choice, undefined, stop);
  const ended = await run(second!, choice, structuredClone(begun.state));
  assertEquals(begun.steps + ended.steps, expected.steps, name);
  assertEquals([...begun.reports, ...ended.reports], expected.reports, name);
  assertEquals(ended.state, expected.state, name);
}

Deno.test("a training goes on with the same bits at any number of threads, whatever two things meet", async () => {
  const devices = await Promise.all([1, 2, 3].map((threads) => openDevice("wasm", { threads })));
  try {
    const choices = choose(FACTORS, { together: 2, seed: 14 });
    assert(choices.length >= 30, `${choices.length} cases`);
    for (const choice of choices) {
      const order = choice["threads"]!.split(", ").map((threads) => devices[Number(threads) - 1]!);
      await assertSame(choice, order);
    }
  } finally {
    for (const device of devices) device[Symbol.dispose]();
  }
});

Deno.test({
  name: "a training goes on with the same bits on a GPU, whatever is chosen",
  ignore: !DEVICE_NAMES.includes("webgpu"),
  async fn() {
    using device = await openDevice("webgpu");
    const { threads: _, ...factors } = FACTORS;
    for (const choice of choose(factors, { together: 1, seed: 14 })) {
      await assertSame(choice, [device, device, device]);
    }
  },
});
