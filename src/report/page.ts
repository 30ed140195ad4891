/**
 * The page: one file of markup, data and scripts, which asks for nothing. Its policy lets run what hashes name, and nothing
 * else.
 *
 * @module
 */
import { PAGE } from "../generated/report_page.ts";
import { UPLOT } from "../generated/uplot.ts";
import { counted } from "../messages/printable.ts";
import { VERSION } from "../version.ts";
import { BEGINNING } from "./beginning.ts";
import { chartsOf } from "./charts.ts";
import { dataElement, Markup, markup } from "./markup.ts";
import type { ChartData, PageData } from "./page_data.ts";
import { pictureOf } from "./picture.ts";
import type { RunData } from "./read_run.ts";
import { inspectionsOf, notesOf, runsOf, samplesOf, settingsSection } from "./sections.ts";

/** Nothing is fetched, sent or framed; inline code only by its hash. */
const POLICY = [
  "default-src 'none'",
  `script-src ${UPLOT.scriptHash} ${PAGE.scriptHash}`,
  `style-src ${UPLOT.styleHash} ${PAGE.styleHash}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The page of some runs.
 *
 * @param runs The runs, one or more.
 * @returns HTML.
 */
export function pageOf(runs: readonly RunData[]): string {
  const charts = chartsOf(runs);
  const title = runs.length === 1 ? runs[0]!.name : counted(runs.length, "run");
  return markup`${new Markup(
    BEGINNING,
  )}<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(
    POLICY,
  )}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${new Markup(
    UPLOT.style,
  )}</style><style>${new Markup(PAGE.style)}</style></head>
<body><header><p>Report by refrain ${VERSION}</p><h1>${title}</h1></header><main>${notesOf(runs)}${
    runsOf(runs)
  }${charts.length > 0 ? chartsSection(runs, charts) : undefined}${samplesOf(runs)}${inspectionsOf(runs)}${
    settingsSection(runs)
  }</main><footer><p>Charts by uPlot ${UPLOT.version}, MIT licence.</p></footer>
${dataOf(runs, charts)}
<script>${new Markup(UPLOT.script)}</script><script>${new Markup(PAGE.script)}</script></body></html>
`.text;
}

/** The figures, which the script fills. */
function chartsSection(runs: readonly RunData[], charts: readonly ChartData[]): Markup {
  const figures = charts.map((chart) => {
    const { id, title, unit } = chart;
    const still = id === "loss" ? markup`<noscript>${pictureOf(runs, chart)}</noscript>` : undefined;
    return markup`<figure id="${id}"><figcaption><h3>${title}</h3><p>${unit}</p></figcaption>${still}</figure>`;
  });
  return markup`<section class="charts"><h2>Curves</h2>${figures}</section>`;
}

/** What the script reads: charts, and a column an element, so that only those are read that are shown. */
function dataOf(runs: readonly RunData[], charts: readonly ChartData[]): Markup[] {
  const data: PageData = { charts };
  const columns = runs.flatMap(({ columns: { epoch, values } }, index) =>
    Object.entries({ epoch, ...values }).map(([name, column]) => dataElement(`${index}-${name}`, column))
  );
  return [dataElement("data", data), ...columns];
}
