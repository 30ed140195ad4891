/**
 * What follows a series.
 *
 * @module
 */
import { assertFinite, partOf, type Series } from "../data/series.ts";
import { Standardizer } from "../data/standardizer.ts";
import { refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { type Forecaster, tell } from "../model/forecaster.ts";
import { assertIn, RANGES } from "../ranges.ts";

/** Options of {@linkcode forecast}. */
export interface ForecastOptions {
  /**
   * How many rows are told.
   *
   * @default {the model's horizon}
   */
  steps?: number;
}

/**
 * Goes on with a series. Beyond the model's horizon it reads what it has told itself.
 *
 * @param model What loadForecaster() gives.
 * @param series The series, or its end, with the model's columns: the last rows are read, as many as the model's window has.
 * @param options How many rows are told.
 * @returns The rows to come (steps, C), in the data's units.
 * @throws {RangeError} If the series is shorter than a window or not finite, steps is no whole number from 1 to 1,000,000, or what
 * is told leaves float32's range.
 * @throws {TypeError} If its columns are others than the model's, or an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { forecast, Forecaster, openDevice, parseSeries, Standardizer } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const series = parseSeries("year,spots\n1700,5\n1701,11\n1702,16");
 * const sizes = { layer: { hiddenSize: 4 }, numSteps: 2, horizon: 2 };
 * // Not trained: loadForecaster() gives one that train --series has trained.
 * const model = new Forecaster(device, { ...sizes, columns: ["spots"], scale: Standardizer.of(series), seed: 0 });
 * assertEquals((await forecast(model, series, { steps: 5 })).length, 5);
 * ```
 */
export async function forecast(
  model: Forecaster,
  series: Series,
  options: ForecastOptions = {},
): Promise<Float64Array<ArrayBuffer>> {
  const { numSteps: T, horizon: H, columns, scale } = model.options;
  const { steps = H } = options;
  refuseUnknown("forecast", options, { steps });
  assertIn(RANGES.rows, steps, { action: "forecast", name: "steps" });
  checkColumns(model, series);
  const C = columns.length;
  const rows = series.values.length / C;
  if (rows < T) throw new RangeError(`Cannot forecast as the model reads ${T} rows: the series has ${rows}`);
  const end = partOf(series, -T);
  assertFinite(end, "forecast");
  const standardizer = new Standardizer(scale);
  let window = standardizer.apply(end);
  const told = new Float64Array(Math.ceil(steps / H) * H * C);
  for (let step = 0; step < steps; step += H) {
    const last = window.subarray((T - 1) * C);
    const data = Float32Array.from(window, (value, i) => value - last[i % C]!);
    const next = await tell(model, { data, shape: [T, 1, C] }); // differences from the last row, as its window is
    const rows = Float64Array.from(next, (value, i) => value + last[i % C]!);
    const wrong = rows.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const row = step + Math.floor(wrong / C) + 1;
      throw new RangeError(`Cannot forecast row ${row} as what is told leaves float32's range`);
    }
    told.set(rows, step * C);
    const behind = new Float64Array(window.length + rows.length);
    behind.set(window);
    behind.set(rows, window.length);
    window = behind.slice(-T * C);
  }
  return standardizer.undo(told.subarray(0, steps * C));
}

/**
 * Checks that a series has the columns of a model, in their order.
 *
 * @param model The model.
 * @param series The series.
 * @throws {TypeError} If it has others.
 */
export function checkColumns({ options }: Forecaster, { columns }: Pick<Series, "columns">): void {
  if (columns.join("\n") === options.columns.join("\n")) return;
  throw new TypeError(
    `Cannot use a series of columns ${quote(columns)} with a model of ${quote(options.columns)}`,
  );
}
