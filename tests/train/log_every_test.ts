/** Reports within epochs: which ones come, what they tell, and that they change nothing of what is learnt. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Device,
  type LogEvery,
  Training,
  type TrainingState,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { BATCH, HELD_OUT, makeModel, STEPS, TEXT, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const OPTIONS: TrainOptions = { ...BATCH, epochs: 4, learningRate: 1e-2, clipGradNorm: 0.5 };

/** What a training leaves. */
interface Outcome {
  reports: TrainReport[];
  state: TrainingState;
}

/** Trains from a state to the end, or until `stop` steps have been taken. */
async function run(
  device: Device,
  options: Partial<TrainOptions>,
  { from, stop = Infinity }: { from?: TrainingState; stop?: number } = {},
): Promise<Outcome> {
  using model = makeModel(device, { vocabularySize: TEXT.vocabulary.size });
  let stopped: TrainingState | undefined;
  const onStep = async ({ epoch, step }: { epoch: number; step: number }): Promise<void> => {
    if ((epoch - 1) * STEPS + step !== stop) return;
    stopped = await training.state();
    throw new Error("stopped");
  };
  using training: Training = new Training(model, TEXT, { ...OPTIONS, ...options, onStep });
  if (from) training.restore(from);
  const reports: TrainReport[] = [];
  try {
    for await (const report of training.run()) reports.push(report);
  } catch (error) {
    if (!stopped) throw error;
  }
  return { reports, state: stopped ?? await training.state() };
}

function lossesOf({ reports }: Outcome): number[] {
  return reports.map(({ loss }) => loss);
}

/** Where the reports come. */
function placesOf(reports: readonly TrainReport[]): (number | undefined)[][] {
  return reports.map(({ epoch, step, steps }) => [epoch, step, steps]);
}

testEach("reports come behind every so many steps, and at ends of epochs once", async (device) => {
  const { reports } = await run(device, { logEvery: "4steps" });
  const end = undefined;
  const places = [[1, 4, 4], [1, end, 6], [2, 2, 8], [2, end, 12], [3, 4, 16], [3, end, 18]];
  assertEquals(placesOf(reports), [...places, [4, 2, 20], [4, end, 24]]);
  const sparse = await run(device, { logEvery: "7steps", epochs: 41 }); // every third end, and the last
  const ends = sparse.reports.filter(({ step }) => step === undefined).map(({ epoch }) => epoch);
  assertEquals(ends, [...Array.from({ length: 13 }, (_, i) => 3 * i + 3), 41]);
  const within = sparse.reports.filter(({ step }) => step !== undefined).map(({ steps }) => steps);
  const wanted = Array.from({ length: 35 }, (_, i) => 7 * i + 7).filter((steps) => steps % 18 > 0);
  assertEquals(within, wanted);
  assertEquals(sparse.reports.find(({ steps }) => steps === 42)?.step, STEPS); // the end of an epoch without one
});

testEach("a report within an epoch tells the loss since the last one, and changes no bit", async (device) => {
  const whole = await run(device, {});
  const each = await run(device, { logEvery: "1steps" });
  const losses = each.reports.map(({ loss }) => loss);
  const { reports, state } = await run(device, { logEvery: "4steps" });
  let before = 0;
  for (const { steps, loss, perplexity } of reports) {
    const part = losses.slice(before, steps);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    assert(Math.abs(loss - mean) < 2e-6, `${loss} at step ${steps}, not ${mean}`);
    assertEquals(perplexity, Math.exp(loss));
    before = steps;
  }
  assert(new Set(losses).size === losses.length, "each step has its own");
  const { reported, ...rest } = state;
  assertEquals(
    [reported, rest],
    [{ sum: 0, runs: 0 }, whole.state],
    "patience watches the loss of whole epochs",
  );
  assertEquals(
    reports.map(({ epochLoss }) => epochLoss).filter((loss) => loss !== undefined),
    lossesOf(whole),
  );
  const timed = await run(device, { logEvery: "0.000001s" });
  assert(timed.reports.length > whole.reports.length);
  assertEquals(timed.state.weights, whole.state.weights);
  assertEquals(timed.state.optimizer, whole.state.optimizer);
  assertEquals([timed.state.best, timed.state.worse], [whole.state.best, whole.state.worse]);
});

testEach("a loss that spans epochs without a report is that of all of their steps", async (device) => {
  const each = await run(device, { logEvery: "1steps", epochs: 41 });
  const { reports } = await run(device, { logEvery: "100steps", epochs: 41 });
  let before = 0;
  for (const { steps, loss } of reports) {
    const part = each.reports.filter((report) => report.steps > before && report.steps <= steps);
    const mean = part.reduce((sum, report) => sum + report.loss, 0) / part.length;
    assertEquals(part.length, steps - before);
    assert(Math.abs(loss - mean) < 2e-6, `${loss} at step ${steps}, not ${mean}`);
    before = steps;
  }
});

for (const accumulateSteps of [1, 3]) {
  testEach(
    `a training that stops anywhere has the same reports: steps of ${accumulateSteps} batches`,
    async (device) => {
      const options: Partial<TrainOptions> = {
        logEvery: "4steps",
        batchSize: 3 / accumulateSteps,
        accumulateSteps,
        validation: HELD_OUT,
        schedule: { kind: "plateau", patience: 0, threshold: 0.5 },
        patience: 3,
      };
      const whole = await run(device, options);
      for (let stop = 1; stop < 24; stop++) {
        const first = await run(device, options, { stop });
        const bytes = await encodeCheckpoint({ state: first.state, run: null });
        const { state } = await decodeCheckpoint(bytes);
        assertEquals(state, first.state);
        const second = await run(device, options, { from: state });
        const reports = timeless([...first.reports, ...second.reports]);
        assertEquals(reports, timeless(whole.reports), `stopped behind step ${stop}`);
        assertEquals(second.state, whole.state, `stopped behind step ${stop}`);
      }
    },
  );
}

