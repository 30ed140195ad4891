/**
 * A series of numbers as what a training is of.
 *
 * @module
 */
import { cellOf, readCsv } from "../../data/csv.ts";
import { lengthOf, partOf, type Series } from "../../data/series.ts";
import { Standardizer } from "../../data/standardizer.ts";
import { checkWindows, windowCount } from "../../data/windows.ts";
import type { Device } from "../../device/device.ts";
import type { SaveOptions } from "../../exchange/model_file.ts";
import { encodeForecaster } from "../../exchange/series_file.ts";
import type { RunFolder } from "../../files/run_folder.ts";
import { counted } from "../../messages/printable.ts";
import { Forecaster } from "../../model/forecaster.ts";
import type { StateDict } from "../../tensors/module.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import { TrainingLoop } from "../../train/loop.ts";
import type { TrainSchedule } from "../../train/loop_options.ts";
import { rmseOf, SeriesCourse, type SeriesReport } from "../../train/series_course.ts";
import { contradiction } from "../check_flags.ts";
import type { Settings } from "../flags.ts";
import { hashOfSeries, readSeries } from "../series_files.ts";
import { scheduleOf, sizesOf } from "../start_training.ts";
import type { Line } from "../style.ts";
import { numberText } from "../../report/numbers.ts";
import { reportLine } from "./lines.ts";
import { pickForSeries } from "./preset_series.ts";
import { seriesStart } from "./series_start.ts";
import type { AnyReport, AnyTraining, Begun, Subject } from "./subject.ts";
import type { Resumed } from "./take_up.ts";

/** The flags' values, once it is known what they are of. */
type Known = Settings<"train"> & { readonly series: string; readonly horizon: number };

/** A series, and the model of it. */
export class SeriesSubject implements Subject {
  readonly kind = "window";
  readonly next = "forecast";
  readonly device: Device;
  readonly settings: Known;
  readonly hash: string;
  readonly schedule: TrainSchedule;
  readonly beside: object = {};
  readonly #series: Series;
  readonly #training: Series;
  readonly #validation: Series | undefined;
  readonly #model: Forecaster;
  readonly #picked: readonly string[];

