/** Trainings of several ranks against those of one process with the same batch. @module */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  Corpus,
  type Device,
  openDevice,
  type RNNModel,
  SGD,
  Training,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { copy } from "../../src/tensors/copy.ts";
import { joinRows, ownRows, type Ranks } from "../../src/train/ranks.ts";
import { HELD_OUT, makeModel, TEXT, timeless } from "../support/language_models.ts";
import { localRanks } from "../support/local_ranks.ts";
import { testEach } from "../support/test_each.ts";
import { assertClose } from "../support/losses.ts";

const V = TEXT.vocabulary.size;
/** 3 steps an epoch. */
const OPTIONS: TrainOptions = { epochs: 4, batchSize: 6, numSteps: 5, clipGradNorm: 0.05 };

/** What a rank is made with. */
interface Made {
  readonly options?: Partial<TrainOptions>;
  readonly corpus?: Corpus;
  readonly make?: (device: Device) => RNNModel;
  readonly from?: TrainingState;
}

/** The reports, the weights and the states at reports of one rank, or of a training without ranks. */
async function trained(device: Device, ranks: Ranks | undefined, made: Made = {}) {
  const { options, corpus = TEXT, from } = made;
  const { make = (device) => makeModel(device, { vocabularySize: corpus.vocabulary.size }) } = made;
  using model = make(device);
  using optimizer = new SGD(model.parameters(), { learningRate: 0.3, momentum: 0.5 });
  using training = new Training(model, corpus, {
    ...OPTIONS,
    ...options,
    optimizer,
    ...(ranks && { ranks }),
  });
  if (from) training.restore(from);
  const reports: TrainReport[] = [];
  const states: TrainingState[] = [];
  for await (const report of training.run()) {
    reports.push(report);
    states.push(await training.state());
  }
  const weights = Object.values(await model.stateDict()).flatMap(({ data }) => [...data]);
  return { reports, weights, states };
}

/** The same on all ranks, each with a device of its own. */
async function trainedBy(size: number, name: string, made: Made = {}) {
  return await Promise.all(
    localRanks(size).map(async (ranks) => {
      using device = await openDevice(name as "wasm", { threads: 1 });
      return await trained(device, ranks, made);
    }),
  );
}

function assertAlike(ranks: Awaited<ReturnType<typeof trainedBy>>, one: Awaited<ReturnType<typeof trained>>) {
  for (const rank of ranks) {
    assertEquals(timeless(rank.reports), timeless(ranks[0]!.reports), "all ranks tell the same");
    assertEquals(rank.weights, ranks[0]!.weights, "all ranks have the same weights");
    assertEquals(rank.states, ranks[0]!.states, "all ranks know the same states");
  }
  const [first] = ranks;
  assertClose(first!.reports.map(({ loss }) => loss), one.reports.map(({ loss }) => loss));
  assertClose(
    first!.reports.map(({ validationLoss = 0 }) => validationLoss),
    one.reports.map(({ validationLoss = 0 }) => validationLoss),
  );
  assertClose(first!.reports.map(({ gradNorm }) => gradNorm), one.reports.map(({ gradNorm }) => gradNorm));
  assertClose(first!.weights, one.weights);
}

for (const cell of KINDS) {
  testEach(`2 ranks learn what one process does: ${cell}`, async (device) => {
    const make = (device: Device) => makeModel(device, { cell, vocabularySize: V, numLayers: 2 });
    assertAlike(await trainedBy(2, device.name, { make }), await trained(device, undefined, { make }));
  });
}

const dropped = (device: Device) =>
  makeModel(device, { cell: "lstm", vocabularySize: V, numLayers: 2, projSize: 6, dropout: 0.4, seed: 3 });

