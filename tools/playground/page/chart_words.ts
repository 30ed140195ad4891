/**
 * What charts say in the page's language.
 *
 * @module
 */
import type { ChartData } from "../../../src/report/page_data.ts";
import type { ChartWords } from "../../page/words.ts";
import { say, translated } from "./words.ts";

/** The words. */
export const WORDS: ChartWords = {
  log: say("chartLog"),
  zoomIn: say("chartIn"),
  zoomOut: say("chartOut"),
  all: say("chartAll"),
  allEpochs: say("chartAllEpochs"),
  epoch: say("chartEpoch"),
  asTable: (title) => say("chartTable", { title }),
  describe: (title, unit, curves) => say("chartSays", { title, unit, curves }),
  rows: (shown, all) => say("chartRows", { shown, all }),
};

/** A chart of a report in the page's language. */
export function translatedChart({ title, unit, lines, levels, ...rest }: ChartData): ChartData {
  return {
    ...rest,
    title: translated("chart", title),
    unit: translated("unit", unit),
    lines: lines.map((line) => ({ ...line, label: translated("line", line.label) })),
    levels: levels.map((level) => ({ ...level, label: translated("line", level.label) })),
  };
}
