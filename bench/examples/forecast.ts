/**
 * `examples/forecast.ts` beside PyTorch: the same model from the same weights, on the same windows.
 *
 * @module
 */
import {
  fit,
  Forecaster,
  meanSquaredError,
  openDevice,
  parseSeries,
  Standardizer,
  type StateDict,
  Tensor,
  windows,
} from "../../mod.ts";

/** The example's numbers. */
const SIZES = { numSteps: 33, horizon: 11 };
const TASK = { hiddenSize: 32, horizon: SIZES.horizon, epochs: 30, learningRate: 3e-3, clipGradNorm: 1 };
/** The year from which on nothing is learnt. */
const LEARNT = 1947;

/** The loss of each step, and the root of the mean squared error on the years that were not learnt. */
export interface ForecastResult {
  readonly losses: readonly number[];
  readonly rmse: number;
}

/** Trains in both, on what fetchSunspots() gives. `byPyTorch` runs the script of a name on a task. */
export async function compareForecast(
  seed: number,
  csv: string,
  byPyTorch: (script: string, task: object) => Promise<{ losses: number[]; told: number[] }>,
): Promise<{ here: ForecastResult; there: ForecastResult }> {
  const series = parseSeries(csv, { columns: ["SUNACTIVITY"] });
  const learnt = series.time!.texts.indexOf(`${LEARNT}`);
  const train = { ...series, values: series.values.slice(0, learnt) };
  const scale = Standardizer.of(train);
  const cut = { ...SIZES, columns: 1, relative: true };
  const values = scale.apply(train);
  const steps = Array.from(
    { length: TASK.epochs },
    (_, epoch) => [...windows(values, { ...cut, batchSize: 32, seed, epoch: epoch + 1 })],
  );
  const rest = scale.apply(series).subarray(learnt - SIZES.numSteps);
  const [test] = windows(rest, cut);
  const rmseOf = (told: ArrayLike<number>): number => {
    const squares = test!.y.data.map((target, i) => (told[i]! - target) ** 2);
    return scale.deviation[0]! * Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
  };
  const { weights, losses, told } = await byRefrain(steps, {
    seed,
    scale,
    columns: series.columns,
    test: test!.x,
  });
  const task = { ...TASK, weights, steps: steps.flat(), test: test!.x };
  const there = await byPyTorch("forecast.py", task);
  return {
    here: { losses, rmse: rmseOf(told) },
    there: { losses: there.losses, rmse: rmseOf(there.told) },
  };
}

type Window = ReturnType<typeof windows> extends Generator<infer Batch> ? Batch : never;

/** Trains here; beside the losses are the first weights, and what it tells of the test. */
async function byRefrain(
  steps: readonly (readonly Window[])[],
  { seed, scale, columns, test }: {
    seed: number;
    scale: Standardizer;
    columns: readonly string[];
    test: Window["x"];
  },
): Promise<{ weights: StateDict; losses: number[]; told: Float32Array }> {
  const { hiddenSize, epochs, learningRate, clipGradNorm } = TASK;
  using device = await openDevice("wasm");
  using model = new Forecaster(device, { ...SIZES, layer: { hiddenSize }, columns, scale, seed });
  const weights = await model.stateDict();
  const training = fit(model.parameters(), (epoch) => steps[epoch - 1]!, {
    step: ({ x, y }, tape) => meanSquaredError(model.forward(x, tape), y, tape),
    epochs,
    learningRate,
    clipGradNorm,
    logEvery: "1steps",
  });
  const losses: number[] = [];
  for await (const { loss, steps } of training.run()) losses[steps - 1] = loss;
  using x = Tensor.from(device, test.data, test.shape);
  using y = model.forward(x);
  return { weights, losses, told: await y.data() };
}