testEach("a state behind a report within an epoch has not to make it again", async (device) => {
  const whole = await run(device, { logEvery: "4steps" });
  using model = makeModel(device, { vocabularySize: TEXT.vocabulary.size });
  using training = new Training(model, TEXT, { ...OPTIONS, logEvery: "4steps" });
  const states: TrainingState[] = [];
  for await (const _ of training.run()) states.push(await training.state());
  for (const [i, from] of states.entries()) {
    const { reports } = await run(device, { logEvery: "4steps" }, { from });
    assertEquals(timeless(reports), timeless(whole.reports.slice(i + 1)));
  }
});

testEach("a state of one rhythm goes on in another, and an old one in any", async (device) => {
  const whole = await run(device, {});
  const rhythms: LogEvery[] = [1, 3, "4steps", "1h"];
  for (const logEvery of rhythms) {
    const { state } = await run(device, { logEvery }, { stop: 9 });
    const { reported: _, ...old } = state;
    for (const from of [state, old]) {
      for (const other of rhythms) {
        const { state: { weights }, reports } = await run(device, { logEvery: other }, { from });
        assertEquals(weights, whole.state.weights);
        assert(reports.every(({ loss }) => Number.isFinite(loss)));
      }
    }
  }
  // The last epoch's end, told already, becomes one with a report.
  const { state } = await run(device, { logEvery: "6steps", epochs: 41 }, { stop: 12 });
  using model = makeModel(device, { vocabularySize: TEXT.vocabulary.size });
  using training = new Training(model, TEXT, { ...OPTIONS, logEvery: "6steps", epochs: 41 });
  training.restore(state);
  const run2 = training.run();
  await run2.next();
  const behind = await training.state();
  await run2.return();
  assertEquals([behind.step, behind.reported!.runs], [STEPS, STEPS]);
  const { reports } = await run(device, { logEvery: "6steps", epochs: 2 }, { from: behind });
  assertEquals(placesOf(reports), [[2, undefined, 12]]);
  assert(Number.isFinite(reports[0]!.loss));
});

testEach("patience and the best loss know ends of epochs alone", async (device) => {
  const options = { epochs: 60, learningRate: 0.05, validation: HELD_OUT, patience: 2 };
  const plain = await run(device, { ...options, logEvery: 3 });
  const often = await run(device, { ...options, logEvery: "1steps" });
  assert(plain.state.epoch < 60);
  assertEquals([often.state.epoch, often.state.best, often.state.worse], [
    plain.state.epoch,
    plain.state.best,
    plain.state.worse,
  ]);
  const validated = often.reports.filter(({ validationLoss }) => validationLoss !== undefined);
  assertEquals(validated.length, plain.reports.length);
  assert(validated.every(({ step }) => step === undefined));
});

testEach("steps tell the loss of what was waited for last, without a wait of their own", async (device) => {
  using model = makeModel(device, { vocabularySize: TEXT.vocabulary.size });
  let reads = 0;
  const { read } = device;
  const losses: (number | undefined)[] = [];
  const options = { ...OPTIONS, epochs: 60, onStep: ({ loss }: { loss?: number }) => void losses.push(loss) };
  device.read = (...args) => (reads++, read.apply(device, args));
  try {
    using training = new Training(model, TEXT, { ...options, logEvery: 60 });
    for await (const { loss } of training.run()) {
      const last = losses.at(-1)!;
      assert(Math.abs(last - loss) < 0.5, `${last}, and ${loss} at the report`);
    }
  } finally {
    device.read = read;
  }
  const known = losses.filter((loss) => loss !== undefined);
  assert(new Set(known).size > 1 && known.every(Number.isFinite));
  assert(known[0]! > known.at(-1)!, "nothing was learnt");
  assert(reads <= 3 * new Set(known).size + 6, `${reads} reads for ${new Set(known).size} losses`);
});

testEach("a rhythm that is none is refused, and a state with a sum that is none", async (device) => {
  using model = makeModel(device, { vocabularySize: TEXT.vocabulary.size });
  const rule =
    "Cannot train as logEvery must be epochs as 50, steps as 500steps, or a time as 30s, 2m or 1h: current value is ";
  for (
    const logEvery of [0, -1, 1.5, NaN, "", "0steps", "1.5steps", "steps", "0s", "2 m", "2min", "50", "m"]
  ) {
    const make = (): Training => new Training(model, TEXT, { ...OPTIONS, logEvery: logEvery as LogEvery });
    const { message } = assertThrows(make, RangeError, rule);
    assertEquals(message, rule + (typeof logEvery === "string" ? JSON.stringify(logEvery) : logEvery));
  }
  for (const logEvery of [["5steps"], new String("2m"), Object.create(null), null]) {
    const make = (): Training => new Training(model, TEXT, { ...OPTIONS, logEvery });
    assertThrows(make, RangeError, rule);
  }
  using training = new Training(model, TEXT, { ...OPTIONS, logEvery: "2m" });
  const state = await training.state();
  for (const reported of [null, {}, { sum: NaN, runs: 0 }, { sum: 1, runs: 0.5 }, { sum: 1, runs: 1 }]) {
    const damaged = { ...state, reported } as TrainingState;
    const sentence =
      "Cannot restore the training as what was reported of its epoch must be a sum of its batches";
    assertThrows(() => training.restore(damaged), RangeError, sentence);
  }
});
