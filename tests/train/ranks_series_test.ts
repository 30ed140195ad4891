/** Trainings of a series on several ranks against those of one process with the same batch. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { type Device, openDevice, SGD } from "../../mod.ts";
import { partOf } from "../../src/data/series.ts";
import { TrainingLoop } from "../../src/train/loop.ts";
import type { Ranks } from "../../src/train/ranks.ts";
import { SeriesCourse, type SeriesOptions, type SeriesReport } from "../../src/train/series_course.ts";
import type { TrainingState } from "../../src/train/state.ts";
import { localRanks } from "../support/local_ranks.ts";
import { testEach } from "../support/test_each.ts";
import { forecasterOn, SERIES } from "../support/waves.ts";
import { assertClose } from "../support/losses.ts";

/** 14 steps an epoch. */
const OPTIONS: SeriesOptions = { epochs: 3, batchSize: 6, loss: "mse", seed: 3, clipGradNorm: 0.5 };

type State = TrainingState<object>;

/** Losses, weights and the states at reports of one rank, or of a training without ranks. */
async function trained(device: Device, ranks?: Ranks, made: { options?: object; from?: State } = {}) {
  using model = forecasterOn(device, SERIES, 0.3);
  using optimizer = new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.5 });
  const validation = partOf(SERIES, -20);
  const options = { ...OPTIONS, ...made.options, optimizer, validation, ...(ranks && { ranks }) };
  using training = new TrainingLoop(new SeriesCourse(model, partOf(SERIES, 0, 100), options));
  if (made.from) training.restore(made.from as never);
  const losses: number[][] = [];
  const states: State[] = [];
  for await (const { loss, validationLoss = 0, gradNorm } of training.run() as AsyncIterable<SeriesReport>) {
    losses.push([loss, validationLoss, gradNorm]);
    states.push(await training.state());
  }
  const weights = Object.values(await model.stateDict()).flatMap(({ data }) => [...data]);
  return { losses, weights, states };
}

/** The same on all ranks, each with a device of its own. */
async function trainedBy(size: number, name: string, made?: Parameters<typeof trained>[2]) {
  return await Promise.all(
    localRanks(size).map(async (ranks) => {
      using device = await openDevice(name as "wasm", { threads: 1 });
      return await trained(device, ranks, made);
    }),
  );
}

const PARTS = { batchSize: 3, accumulateSteps: 2 };
for (const options of [{}, { loss: "huber", logEvery: "3steps" }, PARTS]) {
  testEach(`3 ranks learn of a series what one process does: ${JSON.stringify(options)}`, async (device) => {
    const ranks = await trainedBy(3, device.name, { options });
    const one = await trained(device, undefined, { options });
    for (const rank of ranks) assertEquals(rank, ranks[0]);
    assertClose(ranks[0]!.losses.flat(), one.losses.flat());
    assertClose(ranks[0]!.weights, one.weights);
  });
}

testEach(
  "a step of several batches of windows is that of one batch of them, dropout included",
  async (device) => {
    const [whole, parts] = [await trained(device), await trained(device, undefined, { options: PARTS })];
    assertClose(parts.losses.flat(), whole.losses.flat());
    assertClose(parts.weights, whole.weights);
    const stopped = parts.states[1]!;
    const rest = await trained(device, undefined, { options: PARTS, from: stopped });
    assertEquals(rest.weights, parts.weights);
  },
);

testEach("a state of 3 ranks of a series is one of any number of them", async (device) => {
  const made = { options: { logEvery: "5steps" } };
  const [whole] = await trainedBy(3, device.name, made);
  const behind = whole!.states.findIndex(({ epoch, step }) => epoch === 2 && step > 0);
  const from = whole!.states[behind]!;
  const [same] = await trainedBy(3, device.name, { ...made, from });
  assertEquals(same!.weights, whole!.weights);
  assertEquals(same!.losses, whole!.losses.slice(behind + 1));
  const [two] = await trainedBy(2, device.name, { ...made, from });
  const one = await trained(device, undefined, { ...made, from });
  for (const { weights, losses } of [two!, one]) {
    assertClose(weights, whole!.weights);
    assertClose(losses.flat(), whole!.losses.slice(behind + 1).flat());
  }
});

testEach("windows that cannot be shared out are refused", (device) => {
  using model = forecasterOn(device);
  const [ranks] = localRanks(4);
  assertThrows(
    () => new SeriesCourse(model, SERIES, { ...OPTIONS, ranks: ranks! }),
    RangeError,
    "Cannot train with batchSize 6 on 4 ranks as each must have as many rows",
  );
});

Deno.test("ranks of other series are found before the first step", async () => {
  const ended = await Promise.allSettled(
    localRanks(2).map(async (ranks) => {
      using device = await openDevice("wasm", { threads: 1 });
      using model = forecasterOn(device);
      const series = ranks.rank === 0 ? SERIES : { ...SERIES, values: SERIES.values.toReversed() };
      using training = new TrainingLoop(new SeriesCourse(model, series, { ...OPTIONS, ranks }));
      for await (const _ of training.run());
    }),
  );
  const messages = ended.map((one) => one.status === "rejected" ? one.reason.message : "trained");
  assertEquals(
    messages,
    Array(2).fill("Cannot train on ranks that differ: rank 1 has not the series of rank 0"),
  );
});
