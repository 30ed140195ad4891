/**
 * How far a Forecaster is off on a series, beside what needs no model: the last value, and the last season.
 *
 * @module
 */
import { lengthOf, type Series } from "../data/series.ts";
import { Standardizer } from "../data/standardizer.ts";
import { windowCount, windows } from "../data/windows.ts";
import { type Forecaster, tell } from "../model/forecaster.ts";
import { counted, thousands } from "../messages/printable.ts";
import { turn } from "../turn.ts";

/** Windows that are read at once. */
const MOST_WINDOWS = 256;

/** How far off forecasts of a column are, in its unit. */
export interface ColumnErrors {
  /** What it is called. */
  readonly name: string;
  /** The root of the mean squared error. */
  readonly rmse: number;
  /** The mean of the distances. */
  readonly mae: number;
  /** The same root of a forecast that is the window's last value. */
  readonly lastValue: number;
  /** The same root of one that repeats the window's last season, where the series has one. */
  readonly lastSeason?: { readonly rows: number; readonly rmse: number };
}

/** What was measured. */
export interface SeriesEvaluation {
  /** Windows of the series, each told all of the model's horizon. */
  readonly windows: number;
  /** The mean squared error over all columns, in squared standard deviations. */
  readonly loss: number;
  /** Each column's errors. */
  readonly columns: readonly ColumnErrors[];
}

/**
 * Measures a model on all windows of a series.
 *
 * @param model The model.
 * @param series The series, of the model's columns, with a window's and a horizon's rows at least.
 * @param whole What seasons are found in: all that is known, as few rows agree on many by chance.
 * @returns What was measured.
 * @throws {RangeError} If the series is too short.
 */
export async function evaluateSeries(
  model: Forecaster,
  series: Series,
  whole: Series = series,
): Promise<SeriesEvaluation> {
  const { columns: names, numSteps: T, horizon: H, scale } = model.options;
  const C = names.length;
  const sizes = { numSteps: T, horizon: H };
  const rows = lengthOf(series);
  if (windowCount(rows, sizes) === 0) {
    throw new RangeError(
      `Cannot measure the model as it reads ${counted(T, "row")} and tells ${thousands(H)} behind them: ` +
        `what is measured has ${thousands(rows)}`,
    );
  }
  const values = new Standardizer(scale).apply(series);
  const count = windowCount(rows, sizes);
  const squares = new Float64Array(C);
  const distances = new Float64Array(C);
  for (let first = 0; first < count; first += MOST_WINDOWS) {
    const end = Math.min(first + MOST_WINDOWS, count) + T + H - 1;
    const [batch] = windows(values.subarray(first * C, end * C), { ...sizes, columns: C, relative: true });
    const told = await tell(model, batch!.x);
    batch!.y.data.forEach((target, i) => {
      const error = told[i]! - target;
      squares[i % C]! += error ** 2;
      distances[i % C]! += Math.abs(error);
    });
    await turn();
  }
  const each = count * H;
  const loss = squares.reduce((sum, square) => sum + square, 0) / each / C;
  const naive = (c: number, season: number): number => naiveError(series, { ...sizes, column: c, season });
  return {
    windows: count,
    loss,
    columns: names.map((name, c) => {
      const unit = scale.deviation[c]!;
      const season = seasonOf(whole, c, T);
      return {
        name,
        rmse: unit * Math.sqrt(squares[c]! / each),
        mae: unit * distances[c]! / each,
        lastValue: naive(c, 1),
        ...(season === undefined ? {} : { lastSeason: { rows: season, rmse: naive(c, season) } }),
      };
    }),
  };
}

/** The root of the mean squared error of a forecast that repeats the last rows. */
function naiveError(
  series: Series,
  { column, season, numSteps: T, horizon: H }: {
    column: number;
    season: number;
    numSteps: number;
    horizon: number;
  },
): number {
  const { values, columns: { length: C } } = series;
  const count = windowCount(lengthOf(series), { numSteps: T, horizon: H });
  const at = (row: number): number => values[row * C + column]!;
  let sum = 0;
  for (let start = 0; start < count; start++) {
    const next = start + T;
    for (let h = 0; h < H; h++) sum += (at(next - season + h % season) - at(next + h)) ** 2;
  }
  return Math.sqrt(sum / count / H);
}

/** After how many rows, a window's at most, a column's changes come again: where they correlate most, and do so at all. */
function seasonOf(
  { values, columns: { length: C } }: Series,
  column: number,
  numSteps: number,
): number | undefined {
  const rows = values.length / C;
  const changes = Array.from(
    { length: rows - 1 },
    (_, row) => values[(row + 1) * C + column]! - values[row * C + column]!,
  );
  let best = { correlation: 0, lag: 0 };
  for (let lag = 2; lag <= Math.min(numSteps, changes.length / 2); lag++) {
    let correlation = 0;
    for (let i = lag; i < changes.length; i++) correlation += changes[i]! * changes[i - lag]!;
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best.lag || undefined;
}
