/** Trainings on a series of numbers: what they learn from, exact states, losses. @module */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Adam, forecast, Forecaster, parseSeries, type Series, Standardizer } from "../../mod.ts";
import { lengthOf, partOf } from "../../src/data/series.ts";
import { evaluateSeries } from "../../src/train/evaluate_series.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { TrainingLoop } from "../../src/train/loop.ts";
import { SeriesCourse, type SeriesOptions, type SeriesReport } from "../../src/train/series_course.ts";
import type { TrainingState } from "../../src/train/state.ts";
import { testEach } from "../support/test_each.ts";
import { forecasterOn, SERIES } from "../support/waves.ts";

const OPTIONS: SeriesOptions = { epochs: 4, batchSize: 8, loss: "mse", seed: 3, learningRate: 0.01 };

async function reportsOf(training: TrainingLoop<SeriesReport, object>): Promise<SeriesReport[]> {
  return await Array.fromAsync(training.run());
}

testEach("a training goes on from its state with the same bits, dropout included", async (device) => {
  const train = async (stop: number | undefined, from?: TrainingState<object>) => {
    const controller = new AbortController();
    using model = forecasterOn(device, SERIES, 0.3);
    using optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    const onStep = (
      { epoch, step, stepsPerEpoch }: { epoch: number; step: number; stepsPerEpoch: number },
    ) => {
      if ((epoch - 1) * stepsPerEpoch + step === stop) controller.abort("enough");
    };
    const validation = partOf(SERIES, -20);
    const options = { ...OPTIONS, optimizer, onStep, validation, signal: controller.signal };
    using training = new TrainingLoop(new SeriesCourse(model, partOf(SERIES, 0, 100), options));
    if (from) training.restore(from as never);
    const reports = await reportsOf(training).catch((reason) => {
      assertEquals(reason, "enough");
      return [];
    });
    return { reports, state: await training.state() };
  };
  const whole = await train(undefined);
  const { state } = await train(17);
  const read = await decodeCheckpoint(await encodeCheckpoint({ state, run: {} }));
  const rest = await train(undefined, read.state as unknown as TrainingState<object>);
  assertEquals(rest.state.weights, whole.state.weights);
  const losses = ({ loss, validationLoss }: SeriesReport) => [loss, validationLoss];
  assertEquals(rest.reports.map(losses), whole.reports.slice(-rest.reports.length).map(losses));
  assert(rest.reports.length < whole.reports.length);
});

testEach("the loss of a validation is that of all its windows, however they are cut", async (device) => {
  const long = parseSeries(`a\n${Array.from({ length: 400 }, (_, t) => 10 + t % 7 - t % 3).join("\n")}`);
  using model = forecasterOn(device, partOf(long, 0, 50));
  const validation = partOf(long, 50); // 335 windows: 256 and 79
  const options = { ...OPTIONS, epochs: 1, validation };
  using training = new TrainingLoop(new SeriesCourse(model, partOf(long, 0, 50), options));
  const [report] = await reportsOf(training);
  const { loss, columns: [column], windows } = await evaluateSeries(model, validation);
  assertEquals(windows, 335);
  assertAlmostEquals(report!.validationLoss!, loss, 1e-6);
  assertAlmostEquals(report!.validationRmse!, column!.rmse, 1e-5);
});

testEach("what is validated changes no weight, and is never learnt from", async (device) => {
  const train = async (validation: Series | undefined) => {
    using model = forecasterOn(device, partOf(SERIES, 0, 80));
    using training = new TrainingLoop(
      new SeriesCourse(model, partOf(SERIES, 0, 80), { ...OPTIONS, ...(validation ? { validation } : {}) }),
    );
    await reportsOf(training);
    return await model.stateDict();
  };
  const rest = partOf(SERIES, 80);
  const other = { ...rest, values: rest.values.map((value) => 7 * value) };
  const weights = await train(undefined);
  assertEquals(await train(rest), weights);
  assertEquals(await train(other), weights);
});

