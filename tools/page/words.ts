/**
 * What charts say, in English; the playground has it in other languages.
 *
 * @module
 */

/** What a chart and its table say. */
export interface ChartWords {
  readonly log: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly all: string;
  readonly allEpochs: string;
  readonly epoch: string;
  readonly asTable: (title: string) => string;
  readonly describe: (title: string, unit: string, curves: string) => string;
  readonly rows: (shown: string, all: string) => string;
}

/** In English. */
export const CHART_WORDS: ChartWords = {
  log: "Log scale",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  all: "All",
  allEpochs: "All epochs",
  epoch: "epoch",
  asTable: (title) => `${title} as a table`,
  describe: (title, unit, curves) =>
    `${title}, ${unit}, by epoch: ${curves}. The table below has the numbers.`,
  rows: (shown, all) => `${shown} of ${all} rows, equally far apart: log.jsonl has all.`,
};
