/**
 * `forecast`: standard output carries the rows to come as CSV, and standard error, where it is a terminal, a curve of each
 * column.
 *
 * @module
 */
import { cellOf } from "../data/csv.ts";
import { lengthOf, type Series } from "../data/series.ts";
import { continueTimes } from "../data/times.ts";
import { loadForecaster } from "../exchange/series_file.ts";
import { forecast } from "../generate/forecast.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { stderr } from "./output.ts";
import { note, print, tell } from "./results.ts";
import { readSeries } from "./series_files.ts";
import { sparkline } from "./sparkline.ts";
import { styled } from "./style.ts";
import { findModel } from "./texts.ts";

/** Columns of a curve. */
const CURVE = 60;
/** Rows that are written at once. */
const BLOCK = 1024;

/**
 * Goes on with a series.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function forecastCommand(settings: Settings<"forecast">): Promise<number> {
  using device = await openFor("generate", settings);
  const path = await findModel(settings.model);
  const { model, end } = await loadForecaster(path, device, { verify: !settings.acceptChangedWeights });
  const { columns, horizon } = model.options;
  const { from, encoding, steps = horizon } = settings;
  const series = from === undefined
    ? end
    : await readSeries(from, { encoding, columns, time: end.time?.name ?? "none" });
  const values = await forecast(model, series, { steps });
  const told: Series = { columns, values };
  const times = series.time && continueTimes(series.time.texts, steps);
  const name = times ? series.time!.name : "step";
  const firsts = times ?? Array.from({ length: steps }, (_, step) => String(step + 1));
  const { deviation } = model.options.scale;
  const rows = firsts.map((first, row) => [
    first,
    ...rowOf(told, row).map((value, c) => numberText(value, deviation[c]!)),
  ]);
  const lines = [[name, ...columns], ...rows].map((cells) => cells.map(cellOf).join(","));
  for (let i = 0; i < lines.length; i += BLOCK) print(...lines.slice(i, i + BLOCK));
  tell({ model: path, steps, time: times ? { name, values: times } : undefined, columns: columnsOf(told) });
  if (stderr.isTerminal()) note(...curvesOf(series, told));
  return 0;
}

function rowOf({ columns: { length }, values }: Series, row: number): number[] {
  return [...values.subarray(row * length, (row + 1) * length)];
}

/** The numbers of each column by its name. */
function columnsOf(series: Series): Record<string, number[]> {
  const { columns } = series;
  return Object.fromEntries(columns.map((name, c) => [name, columnOf(series, c)]));
}

function columnOf({ columns: { length }, values }: Series, c: number): number[] {
  return [...values].filter((_, i) => i % length === c);
}

/** What a float32 knows, and no more: of a number far from 0 the change, in standard deviations, is what it tells. */
function numberText(value: number, deviation: number): string {
  const beyond = value === 0 ? 0 : Math.ceil(Math.log10(Math.abs(value) / deviation));
  return String(Number(value.toPrecision(7 + Math.min(10, Math.max(0, beyond)))));
}

/** The last rows that are known, and, in another colour, those to come. */
function curvesOf(series: Series, told: Series): ReturnType<typeof styled>[][] {
  const most = Math.max(CURVE - lengthOf(told), CURVE / 2);
  return series.columns.map((name, c) => {
    const known = columnOf(series, c).slice(-most);
    const bars = sparkline([...known, ...columnOf(told, c)], CURVE);
    const place = Math.round(bars.length * known.length / (known.length + lengthOf(told)));
    return [
      styled("dim", bars.slice(0, place)),
      styled("cyan", bars.slice(place)),
      styled("dim", ` ${name}`),
    ];
  });
}
