/**
 * The runs that are served, and one of them as it trains.
 *
 * @module
 */
import { visible } from "../../../src/messages/visible.ts";
import { numberText } from "../../../src/report/numbers.ts";
import type { LiveReport } from "../../../src/report/live.ts";
import type { NewRows } from "../../../src/serve/new_rows.ts";
import type { RunFacts, Standing } from "../../../src/serve/runs.ts";
import { Chart } from "../../page/chart.ts";
import { make } from "../../page/elements.ts";
import { translatedChart, WORDS } from "./chart_words.ts";
import { statusLine } from "./controls.ts";
import { BEAT, poll, SLOW_BEAT } from "./poll.ts";
import { runTable } from "./run_table.ts";
import { troubleOf } from "./server.ts";
import { tableOf } from "./tables.ts";
import { say, translated } from "./words.ts";

/** A report, of which columns have the rows that are new, and how far the run has come. */
type Live = LiveReport & NewRows & { readonly standing: Standing };
/** Numbers by column. */
type Columns = Readonly<Record<string, readonly (number | null | false)[]>>;

/** What is said of a run that is shown. */
const SAID: Partial<Record<RunFacts["state"], "live" | "ended" | "runStopped">> = {
  running: "live",
  ended: "ended",
  stopped: "runStopped",
};

/** The view, and what tells it how its runs stand now. */
export interface RunsView {
  readonly view: HTMLElement;
  tell(runs: readonly RunFacts[]): void;
}

/** Makes the view of some runs. */
export function runsView(runs: readonly RunFacts[]): RunsView {
  const shown = make("div");
  const status = statusLine();
  let leave = (): void => {};
  const { table, tell } = runTable(runs, (name) => {
    leave();
    leave = watch(name, { shown, status, onStanding: (standing) => tell([{ name, ...standing }]) });
  });
  const view = make("section", { "aria-label": say("runs") }, table, status, shown);
  const first = runs.findIndex(({ state }) => state === "running");
  table.querySelectorAll("button")[Math.max(0, first)]?.click();
  return { view, tell };
}

/** Where a run is shown, and who is told how it stands. */
interface Place {
  readonly shown: HTMLElement;
  readonly status: HTMLElement;
  onStanding(standing: Standing): void;
}

/** Shows a run, and goes on: one that was stopped may be taken up again. Returns what ends it. */
function watch(name: string, { shown, status, onStanding }: Place): () => void {
  const charts = new Map<string, Chart>();
  const head = make("div");
  const figures = make("div", { class: "charts" });
  const samples = make("div");
  shown.replaceChildren(make("h2", {}, visible(name)), head, figures, samples);
  let report: Live | undefined;
  let columns: Columns = {};
  const source = (_: number, column: string): Columns[string] => columns[column] ?? [];
  const path = (): string => {
    const known = report ? `?rows=${columns["epoch"]!.length}&sum=${report.sum}` : "";
    return `/runs/${encodeURIComponent(name)}/report${known}`;
  };
  const show = (next: Live): void => {
    if (next !== report) columns = joined(columns, next);
    report = next;
    onStanding(next.standing);
    const said = SAID[next.standing.state];
    status.textContent = said ? say(said) : "";
    head.replaceChildren(...headOf(next));
    for (const raw of next.charts) {
      const chart = translatedChart(raw);
      if (!charts.has(raw.id)) {
        const caption = make("figcaption", {}, make("h3", {}, chart.title), make("p", {}, chart.unit));
        const figure = make("figure", { id: raw.id }, caption);
        figures.append(figure);
        charts.set(raw.id, new Chart(chart, figure, { source, words: WORDS }));
      }
      charts.get(raw.id)!.draw();
      charts.get(raw.id)!.update(chart);
    }
    samples.replaceChildren(...samplesOf(next));
  };
  const end = poll<Live>(path, {
    onData: show,
    pause: ({ standing }) => standing.state === "running" ? BEAT : SLOW_BEAT,
    onTrouble: (refused) => {
      status.textContent = troubleOf(refused);
    },
  });
  return () => {
    end();
    for (const chart of charts.values()) chart.remove();
  };
}

/** The rows that are known, and those behind them. */
function joined(known: Columns, { from, columns }: Live): Columns {
  const rows = Object.entries(columns as Columns);
  return Object.fromEntries(
    rows.map(([name, values]) => [name, [...(known[name] ?? []).slice(0, from), ...values]]),
  );
}

function headOf({ notes, summary }: Live): Node[] {
  const rows = summary.map(([name, text]) => [translated("row", name), translated("value", text)]);
  const list = make("ul", {}, ...notes.map((note) => make("li", {}, visible(note))));
  return [
    ...(notes.length > 0 ? [make("section", { class: "notes", "aria-label": say("notes") }, list)] : []),
    ...(rows.length > 0 ? [tableOf(say("state"), [], rows)] : []),
  ];
}

function samplesOf({ samples }: Live): Node[] {
  if (samples.length === 0) return [];
  return [
    make("h2", {}, say("samples")),
    ...samples.flatMap(({ epoch, texts }) => [
      make("p", { class: "label" }, `${say("epoch")} ${numberText(epoch)}`),
      ...texts.map(({ prefix, rest }) =>
        make("p", { class: "text", dir: "auto" }, make("b", {}, visible(prefix, "\n")), visible(rest, "\n"))
      ),
    ]),
  ];
}