const LINES = Corpus.fromText(
  "do re mi fa sol la si domi remifa fasolla resi mido sol".replaceAll(" ", "\n"),
  {
    newlines: "lines",
  },
);
const ofLines = { corpus: LINES, options: { numSteps: undefined } } as const;
const droppedLines = (device: Device) =>
  makeModel(device, { vocabularySize: LINES.vocabulary.size, numLayers: 2, dropout: 0.4, seed: 3 });

const SETTINGS: Record<string, Made> = {
  "lines, some of padding": ofLines,
  "lines, dropout, in parts": {
    corpus: LINES,
    make: droppedLines,
    options: { ...ofLines.options, batchSize: 3, accumulateSteps: 2, validation: LINES },
  },
  "dropout": { make: dropped },
  "dropout, in parts": { make: dropped, options: { batchSize: 3, accumulateSteps: 2 } },
  "random sampling": { options: { sampling: "random", seed: 5 } },
  "rows that begin anew, in parts": {
    options: { batchSize: 3, accumulateSteps: 2, resetProbability: 0.3, seed: 5 },
  },
  "rows that begin anew": { options: { resetProbability: 0.3, seed: 5, carryState: true } },
  "validation and plateau": {
    options: { validation: HELD_OUT, schedule: { kind: "plateau", patience: 0, threshold: 0.5 } },
  },
  "reports within epochs": { options: { logEvery: "2steps" } },
};
for (const [name, made] of Object.entries(SETTINGS)) {
  testEach(`3 ranks learn what one process does: ${name}`, async (device) => {
    assertAlike(await trainedBy(3, device.name, made), await trained(device, undefined, made));
  });
}

const STATES: Record<string, Made> = {
  "running text": { make: dropped, options: { logEvery: "2steps", resetProbability: 0.3 } },
  "lines": { corpus: LINES, make: droppedLines, options: { ...ofLines.options, logEvery: "2steps" } },
};
for (const [name, made] of Object.entries(STATES)) {
  testEach(`a state of 3 ranks is one of any number of them: ${name}`, (device) => goOn(device, made));
}

async function goOn(device: Device, made: Made): Promise<void> {
  const [whole] = await trainedBy(3, device.name, made);
  const behind = whole!.states.findIndex(({ epoch, step }) => epoch === 2 && step === 1); // with carried states
  const from = whole!.states[behind]!;
  const [same] = await trainedBy(3, device.name, { ...made, from });
  assertEquals(same!.weights, whole!.weights);
  assertEquals(timeless(same!.reports), timeless(whole!.reports.slice(behind + 1)));
  const [two] = await trainedBy(2, device.name, { ...made, from });
  assertClose(two!.weights, whole!.weights);
  const one = await trained(device, undefined, { ...made, from });
  assertClose(one.weights, whole!.weights);
  const { states } = await trained(device, undefined, made);
  assertClose(
    (await trainedBy(3, device.name, { ...made, from: states[behind]! }))[0]!.weights,
    whole!.weights,
  );
}

Deno.test("a signal of one rank ends all behind the same step", async () => {
  const steps: number[] = [];
  const ended = await Promise.allSettled(
    localRanks(2).map(async (ranks) => {
      using device = await openDevice("wasm", { threads: 1 });
      using model = makeModel(device, { vocabularySize: V });
      const controller = new AbortController();
      const onStep = ({ step }: { step: number }): void => {
        steps.push(step);
        if (ranks.rank === 1 && step === 2) controller.abort("it was enough");
      };
      const { signal } = controller;
      using training = new Training(model, TEXT, { ...OPTIONS, ranks, onStep, signal });
      for await (const _ of training.run());
    }),
  );
  assertEquals(steps.sort(), [1, 1, 2, 2]);
  const reasons = ended.map((one) => String((one as PromiseRejectedResult).reason));
  assertEquals(reasons, ["AbortError: Another rank of the training was aborted", "it was enough"]);
});

