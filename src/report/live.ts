/**
 * A report as plain data, for a page that shows a run while it trains: types and what makes them.
 *
 * @module
 */
import type { Columns, Metric } from "./columns.ts";
import { chartsOf } from "./charts.ts";
import type { ChartData } from "./page_data.ts";
import { readRun, type ReportedRun, type RunData } from "./read_run.ts";
import { summaryOf } from "./summary.ts";

/** What is shown of a run. */
export interface LiveReport {
  /** Its name. */
  readonly name: string;
  /** Sentences on what is damaged or missing. */
  readonly notes: readonly string[];
  /** Rows of two texts: what it is, and how it is. */
  readonly summary: readonly (readonly [string, string])[];
  /** The charts in which there is a curve. */
  readonly charts: readonly ChartData[];
  /** Their numbers by column, `epoch` among them. */
  readonly columns: Readonly<Partial<Record<Metric | "epoch", Columns["epoch"] | Columns["values"][Metric]>>>;
  /** What the model wrote at its last reports, the last first. */
  readonly samples: RunData["samples"];
}

/** Reports whose samples a page is given. */
const SAMPLES = 3;

/**
 * The data of a run's report.
 *
 * @param run What is known of it, of which anything may be damaged but the name.
 * @returns Plain data.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { columns, charts } = liveReport({ name: "first", log: [{ epoch: 1, loss: 2 }] });
 * assertEquals([columns.loss, charts[0]!.id], [[2], "loss"]);
 * ```
 */
export function liveReport(run: ReportedRun): LiveReport {
  const data = readRun(run);
  const { name, notes, columns: { epoch, values }, samples } = data;
  return {
    name,
    notes,
    summary: summaryOf([data]).map(({ name, texts }) => [name, texts[0]!] as const),
    charts: chartsOf([data]),
    columns: { epoch, ...values },
    samples: samples.toReversed().slice(0, SAMPLES),
  };
}
