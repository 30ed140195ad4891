/**
 * A series as what a training is of: windows in another order in each epoch.
 *
 * @module
 */
import type { Series } from "../data/series.ts";
import { Standardizer } from "../data/standardizer.ts";
import { takeRows, type WindowBatch, windowCount, windows } from "../data/windows.ts";
import { huber } from "../losses/huber.ts";
import { meanSquaredError } from "../losses/mean_squared_error.ts";
import type { Names } from "../messages/options.ts";
import type { Forecaster } from "../model/forecaster.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { turn, unlessAborted } from "../turn.ts";
import { digestOf, type Facts } from "./alike.ts";
import { claim } from "./claim.ts";
import { Course, type StepPlace } from "./course.ts";
import { BatchReader } from "./fit/batch.ts";
import type { AnyStep } from "./fit/recordings.ts";
import { FitStep } from "./fit/step.ts";
import { FitValidation } from "./fit/validation.ts";
import { LOOP_OPTIONS, type LoopOptions, loopSettingsOf } from "./loop_options.ts";
import type { TrainProgress, TrainReport } from "./options.ts";
import { type Ranks, rowsOf } from "./ranks.ts";
import type { Told } from "./reports.ts";
import type { Bounds } from "./state.ts";

/** Windows of a validation that are read at once. */
const MOST_WINDOWS = 256;

/** What a training on a series is told. */
export interface SeriesOptions extends LoopOptions {
  /** B: windows of a batch. */
  batchSize: number;
  /** The loss: of squares, or of squares up to one standard deviation and then of distances. */
  loss: "mse" | "huber";
  /** Of the order of windows. */
  seed: number;
  /**
   * Batches whose gradients make a step: as one batch of all their windows, in the memory of one.
   *
   * @default {1}
   */
  accumulateSteps?: number;
  /** Rows of which windows are measured, and none learnt from. */
  validation?: Series | undefined;
  /** Other processes that train the same model on the same series: each takes as many windows of every batch. */
  ranks?: Ranks;
  /** Called after each step that the device was given. */
  onStep?: (progress: SeriesProgress) => void | Promise<void>;
}

const OPTIONS: Names<SeriesOptions> = {
  ...LOOP_OPTIONS,
  batchSize: true,
  accumulateSteps: true,
  loss: true,
  seed: true,
  validation: true,
  ranks: true,
  onStep: true,
};

/** Where a training is. */
export interface SeriesProgress extends Omit<TrainProgress, "tokensPerSecond"> {
  /** Windows a second, since the last report. */
  readonly windowsPerSecond: number;
}

/** What is known at a report. Losses are means over all columns and steps, in squared standard deviations. */
export interface SeriesReport
  extends Omit<TrainReport, "perplexity" | "validationPerplexity" | "tokensPerSecond"> {
  /** The root of the loss in the data's unit, of a series of one column with the loss "mse". */
  rmse?: number;
  /** The same of the validation. */
  validationRmse?: number;
  /** Windows a second, since the last report. */
  windowsPerSecond: number;
}

/** What must not change from a training to the one that goes on from it. */
export interface SeriesSetting {
  /** Rows of the training part. */
  rows: number;
  /** T */
  numSteps: number;
  /** H */
  horizon: number;
  /** B */
  batchSize: number;
  /** Batches that make a step, where it is not one. */
  accumulateSteps?: number;
  /** The loss. */
  loss: string;
  /** Of the order of windows. */
  seed: number;
}

/** A model and the series that it is trained on. */
export class SeriesCourse extends Course<readonly WindowBatch[], SeriesReport, SeriesSetting> {
  readonly step: FitStep;
  readonly weights: Forecaster;
  readonly #values: Float64Array;
  readonly #options: SeriesOptions;
  /** Batches of a step. */
  readonly #parts: number;
  /** The windows of a step that are this rank's. */
  readonly #rows: [begin: number, end: number];
  readonly #validation:
    | { readonly pass: FitValidation; readonly batches: readonly WindowBatch[] }
    | undefined;