  /** What was read, split, and its model made. */
  constructor(device: Device, { series, settings, hash, picked, weights }: {
    series: Series;
    settings: Known;
    hash: string;
    picked: readonly string[];
    weights: StateDict | undefined;
  }) {
    this.device = device;
    this.settings = settings;
    this.hash = hash;
    this.#picked = picked;
    this.#series = series;
    [this.#training, this.#validation] = split(series, settings);
    const { numSteps, horizon, outputDropout: dropout, seed, initialization, forgetBias } = settings;
    const { columns } = series;
    const { kind, layer: { inputSize: _, batchFirst: __, bidirectional: ___, ...layer } } = sizesOf(
      settings,
      columns.length,
    );
    const { batchSize, accumulateSteps } = settings;
    if (this.#perStep > this.windows) {
      const reason = `it has ${this.windows} windows to learn`;
      const parts = accumulateSteps > 1 ? ` --accumulate-steps ${accumulateSteps}` : "";
      throw contradiction(`--batch-size ${batchSize}${parts}`, `--series ${settings.series}`, reason);
    }
    this.schedule = scheduleOf(settings, this.stepsPerEpoch);
    const options = { ...layer, initialization, forgetBias };
    const scale = Standardizer.of(this.#training);
    const made = { kind, layer: options, columns, scale, numSteps, horizon, dropout, seed };
    this.#model = new Forecaster(device, made);
    if (weights) this.#model.loadStateDict(weights);
  }

  get parameters(): readonly Parameter[] {
    return this.#model.parameters();
  }

  get validated(): boolean {
    return this.#validation !== undefined;
  }

  /** Windows of the training part. */
  get windows(): number {
    return windowCount(lengthOf(this.#training), this.settings);
  }

  get stepsPerEpoch(): number {
    return Math.floor(this.windows / this.#perStep);
  }

  /** Windows of a step. */
  get #perStep(): number {
    return this.settings.batchSize * this.settings.accumulateSteps;
  }

  begin({ onStep, onValidation: _, ...begun }: Begun): AnyTraining {
    const { epochs, batchSize, accumulateSteps, loss, seed, logEvery, patience, clipGradNorm } =
      this.settings;
    const course = new SeriesCourse(this.#model, this.#training, {
      ...begun,
      epochs,
      batchSize,
      accumulateSteps,
      loss,
      seed,
      logEvery,
      ...(patience === undefined ? {} : { patience }),
      ...(clipGradNorm > 0 ? { clipGradNorm } : {}),
      schedule: this.schedule,
      validation: this.#validation,
      onStep: ({ windowsPerSecond, ...place }) => onStep({ ...place, tokensPerSecond: windowsPerSecond }),
    });
    return new TrainingLoop(course);
  }

  opening(run: RunFolder): string[] {
    const { series, batchSize, accumulateSteps, numSteps, horizon, epochs, initFrom } = this.settings;
    const { columns, time } = this.#series;
    const steps = this.stepsPerEpoch;
    const left = this.windows - steps * this.#perStep;
    const parts = accumulateSteps > 1 ? `${accumulateSteps} × ` : "";
    const of = columns.length > 8 ? counted(columns.length, "column") : columns.join(", ");
    const held = this.#validation && lengthOf(this.#validation);
    return [
      `device  ${this.device.info.description}`,
      `series  ${series}: ${counted(lengthOf(this.#series), "row")} of ${of}${timesOf(time)}`,
      ...(held === undefined ? [] : [
        `split   the last ${counted(held, "row")} are for validation, and windows that lie in them alone`,
      ]),
      ...(initFrom === undefined ? [] : [`start   ${initFrom}: its weights`]),
      ...(this.#picked.length > 0 ? [`auto    ${this.#picked.join(" ")}`] : []),
      `model   ${this.#model}`,
      `window  ${counted(numSteps, "row")} tell the next ${horizon === 1 ? "one" : horizon}`,
      `epoch   ${counted(steps, "step")} of ${parts}${counted(batchSize, "window")}, ${
        counted(left, "window")
      } left out; ` +
      `${counted(epochs, "epoch")}: ${counted(epochs * steps, "step")}`,
      `run     ${run.path}`,
      "",
    ];
  }

  start(): object {
    const { epochs, batchSize, accumulateSteps, numSteps, horizon } = this.settings;
    return { kind: this.kind, ...this.facts(), epochs, batchSize, accumulateSteps, numSteps, horizon };
  }

  config(): object {
    return { columns: this.#series.columns.map(cellOf).join(","), time: this.#series.time?.name ?? "none" };
  }

  facts(): object {
    return {
      series: this.settings.series,
      rows: lengthOf(this.#series),
      columns: this.#series.columns,
      windows: this.windows,
      stepsPerEpoch: this.stepsPerEpoch,
      parameters: this.#model.parameterCount(),
      ...(this.#validation ? { validation: lengthOf(this.#validation) } : {}),
    };
  }

  lineOf(report: AnyReport): Line {
    const { loss, validationLoss, rmse, validationRmse, windowsPerSecond } = report as SeriesReport;
    const words = (name: string, loss: number | undefined, rmse: number | undefined): string[] => {
      if (loss === undefined) return [];
      return [rmse === undefined ? `${name}loss ${loss.toFixed(6)}` : `${name}RMSE ${numberText(rmse)}`];
    };
    const measures = [...words("", loss, rmse), ...words("validation ", validationLoss, validationRmse)];
    return reportLine(report, { settings: this.settings, measures, speed: windowsPerSecond, kind: "window" });
  }

  told(): object {
    return {};
  }

  measure(loss: number): string | undefined {
    const rmse = rmseOf(this.#model, loss, this.settings.loss);
    return rmse === undefined ? undefined : `RMSE ${numberText(rmse)}`;
  }

  sample(): Promise<[]> {
    return Promise.resolve([]);
  }

  encode(origin: SaveOptions): Promise<Uint8Array> {
    return encodeForecaster(this.#model, this.#series, origin);
  }
}

/** The names of --columns, as a row of CSV has them. */
function columnsOf(names: string): string[] {
  try {
    return readCsv(names, ",")[0]?.cells ?? [""];
  } catch {
    throw new SyntaxError(
      `Cannot use "--columns ${names}" as names with commas between them: quotation marks must be in pairs around one`,
    );
  }
}

/** When rows are, in words. */
function timesOf(time: Series["time"]): string {
  return time ? `, ${time.name} ${time.texts[0]} to ${time.texts.at(-1)}` : "";
}

/** The training part, and rows for validation behind it. */
function split(series: Series, settings: Known): [training: Series, validation: Series | undefined] {
  const { validationSplit } = settings;
  const rows = lengthOf(series);
  checkWindows(rows, settings);
  if (validationSplit === undefined) return [series, undefined];
  const held = Math.floor(rows * validationSplit);
  checkWindows(held, settings, `the part of --validation-split ${validationSplit}`);
  checkWindows(rows - held, settings, "the training part");
  return [partOf(series, 0, rows - held), partOf(series, rows - held)];
}

/**
 * Series and model, checked before anything is kept.
 *
 * @param device Where the model shall compute.
 * @param resumed The run that goes on, where one does.
 * @param asked The flags' values, and which were written.
 */
export async function seriesSubject(
  device: Device,
  resumed: Resumed | undefined,
  { settings: asked, given }: { settings: Settings<"train">; given: ReadonlySet<string> },
): Promise<SeriesSubject> {
  const { columns, time, encoding, resume } = asked;
  const { series: path, initFrom } = resumed?.found ?? asked;
  const start = initFrom === undefined || resumed?.from
    ? undefined // a checkpoint has its weights
    : await seriesStart(device, { ...asked, initFrom }, given);
  const named = columns === undefined ? start?.columns : columnsOf(columns);
  const series = await readSeries(path!, {
    encoding,
    ...(named === undefined ? {} : { columns: named }),
    ...(time === undefined ? {} : { time }),
  });
  const hash = await hashOfSeries(series);
  if (resumed?.from && resumed.from.run.corpus !== hash) {
    throw new RangeError(
      `Cannot go on with run "${resume}" as its series has changed: name the one it had with --series`,
    );
  }
  if (start && start.columns.length !== series.columns.length) {
    const reason = `its model is of ${counted(start.columns.length, "column")}`;
    throw contradiction(`--columns ${columns}`, `--init-from ${initFrom}`, reason);
  }
  const begun = { ...asked, ...start?.flags };
  const known = new Set([...given, ...Object.keys(start?.flags ?? {})]);
  const { settings, picked } = resumed
    ? { settings: begun, picked: [] }
    : pickForSeries(begun, { given: known, rows: lengthOf(series) });
  const { horizon = 1 } = settings;
  const all = { ...settings, series: settings.series!, horizon };
  return new SeriesSubject(device, { series, settings: all, hash, picked, weights: start?.weights });
}