testEach("a wave that rises is told better than by its last value and its last season", async (device) => {
  const wave = partOf(parseSeries(`a\n${[...SERIES.values].filter((_, i) => i % 2 === 0).join("\n")}`), 0);
  using model = forecasterOn(device, partOf(wave, 0, 90));
  const options = { ...OPTIONS, epochs: 40, clipGradNorm: 1 };
  using training = new TrainingLoop(new SeriesCourse(model, partOf(wave, 0, 90), options));
  await reportsOf(training);
  const { columns: [column] } = await evaluateSeries(model, partOf(wave, 90), wave);
  const { rmse, lastValue, lastSeason } = column!;
  assertEquals(lastSeason?.rows, 12);
  assert(rmse < lastSeason!.rmse / 2 && lastSeason!.rmse < lastValue, Deno.inspect(column));
});

testEach("beyond the horizon a forecast reads itself, and begins as a shorter one does", async (device) => {
  using model = forecasterOn(device);
  const [short, long] = [
    await forecast(model, SERIES, { steps: 3 }),
    await forecast(model, SERIES, { steps: 10 }),
  ];
  assertEquals([short.length, long.length], [6, 20]);
  assertEquals([...long.subarray(0, 6)], [...short]);
  const told = { columns: SERIES.columns, values: Float64Array.of(...SERIES.values, ...long.subarray(0, 8)) };
  const again = await forecast(model, told, { steps: 4 });
  for (const [i, value] of again.entries()) assertAlmostEquals(value, long[8 + i]!, 1e-3);
  const refuse = async (series: Series, sentence: string) => {
    const { message } = await forecast(model, series).then(
      () => new Error("none"),
      (error) => error as Error,
    );
    assertEquals(message, sentence);
  };
  await refuse(partOf(SERIES, -11), "Cannot forecast as the model reads 12 rows: the series has 11");
  const broken = { ...SERIES, values: SERIES.values.map((value, i) => i === 239 ? NaN : value) };
  await refuse(broken, 'Cannot forecast as column "b" of the series\' end has NaN');
  await refuse(
    { ...SERIES, columns: ["b", "a"] },
    'Cannot use a series of columns ["b","a"] with a model of ["a","b"]',
  );
});

testEach("a forecast may be of many numbers, and none that float32 does not hold", async (device) => {
  const series = parseSeries("a,b\n1,2\n3,1");
  const made = { columns: series.columns, scale: Standardizer.of(series), numSteps: 2, seed: 0 };
  using wide = new Forecaster(device, { ...made, layer: { hiddenSize: 1 }, horizon: 65_536 });
  assertEquals((await forecast(wide, series, { steps: 65_537 })).length, 2 * 65_537);
  const layer = { hiddenSize: 1, nonlinearity: "relu" } as const;
  using steep = new Forecaster(device, { ...made, kind: "rnn", layer, horizon: 1 });
  const weights = await steep.stateDict();
  for (const { data } of Object.values(weights)) data.fill(1e20);
  steep.loadStateDict(weights);
  const reason = await forecast(steep, series, { steps: 9 }).catch(String);
  assertEquals(reason, "RangeError: Cannot forecast row 1 as what is told leaves float32's range");
});

testEach("a training refuses parts without a window, and a state of another one", async (device) => {
  using model = forecasterOn(device);
  const refuse = (series: Series, options: object, sentence: string): unknown =>
    assertThrows(() => new SeriesCourse(model, series, { ...OPTIONS, ...options }), Error, sentence);
  refuse(partOf(SERIES, 0, 15), {}, "Cannot cut a window of numSteps 12 and horizon 4 as they take 16 rows");
  refuse(SERIES, { batchSize: 106 }, "Cannot cut a batch of batchSize 106 as there are 105 windows");
  refuse(SERIES, { validation: partOf(SERIES, 0, 15) }, "they take 16 rows: the series has 15");
  refuse(SERIES, { batchSizes: 1 }, 'Cannot train with unknown option "batchSizes"');
  using training = new TrainingLoop(new SeriesCourse(model, SERIES, OPTIONS));
  const state = await training.state();
  training[Symbol.dispose]();
  using other = new TrainingLoop(new SeriesCourse(model, partOf(SERIES, 1), OPTIONS));
  assertThrows(() => other.restore(state), RangeError, "rows is 119, and was 120");
  assertEquals(lengthOf(SERIES), 120);
});
