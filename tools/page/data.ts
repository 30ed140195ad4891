/**
 * What the page has been given: JSON in elements that no browser runs, each read when it is needed.
 *
 * @module
 */
import type { ChartData, PageData } from "../../src/report/page_data.ts";
import type { Column } from "./uplot.ts";

const read = new Map<string, unknown>();

function elementData(id: string): unknown {
  if (!read.has(id)) read.set(id, JSON.parse(document.getElementById(id)?.textContent ?? "null"));
  return read.get(id);
}

/** The charts. */
export const data = elementData("data") as PageData;

/** Gives a column of a run, none where there is no such column. */
export type Source = (run: number, name: string) => readonly (number | null | false)[];

/** The columns that the page holds. */
export const column: Source = (run, name) =>
  (elementData(`${run}-${name}`) ?? []) as readonly (number | null | false)[];

/**
 * The numbers of a curve: a report without one is passed over, one that is not finite is a gap, as is what cannot be shown.
 */
function valuesOf(
  { exponential }: ChartData,
  values: ReturnType<Source>,
  logarithmic: boolean,
): Column {
  return values.map((value) => {
    if (value === null) return undefined;
    const shown = value === false ? NaN : exponential ? Math.exp(value) : value;
    return Number.isFinite(shown) && !(logarithmic && shown <= 0) ? shown : null;
  });
}

/**
 * What a chart shows: epochs, then a column a curve, then one a level.
 *
 * @param chart The chart.
 * @param source Its columns.
 * @param logarithmic Whether only what has a logarithm can be shown.
 */
export function tableOf(chart: ChartData, source: Source, logarithmic: boolean): Column[] {
  const runs = [...new Set(chart.lines.map(({ run }) => run))];
  const tables = runs.map((run) => [
    source(run, "epoch") as readonly number[],
    ...chart.lines.filter((line) => line.run === run).map((line) =>
      valuesOf(chart, source(run, line.column), logarithmic)
    ),
  ]);
  const joined = tables.length === 1 ? tables[0]! : globalThis.uPlot.join(tables);
  const levels = chart.levels.map(({ value }): Column => joined[0]!.map(() => value));
  return [...joined, ...levels];
}
