/**
 * What the page has been given: JSON in elements that no browser runs, each read when it is needed.
 *
 * @module
 */
import type { ChartData, LineData, PageData } from "../src/report/page_data.ts";
import type { Column } from "./uplot.ts";

const read = new Map<string, unknown>();

function elementData(id: string): unknown {
  if (!read.has(id)) read.set(id, JSON.parse(document.getElementById(id)?.textContent ?? "null"));
  return read.get(id);
}

/** The charts. */
export const data = elementData("data") as PageData;

/**
 * A column of a run.
 *
 * @param run The run, from 0.
 * @param name The column.
 * @returns Its numbers, none where there is no such column.
 */
export function column(run: number, name: string): Column {
  return (elementData(`${run}-${name}`) ?? []) as Column;
}

function valuesOf({ exponential }: ChartData, { run, column: name }: LineData): Column {
  const values = column(run, name);
  return exponential ? values.map((value) => finite(Math.exp(value ?? NaN))) : values;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * What a chart shows: epochs, then a column a curve, then one a level.
 *
 * @param chart The chart.
 * @param logarithmic Whether only what has a logarithm can be shown.
 */
export function tableOf(chart: ChartData, logarithmic: boolean): Column[] {
  const shown = (values: Column): Column =>
    logarithmic
      ? values.map((value) => value === undefined || value === null || value > 0 ? value : null)
      : values;
  const runs = [...new Set(chart.lines.map(({ run }) => run))];
  const tables = runs.map((run) => [
    column(run, "epoch"),
    ...chart.lines.filter((line) => line.run === run).map((line) => shown(valuesOf(chart, line))),
  ]);
  const joined = tables.length === 1 ? tables[0]! : globalThis.uPlot.join(tables);
  const last = joined[0]!.length - 1;
  // A level is a curve of two points.
  const levels = chart.levels.map(({ value }): Column =>
    joined[0]!.map((_, index) => index === 0 || index === last ? value : undefined)
  );
  return [...joined, ...levels];
}