  /**
   * Checks everything, and records nothing yet.
   *
   * @param model The model to train.
   * @param series The training part, of the model's columns.
   * @param options The loop's options, batch, loss, seed and validation.
   * @throws {RangeError} If a part has no window, or a number is out of range.
   * @throws {TypeError} If the optimizer is of another device, or an option is unknown.
   * @throws {DeviceError} If another training has the parameters.
   */
  constructor(model: Forecaster, series: Series, options: SeriesOptions) {
    const settings = loopSettingsOf("train", options, OPTIONS);
    const { batchSize, accumulateSteps = 1, seed } = options;
    assertIn(RANGES.seed, seed, { action: "train", name: "seed" });
    for (const [name, value] of Object.entries({ batchSize, accumulateSteps })) {
      assertIn(RANGES.count, value, { action: "train", name });
    }
    super(model.device, options, settings);
    const { validation, ranks } = options;
    this.#parts = accumulateSteps;
    this.#rows = rowsOf({ batchSize, accumulateSteps }, ranks);
    const scale = new Standardizer(model.options.scale);
    this.weights = model;
    this.#values = scale.apply(series);
    this.#options = options;
    const parameters = model.parameters();
    try {
      this.own(claim(parameters));
      this.take(parameters, options);
      const reader = new BatchReader();
      const step = stepOf(model, options.loss) as unknown as AnyStep;
      const given = { device: model.device, parameters, optimizer: this.optimizer, clip: settings.clip };
      this.step = this.own(new FitStep({ ...given, step, reader, parts: accumulateSteps, ranks }));
      this.#validation = validation && {
        pass: this.own(new FitValidation(model.device, step, reader)),
        batches: [...measured(scale.apply(validation), this.#sizes)],
      };
      windows(this.#values, this.#cut(1)); // its sentences, before anything else
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get #sizes(): { columns: number; numSteps: number; horizon: number; relative: true } {
    const { columns, numSteps, horizon } = this.weights.options;
    return { columns: columns.length, numSteps, horizon, relative: true };
  }

  #cut(epoch: number): Parameters<typeof windows>[1] {
    const { batchSize, seed } = this.#options;
    return { ...this.#sizes, batchSize: batchSize * this.#parts, seed, epoch };
  }

  get setting(): SeriesSetting {
    const { batchSize, loss, seed } = this.#options;
    const { columns, numSteps, horizon } = this.#sizes;
    const parts = this.#parts > 1 ? { accumulateSteps: this.#parts } : {};
    return { rows: this.#values.length / columns, numSteps, horizon, batchSize, ...parts, loss, seed };
  }

  get bounds(): Bounds & { stepsPerEpoch: number } {
    const { rows, batchSize, ...sizes } = this.setting;
    const runsPerStep = this.#parts;
    return { stepsPerEpoch: Math.floor(windowCount(rows, sizes) / (batchSize * runsPerStep)), runsPerStep };
  }

  override *items(epoch: number): Generator<readonly WindowBatch[], void, void> {
    const [begin, end] = this.#rows;
    const parts = this.#parts;
    const rows = (end - begin) / parts;
    const isWhole = parts === 1 && !this.ranks;
    for (const batch of windows(this.#values, this.#cut(epoch))) {
      yield isWhole ? [batch] : Array.from({ length: parts }, (_, part) => {
        const first = begin + part * rows;
        return takeRows(batch, [first, first + rows]);
      });
    }
  }

  override prepare([batch]: readonly WindowBatch[]): Promise<void> | undefined {
    return this.step.prepare(batch) ? this.#ready() : undefined;
  }

  async #ready(): Promise<void> {
    const { signal, device } = this;
    await turn({ signal });
    await unlessAborted(device.ready(), signal);
  }

  override *give(batches: readonly WindowBatch[]): Generator<number, void, void> {
    for (const part of this.step.parts(batches)) {
      if (part < batches.length - 1) yield part;
    }
  }

  override update(): Promise<void> | undefined {
    return this.step.update();
  }

  override tokensOf(): number {
    return this.#options.batchSize * this.#parts;
  }

  override tellStep(place: StepPlace): void | Promise<void> {
    const { onStep } = this.#options;
    if (!onStep) return;
    const { stepsPerEpoch } = this.bounds;
    const windowsPerSecond = this.clock.tokensPerSecond;
    return onStep({ ...place, stepsPerEpoch, windowsPerSecond, ...this.step.loss.recent });
  }

  override validate(): Promise<{ loss: number }> | undefined {
    if (!this.#validation) return undefined;
    const { pass, batches } = this.#validation;
    const elements = batches.reduce((sum, { y }) => sum + y.data.length, 0);
    const running = pass.run(batches, this.signal).then(({ loss }) => ({
      loss: loss * batches.length / elements,
    }));
    return this.ranks ? running.then((validated) => this.agreed(validated)) : running;
  }

  protected override async facts(): Promise<Facts> {
    const { validation } = this.#options;
    return {
      "the series": await digestOf(this.#values), // first: sizes and weights go by it
      "the series of the validation": validation ? await digestOf(validation.values) : "",
      ...await super.facts(),
    };
  }

  override reportOf({ step, ...told }: Told, validationLoss?: number): SeriesReport {
    const { clock, optimizer: { learningRate } } = this;
    return {
      ...told,
      ...(step === undefined ? {} : { step }),
      ...this.#rmse("rmse", told.loss),
      ...(validationLoss === undefined
        ? {}
        : { validationLoss, ...this.#rmse("validationRmse", validationLoss) }),
      windowsPerSecond: clock.tokensPerSecond,
      seconds: clock.secondsOf(this.bounds.stepsPerEpoch),
      learningRate,
    };
  }

  #rmse(name: string, loss: number): object {
    const rmse = rmseOf(this.weights, loss, this.#options.loss);
    return rmse === undefined ? {} : { [name]: rmse };
  }

  override describe(): string {
    return String(this.weights);
  }
}

/**
 * The root of a loss in the data's unit.
 *
 * @param model The model.
 * @param loss The loss, in squared standard deviations.
 * @param kind Which loss it is.
 * @returns It; undefined of several columns, whose units may differ, and of a loss that is no square.
 */
export function rmseOf({ options: { scale } }: Forecaster, loss: number, kind: string): number | undefined {
  return kind === "mse" && scale.deviation.length === 1 ? Math.sqrt(loss) * scale.deviation[0]! : undefined;
}

/** The loss of a batch: its mean where it is learnt from, its sum where it is measured, as batches have several sizes. */
function stepOf(
  model: Forecaster,
  loss: SeriesOptions["loss"],
): (batch: { x: Tensor; y: Tensor }, tape?: Tape) => Tensor {
  const of = loss === "huber" ? huber : meanSquaredError;
  return ({ x, y }, tape) => of(model.forward(x, tape), y, tape, { reduction: tape ? "mean" : "sum" });
}

/** All windows in their order, so many at once. */
function* measured(
  values: Float64Array,
  sizes: { columns: number; numSteps: number; horizon: number; relative: true },
): Generator<WindowBatch, void, unknown> {
  const count = Math.max(1, windowCount(values.length / sizes.columns, sizes));
  for (let first = 0; first < count; first += MOST_WINDOWS) {
    const rows = Math.min(MOST_WINDOWS, count - first) + sizes.numSteps + sizes.horizon - 1;
    yield* windows(values.subarray(first * sizes.columns, (first + rows) * sizes.columns), sizes);
  }
}
