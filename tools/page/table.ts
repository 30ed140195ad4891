/**
 * The table beside a chart, made when somebody opens it.
 *
 * @module
 */
import { numberText, spread } from "../../src/report/numbers.ts";
import type { ChartData } from "../../src/report/page_data.ts";
import { tableOf } from "./data.ts";
import { make } from "./elements.ts";

/** Rows at most: more are no help to anybody, and slow. */
const MOST = 500;

/**
 * The numbers of a chart, behind a line that opens them.
 *
 * @param chart The chart.
 */
export function dataTable(chart: ChartData): HTMLDetailsElement {
  const details = make("details", {}, make("summary", {}, `${chart.title} as a table`));
  details.addEventListener("toggle", () => details.append(...rowsOf(chart)), { once: true });
  return details;
}

function rowsOf(chart: ChartData): Node[] {
  const columns = tableOf(chart, false).slice(0, 1 + chart.lines.length);
  const count = columns[0]!.length;
  const names = ["epoch", ...chart.lines.map(({ label }) => label)];
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
    "aria-label": `${chart.title} as a table`,
    tabindex: "0",
  };
  const levels = chart.levels.map(({ label, value }) => make("p", {}, `${label}: ${numberText(value)}`));
  const note = count > MOST
    ? [
      make(
        "p",
        {},
        `${numberText(MOST)} of ${numberText(count, 9)} rows, equally far apart: log.jsonl has all.`,
      ),
    ]
    : [];
  return [...note, ...levels, make("div", region, table)];
}