Deno.test("ranks that differ are found before the first step, and all say so", async () => {
  const differing = async (of: (rank: number) => Made): Promise<string[]> => {
    const all = await Promise.allSettled(
      localRanks(3).map(async (ranks) => {
        using device = await openDevice("wasm", { threads: 1 });
        await trained(device, ranks, of(ranks.rank));
      }),
    );
    return all.map((one) => (one as PromiseRejectedResult).reason.message);
  };
  const seeds = await differing((rank) => ({ options: { seed: rank === 2 ? 7 : 0 } }));
  assertEquals(
    seeds,
    Array(3).fill("Cannot train on ranks that differ: rank 0 has seed 0, and rank 2 seed 7"),
  );
  const [clip] = await differing((rank) => ({ options: rank === 1 ? { clipGradNorm: 1 } : {} }));
  assertMatch(clip!, /rank 0 has clipGradNorm "?0.05"?, and rank 1 clipGradNorm "?1"?$/);
  const [weights] = await differing((rank) => ({
    make: (device) => makeModel(device, { vocabularySize: V, seed: rank === 1 ? 9 : 8 }),
  }));
  assertEquals(weights, "Cannot train on ranks that differ: rank 1 has not the weights of rank 0");
  const [validation] = await differing((rank) => ({ options: rank === 1 ? { validation: HELD_OUT } : {} }));
  assertEquals(validation, "Cannot train on ranks that differ: rank 1 has not the validation text of rank 0");
});

testEach("rows that cannot be shared out are refused", (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const begin = (size: number) => new Training(model, TEXT, { ...OPTIONS, ranks: localRanks(size)[0]! });
  const sentence = (size: number): string =>
    `Cannot train with batchSize 6 on ${size} ranks as each must have as many rows: batchSize must be a multiple of ${size}`;
  for (const size of [4, 7]) assertThrows(() => begin(size), RangeError, sentence(size));
});

Deno.test("joinRows() and ownRows() are each the other way round, bit by bit", async () => {
  const own = [[1, 2, -0, 9], [3, 4, NaN, 8]].map((values) => Float32Array.from(values));
  const joined = await Promise.all(
    localRanks(2).map((ranks) => joinRows(own[ranks.rank]!, [2, 1, 1], ranks)),
  );
  for (const all of joined) assertEquals(all, Float32Array.of(1, 2, 3, 4, -0, NaN, 9, 8));
  for (const ranks of localRanks(2)) assertEquals(ownRows(joined[0]!, [2, 1, 1], ranks), own[ranks.rank]);
});

testEach("alter() acts between the kernels before it and those behind it", async (device) => {
  const block = device.alloc(70);
  device.write(block, new Float32Array(70).fill(2));
  const last = block.view(64, 6);
  device.clear(last);
  await device.alter(last, (words) => {
    assertEquals([...words], Array(6).fill(0));
    words.fill(3);
  });
  const behind = device.alloc(2);
  copy(device, { block: last }, { block: behind }, { columns: 2 });
  const words = new Float32Array(await device.read(block));
  assertEquals([words[0], words[63], words[64], words[69]], [2, 2, 3, 3]);
  assertEquals(new Float32Array(await device.read(behind)), Float32Array.of(3, 3));
  assertThrows(() => device.record(() => void device.alter(block, () => {})), Error, "being recorded");
  await assertRejects(
    async () => await device.alter(block, () => Promise.reject(new Error("no"))),
    Error,
    "no",
  );
});

testEach("fewer lines than a batch may have are shared out where that can be", (device) => {
  using model = makeModel(device, { vocabularySize: LINES.vocabulary.size });
  const ranks = localRanks(2)[0]!;
  const begin = (batchSize: number) => new Training(model, LINES, { epochs: 1, batchSize, ranks });
  assertThrows(
    () => begin(20),
    RangeError,
    "Cannot share a batch of 13 lines, as there are no more, out among 2 ranks: batchSize must be a multiple of 2 " +
      "and at most 13",
  );
  assertThrows(() => begin(3), RangeError, "batchSize must be a multiple of 2");
  begin(12)[Symbol.dispose]();
});
