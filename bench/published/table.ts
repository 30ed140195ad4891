/**
 * Rows and their results as a table in Markdown.
 *
 * @module
 */
import { median, table } from "../harness.ts";
import { isCurrent, type Result, type Run } from "./results.ts";
import { modelOf, type Row } from "./row.ts";

const HEAD = [
  "text",
  "held out",
  "model",
  "parameters",
  "published",
  "of",
  "refrain",
  "seeds",
  "PyTorch",
  "n-gram",
  "time",
];

function spread(values: readonly number[], digits: number): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits)
  );
  return least === most ? middle! : `${middle} (${least}–${most})`;
}

/** Processor time of a run, in a unit that reads well; the clock's where nobody has counted that. */
function time(runs: readonly Run[]): string {
  const seconds = median(runs.map(({ seconds }) => seconds));
  const clock = runs.every(({ counted }) => counted === "processor") ? "" : " by the clock";
  return (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`) + clock;
}

/** A loss in the unit of the published figure: nats, or bits. */
function unitOf({ published }: Row): [name: string, nats: number] {
  return published?.figure.endsWith(" bits") ? ["bits", Math.LN2] : ["nats", 1];
}

function published({ published }: Row): [figure: string, of: string] {
  return published ? [published.figure, `${published.of} (${published.source})`] : ["–", ""];
}

/** The lines of a row: one of each measure that was taken, or one of the training's perplexity. */
function linesOf(row: Row, { runs, pytorch }: Result): string[][] {
  const current = runs.filter((run) => isCurrent(row, run));
  const parameters = current[0]?.parameters.toLocaleString("en") ?? "–";
  const head = (
    held: string,
  ): string[] => [row.text.title, held, modelOf(row), parameters, ...published(row)];
  const seeds = `${current.length}`;
  if (current.length === 0) {
    return [[...head(row.measures[0]?.name ?? "no"), row.notRun ?? "not run", "–", "–", "–", "–"]];
  }
  if (row.measures.length === 0) {
    const own = spread(current.map(({ log }) => log.at(-1)!.perplexity), 4);
    const peer = pytorch.length > 0 ? spread(pytorch.map(({ perplexity }) => perplexity), 4) : "–";
    return [[...head("no"), own, seeds, peer, "–", time(current)]];
  }
  const [unit, nats] = unitOf(row);
  return row.measures.flatMap(({ name }) => {
    const own = current.map(({ evaluated }) => evaluated.find(({ measure }) => measure === name))
      .filter((measured) => measured !== undefined);
    if (own.length === 0) return []; // what a row got later is in the table once it is run again
    const baseline = own.find(({ baseline }) => baseline)?.baseline;
    const counted = baseline ? `${(baseline.loss / nats).toFixed(3)} (order ${baseline.order})` : "–";
    const losses = spread(own.map(({ loss }) => loss / nats), 3);
    return [[...head(name), `${losses} ${unit}`, `${own.length}`, "–", counted, time(current)]];
  });
}

/** The words of the short table in a README. */
export interface ShortWords {
  readonly head: readonly [text: string, network: string, parameters: string, loss: string, counting: string];
  readonly grams: (order: number) => string;
}

/** The networks that were measured on text they had not seen beside the best n-gram: nats a character, median and range. */
export function shortTable(
  rows: readonly Row[],
  results: readonly Result[],
  { head, grams }: ShortWords,
): string {
  const lines = rows.flatMap((row, i) => {
    const current = results[i]!.runs.filter((run) => isCurrent(row, run));
    const own = current.map(({ evaluated }) => evaluated.find(({ baseline }) => baseline));
    const baseline = own[0]?.baseline;
    if (!baseline) return [];
    const parameters = current[0]!.parameters.toLocaleString("en");
    const losses = spread(own.map((measured) => measured!.loss), 3);
    return [[
      row.text.title,
      modelOf(row),
      parameters,
      losses,
      `${baseline.loss.toFixed(3)} (${grams(baseline.order)})`,
    ]];
  });
  return table([...head], lines);
}

/** What the READMEs call things. */
export const SHORT_WORDS: Readonly<Record<string, ShortWords>> = {
  "README.md": {
    head: ["text", "network", "parameters", "network, nats", "counting, nats"],
    grams: (order) => `${order}-gram`,
  },
  "README.zh-CN.md": {
    head: ["文本", "网络", "参数", "网络（nats）", "计数（nats）"],
    grams: (order) => `${order} 元`,
  },
};

/** The table of some rows, and what it was measured on. */
export function publishedTable(rows: readonly Row[], results: readonly Result[]): string {
  const lines = rows.flatMap((row, i) => linesOf(row, results[i]!));
  const runs = results.flatMap(({ runs }) => runs);
  const facts = [...new Set(runs.map(({ processor, versions }) => `${processor}, Deno ${versions.deno}`))];
  return [
    table(HEAD, lines),
    ...(facts.length > 0 ? [`Measured on ${facts.join("; ")}.`] : []),
  ].join("\n\n");
}
