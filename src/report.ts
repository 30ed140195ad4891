/**
 * A report of runs: one page that opens anywhere and asks for nothing, and a curve for notebooks.
 *
 * @module
 */
import { type Names, refuseUnknown } from "./messages/options.ts";
import { counted, Printable } from "./messages/printable.ts";
import { quote } from "./messages/quote.ts";
import { chartsOf } from "./report/charts.ts";
import { pictureOf } from "./report/picture.ts";
import { readRun, type ReportedRun, type RunData } from "./report/read_run.ts";
import { turn } from "./turn.ts";

export type { ReportedRun } from "./report/read_run.ts";

const RUN: Names<ReportedRun> = { name: true, log: true, config: true, state: true, inspection: true };

/** Runs as a page or a picture; a cell of a notebook shows the curves of their losses. */
export class Report extends Printable {
  readonly #runs: readonly RunData[];

  /**
   * Reads the runs; report() does the same.
   *
   * @param runs The runs.
   * @throws {TypeError} If there is none, one has no name or log, or a member is unknown.
   */
  constructor(runs: readonly ReportedRun[]) {
    super();
    if (!Array.isArray(runs) || runs.length === 0) {
      throw new TypeError("Cannot report without a run: give a list of runs");
    }
    for (const run of runs) assertRun(run);
    this.#runs = runs.map(readRun);
  }

  /** Sentences on what of the runs is damaged or missing. */
  get notes(): readonly string[] {
    return this.#runs.flatMap(({ notes }) => notes);
  }

  /**
   * The page: HTML with everything in it, which opens without a network. Text of the runs is data in it, never markup.
   *
   * @returns The text of the file.
   */
  async html(): Promise<string> {
    const { pageOf } = await import("./report/page.ts");
    await turn(); // it takes long where logs are long
    return pageOf(this.#runs);
  }

  /**
   * The curves of the losses as a still picture, which a cell of a notebook shows.
   *
   * @returns SVG, without script and style.
   */
  svg(): string {
    const [chart] = chartsOf(this.#runs).filter(({ id }) => id === "loss");
    return pictureOf(this.#runs, chart).text;
  }

  /** In a line: "Report of 2 runs, 250 reports". */
  override toString(): string {
    const reports = this.#runs.reduce((sum, { columns }) => sum + columns.epoch.length, 0);
    return `Report of ${counted(this.#runs.length, "run")}, ${counted(reports, "report")}`;
  }
}

/**
 * Makes a report of runs: their losses, perplexities, rates, norms, speeds, samples and settings, side by side.
 *
 * @param runs The runs: what train() yielded, or the texts of log.jsonl, each with a name. What is damaged in them is left
 * out and told.
 * @returns The report.
 * @throws {TypeError} If there is no run, one has no name or log, or a member is unknown.
 *
 * @example Usage
 * ```ts
 * import { Corpus, openDevice, report, RNN, RNNModel, train } from "@refrain/refrain";
 * import { assertStringIncludes } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const V = corpus.vocabulary.size;
 * const model = new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 16, seed: 0 }), V);
 * const log = await Array.fromAsync(train(model, corpus, { epochs: 5, batchSize: 2, numSteps: 5 }));
 * const page = await report([{ name: "first", log }]).html();
 * assertStringIncludes(page, "<title>first</title>");
 * ```
 */
export function report(runs: readonly ReportedRun[]): Report {
  return new Report(runs);
}

function assertRun(run: ReportedRun): void {
  if (typeof run !== "object" || run === null) {
    throw new TypeError(`Cannot report what is no run: current value is ${quote(run)}`);
  }
  refuseUnknown("report a run", run, RUN);
  const { name, log, state } = run;
  if (state !== undefined && typeof state !== "string") {
    throw new TypeError(`Cannot report a run as its state is no string: current value is ${quote(state)}`);
  }
  if (typeof name !== "string") {
    throw new TypeError("Cannot report a run without a name: name must be a string");
  }
  if (typeof log === "string" || Array.isArray(log)) return;
  throw new TypeError(
    "Cannot report a run without a log: log must be a list of reports, or the text of log.jsonl",
  );
}
