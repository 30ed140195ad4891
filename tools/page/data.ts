/**
 * What the page has been given: JSON in elements that no browser runs, each read when it is needed.
 *
 * @module
 */
import type { ChartData, LineData, PageData } from "../../src/report/page_data.ts";
import type { Column } from "./uplot.ts";

const read = new Map<string, unknown>();

function elementData(id: string): unknown {
  if (!read.has(id)) read.set(id, JSON.parse(document.getElementById(id)?.textContent ?? "null"));
  return read.get(id);
}

/** The charts. */
export const data = elementData("data") as PageData;

/** A column of a run, none where there is no such column. */
function column<T>(run: number, name: string): readonly T[] {
  return (elementData(`${run}-${name}`) ?? []) as T[];
}

/**
 * The numbers of a curve: a report without one is passed over, one that is not finite is a gap, as is what cannot be shown.
 */
function valuesOf({ exponential }: ChartData, { run, column: name }: LineData, logarithmic: boolean): Column {
  return column<number | null | false>(run, name).map((value) => {
    if (value === null) return undefined;
    const shown = value === false ? NaN : exponential ? Math.exp(value) : value;
    return Number.isFinite(shown) && !(logarithmic && shown <= 0) ? shown : null;
  });
}

/**
 * What a chart shows: epochs, then a column a curve, then one a level.
 *
 * @param chart The chart.
 * @param logarithmic Whether only what has a logarithm can be shown.
 */
export function tableOf(chart: ChartData, logarithmic: boolean): Column[] {
  const runs = [...new Set(chart.lines.map(({ run }) => run))];
  const tables = runs.map((run) => [
    column<number>(run, "epoch"),
    ...chart.lines.filter((line) => line.run === run).map((line) => valuesOf(chart, line, logarithmic)),
  ]);
  const joined = tables.length === 1 ? tables[0]! : globalThis.uPlot.join(tables);
  const levels = chart.levels.map(({ value }): Column => joined[0]!.map(() => value));
  return [...joined, ...levels];
}
