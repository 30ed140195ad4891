/**
 * The table beside a chart, made when somebody opens it.
 *
 * @module
 */
import { numberText, spread } from "../../src/report/numbers.ts";
import type { ChartData } from "../../src/report/page_data.ts";
import { type Source, tableOf } from "./data.ts";
import { make } from "./elements.ts";
import type { ChartWords } from "./words.ts";

/** Rows at most: more are no help to anybody, and slow. */
const MOST = 500;

/**
 * The numbers of a chart, behind a line that opens them.
 *
 * @param chartNow Gives the chart as it is.
 * @param parts Its columns, and what it says.
 */
export function dataTable(
  chartNow: () => ChartData,
  { source, words }: { source: Source; words: ChartWords },
): HTMLDetailsElement {
  const summary = make("summary", {}, words.asTable(chartNow().title));
  const details = make("details", {}, summary);
  details.addEventListener("toggle", () => {
    details.replaceChildren(summary, ...(details.open ? rowsOf(chartNow(), { source, words }) : []));
  });
  return details;
}

function rowsOf(chart: ChartData, { source, words }: { source: Source; words: ChartWords }): Node[] {
  const columns = tableOf(chart, source, false).slice(0, 1 + chart.lines.length);
  const count = columns[0]!.length;
  const names = [words.epoch, ...chart.lines.map(({ label }) => label)];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
  const rows = spread(count, MOST).map((index) => {
    const [epoch, ...values] = columns.map((column) => numberText(column[index], 7));
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, epoch!),
      ...values.map((value) => make("td", {}, value)),
    );
  });
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  const region = {
    class: "scroll tall",
    role: "region",
    "aria-label": words.asTable(chart.title),
    tabindex: "0",
  };
  const levels = chart.levels.map(({ label, value }) => make("p", {}, `${label}: ${numberText(value)}`));
  const note = count > MOST
    ? [
      make(
        "p",
        {},
        words.rows(numberText(MOST), numberText(count, 9)),
      ),
    ]
    : [];
  return [...note, ...levels, make("div", region, table)];
}
