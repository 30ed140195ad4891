/**
 * A series: numbers that follow each other in time, a column or several.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { nearest, refuseUnknown } from "../messages/options.ts";
import { firstOf } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { isFloat32 } from "../ranges.ts";
import { readCsv } from "./csv.ts";
import { timeOf } from "./times.ts";

/** Numbers that follow each other in time. */
export interface Series {
  /** What each column is called: C. */
  readonly columns: readonly string[];
  /** (N, C) The numbers, a row a time. */
  readonly values: Float64Array<ArrayBuffer>;
  /** When each row is, where there is a column that says it. */
  readonly time?: SeriesTime;
}

/** A column of times. */
export interface SeriesTime {
  /** What it is called. */
  readonly name: string;
  /** (N) The times as they are written, rising. */
  readonly texts: readonly string[];
}

/** Options of {@linkcode parseSeries}. */
export interface SeriesOptions {
  /**
   * The columns that are read.
   *
   * @default {all but the times}
   */
  columns?: readonly string[];
  /**
   * The column of times: numbers, or dates in ISO 8601, that rise. "none" where there is none.
   *
   * @default {the first, where its name says that it is one, as "date" and "year" do, it has none, or it holds dates}
   */
  time?: string;
}

/** Names of columns of times; a first column without a name counts rows, as tables written with their index have it. */
const TIMES = /^(|time|times|timestamp|date|datetime|year|month|day|hour|ds|t)$/i;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a series from comma-separated values, whose first row names the columns. Nothing is guessed: a cell that is no number
 * is refused with its row, counted from the header as 1, and its column.
 *
 * @param csv The text.
 * @param options Which columns, and which of them has the times.
 * @returns The series, of one row at least.
 * @throws {SyntaxError} If the text is no table, its first row has numbers alone, or a cell is no number or no time.
 * @throws {RangeError} If a column is not there, or is there twice, times do not rise, or there are no rows.
 * @throws {TypeError} If an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { parseSeries } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const { columns, values, time } = parseSeries("year,spots,area\n1700,5,0.2\n1701,11,0.4", { columns: ["spots"] });
 * assertEquals([columns, [...values], time?.texts], [["spots"], [5, 11], ["1700", "1701"]]);
 * ```
 */
export function parseSeries(csv: string, options: SeriesOptions = {}): Series {
  const { columns: asked, time: timeAsked } = options;
  refuseUnknown("read a series", options, { columns: asked, time: timeAsked });
  const [header, ...rows] = readCsv(csv);
  if (!header) throw new RangeError("Cannot read the series as it is empty: its first row names the columns");
  if (rows.length === 0) throw new RangeError("Cannot read the series as it has no row behind its header");
  const names = header.cells;
  if (!asked && names.every((name) => NUMBER.test(name) || timeOf(name) !== undefined)) {
    throw new SyntaxError(
      `Cannot read the series as row ${header.row} is of numbers alone: the first row names the columns`,
    );
  }
  const time = timeAsked === "none" ? undefined : timeAsked ?? foundTime(names, rows[0]!.cells, asked);
  const columns = asked ?? names.filter((name) => name !== time);
  const twice = asked?.find((name, index) => asked.indexOf(name) < index);
  if (twice !== undefined) throw new RangeError(`Cannot read column ${quote(twice)} of the series twice`);
  const places = columns.map((name) => placeOf(names, name));
  if (places.length === 0) {
    throw new RangeError("Cannot read the series as it has no column but that of times");
  }
  const values = new Float64Array(rows.length * columns.length);
  rows.forEach(({ row, cells }, index) =>
    places.forEach((place, c) => {
      values[index * columns.length + c] = numberOf(cells[place]!, { row, column: columns[c]! });
    })
  );
  if (time === undefined) return { columns: [...columns], values };
  return {
    columns: [...columns],
    values,
    time: { name: time, texts: timesOf(rows, placeOf(names, time), time) },
  };
}

/** The first column, where it is one of times and was not asked for as another. */
function foundTime(
  [name = ""]: readonly string[],
  [cell = ""]: readonly string[],
  asked: readonly string[] | undefined,
): string | undefined {
  if (asked?.includes(name)) return undefined;
  return TIMES.test(name) || /^\d{4}-/.test(cell) && timeOf(cell) !== undefined ? name : undefined;
}

function placeOf(names: readonly string[], name: string): number {
  const place = names.indexOf(name);
  if (place < 0) {
    const meant = nearest(name, names);
    const hint = meant
      ? `did you mean ${quote(meant)}?`
      : `it has ${firstOf(names.map((one) => quote(one)), 8)}`;
    throw new RangeError(`Cannot read the series as it has no column ${quote(name)}: ${hint}`);
  }
  if (names.lastIndexOf(name) !== place) {
    throw new RangeError(`Cannot read the series as it has several columns ${quote(name)}`);
  }
  return place;
}

function numberOf(cell: string, { row, column }: { row: number; column: string }): number {
  const isNumber = NUMBER.test(cell);
  if (isNumber && isFloat32(Number(cell))) return Number(cell);
  const what = cell === ""
    ? "empty"
    : `${quote(cell)}, which is ${isNumber ? "out of float32's range" : "no number"}`;
  throw new SyntaxError(`Cannot read the series as row ${row} of column ${quote(column)} is ${what}`);
}

function timesOf(
  rows: readonly { row: number; cells: readonly string[] }[],
  place: number,
  name: string,
): string[] {
  let before = -Infinity;
  return rows.map(({ row, cells }, index) => {
    const text = cells[place]!;
    const time = timeOf(text);
    if (time === undefined) {
      const is = text === ""
        ? "empty"
        : `${quote(text)}, which is neither a number nor a date like 2024-02-29`;
      throw new SyntaxError(`Cannot read the series as row ${row} of its times ${quote(name)} is ${is}`);
    }
    if (time <= before) {
      const last = rows[index - 1]!.cells[place]!;
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot read the series as its times ${quote(name)} do not rise: row ${row} is ${
            quote(text)
          }, behind ` +
          `${quote(last)}; ${option("time", "none")} takes rows as they stand`,
      );
    }
    before = time;
    return text;
  });
}

/**
 * How many rows a series has.
 *
 * @param series The series.
 * @returns N.
 */
export function lengthOf({ values, columns }: Pick<Series, "values" | "columns">): number {
  return values.length / columns.length;
}

/**
 * Checks that rows are numbers, as a series of one's own may have what parseSeries() refuses.
 *
 * @param series The rows.
 * @param task For the sentence: "forecast".
 * @throws {RangeError} If one is not finite.
 */
export function assertFinite({ values, columns }: Series, task: string): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  const column = quote(columns[wrong % columns.length]);
  throw new RangeError(`Cannot ${task} as column ${column} of the series' end has ${values[wrong]}`);
}

/**
 * A part of a series.
 *
 * @param series The series.
 * @param from Its first row, from 0; below 0 counted from the end.
 * @param to The row behind its last one.
 * @returns The rows, the numbers where they are.
 */
export function partOf(series: Series, from: number, to: number = lengthOf(series)): Series {
  const { columns, values, time } = series;
  const first = from < 0 ? Math.max(0, lengthOf(series) + from) : from;
  const part = { columns, values: values.subarray(first * columns.length, to * columns.length) };
  return time ? { ...part, time: { name: time.name, texts: time.texts.slice(first, to) } } : part;
}
