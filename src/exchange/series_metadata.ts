/**
 * What the file of a Forecaster says of itself in its metadata, untrusted: the layers, the columns with their scales, the
 * window and the horizon, and the end of the series, from which forecasts go on.
 *
 * @module
 */
import { lengthOf, type Series } from "../data/series.ts";
import { Standardizer } from "../data/standardizer.ts";
import { timeOf } from "../data/times.ts";
import { quote } from "../messages/quote.ts";
import { type LayerConfig, type ModelConfig, readConfig } from "../model/config.ts";
import type { ForecasterOptions } from "../model/forecaster.ts";
import { isIn, RANGES } from "../ranges.ts";

/** The key under which it stands, by which a file of a series is told from one of a text. */
export const SERIES_KEY = "refrain.series";

/** The version of what is written. */
const VERSION = 1;

/** What a file says of its model, and the end of its series. */
export interface SeriesMetadata {
  /** What the model is made of. */
  readonly options: Required<ForecasterOptions>;
  /** The same in the form of a language model's, by which weights are checked. */
  readonly checked: ModelConfig;
  /** The last rows of the series, those of a window. */
  readonly end: Series;
}

/**
 * Writes it.
 *
 * @param options What the model is made of.
 * @param layer What is stated of the recurrent layer's settings.
 * @param end The last rows of the series, those of a window.
 * @returns JSON.
 */
export function writeSeriesMetadata(
  options: Required<ForecasterOptions>,
  layer: Partial<LayerConfig>,
  end: Series,
): string {
  const { kind, columns, scale: { mean, deviation }, numSteps, horizon, dropout } = options;
  const { values, time } = end;
  return JSON.stringify({
    version: VERSION,
    kind,
    layer,
    dropout,
    columns,
    mean,
    deviation,
    numSteps,
    horizon,
    time: time?.name ?? null,
    end: { values: [...values], times: time?.texts ?? null },
  });
}

/**
 * Reads it.
 *
 * @param json What the file has under its key.
 * @returns What it says, each part present, and fit for the others.
 * @throws {SyntaxError} If it is none that writeSeriesMetadata() gives, or of a newer version.
 */
export function readSeriesMetadata(json: string): SeriesMetadata {
  const value = objectOf(parse(json), "it");
  const { version, kind, layer, dropout, columns, mean, deviation, numSteps, horizon, time, end } = value;
  if (!isIn(RANGES.count, version)) throw unusable("version", version);
  if (version !== VERSION) {
    throw new SyntaxError(
      `Cannot read the model of a series: its format is version ${
        quote(version)
      }, this refrain reads ${VERSION}`,
    );
  }
  const names = check("columns", columns, (list) => isList(list, isText) && list.length > 0) as string[];
  const C = names.length;
  const numbers = (name: string, list: unknown, isGood: (value: number) => boolean): number[] =>
    check(
      name,
      list,
      (list) =>
        isList(list, (one) => typeof one === "number" && Number.isFinite(one) && isGood(one)) &&
        list.length === C,
    ) as number[];
  const scale = new Standardizer({
    mean: numbers("mean", mean, () => true),
    deviation: numbers("deviation", deviation, (own) => own > 0),
  });
  const T = check("numSteps", numSteps, isCount) as number;
  const H = check("horizon", horizon, isCount) as number;
  const checked = readConfig({
    kind,
    layer,
    vocabularySize: C,
    model: { embeddingSize: 0, dropout, tieWeights: false },
  });
  const { batchFirst: _, bidirectional: __, inputSize: ___, ...settings } = checked.layer;
  const options = {
    kind: checked.kind,
    layer: settings,
    columns: names,
    scale,
    numSteps: T,
    horizon: H,
    dropout: checked.model.dropout,
    seed: 0,
  };
  const rows = endOf(objectOf(end, "end"), time, names);
  if (lengthOf(rows) !== T) throw unusable("the number of rows of end", lengthOf(rows));
  return { options, checked: { ...checked, vocabularySize: H * C }, end: rows };
}

function endOf({ values, times }: Record<string, unknown>, time: unknown, columns: string[]): Series {
  const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
  const numbers = check("end.values", values, (list) => isList(list, isNumber)) as number[];
  const series = { columns, values: Float64Array.from(numbers) };
  if (time === null && times === null) return series;
  const texts = check(
    "end.times",
    times,
    (list) =>
      isList(list, (text) => isText(text) && timeOf(text as string) !== undefined) &&
      list.length === lengthOf(series),
  ) as string[];
  return { ...series, time: { name: check("time", time, isText) as string, texts } };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new SyntaxError("Cannot read the model of a series: its metadata is not JSON");
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  const isObject = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return check(name, value, isObject) as Record<string, unknown>;
}

function isList(value: unknown, isGood: (one: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isGood);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isCount(value: unknown): boolean {
  return isIn(RANGES.count, value);
}

function check(name: string, value: unknown, isGood: (value: unknown) => boolean): unknown {
  if (isGood(value)) return value;
  throw unusable(name, value);
}

function unusable(name: string, value: unknown): SyntaxError {
  const text = value === undefined ? "absent" : quote(value);
  return new SyntaxError(`Cannot read the model of a series: its metadata is damaged, as ${name} is ${text}`);
}
