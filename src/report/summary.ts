/**
 * What is told of each run before its curves, as rows of a table.
 *
 * @module
 */
import { thousands } from "../messages/printable.ts";
import { finite, type Value } from "./columns.ts";
import { numberText } from "./numbers.ts";
import type { RunData } from "./read_run.ts";
import { isOfSeries } from "./settings.ts";

/** A row: what it is, and a text a run. */
export interface SummaryRow {
  readonly name: string;
  readonly texts: readonly (string | undefined)[];
}

/** Every row that there may be. */
const ROWS: Readonly<Record<string, (run: RunData) => string | undefined>> = {
  "State": ({ state }) => state,
  "Epochs": epochsOf,
  "Training loss": ({ columns: { values }, settings }) => lastOf(values.loss, settings),
  "Best validation loss": bestOf,
  "Best n-gram": ({ baseline }) => baseline === undefined ? undefined : inWords(baseline),
  "Model": modelOf,
  "Parameters": ({ facts }) => countOf(facts["parameters"]),
  "Text": textOf,
  "Series": seriesOf,
  "Speed": speedOf,
  "Device": ({ facts: { device } }) => typeof device === "string" ? device : undefined,
};

/**
 * Sums runs up.
 *
 * @param runs The runs.
 * @returns The rows in which there is a text.
 */
export function summaryOf(runs: readonly RunData[]): SummaryRow[] {
  return Object.entries(ROWS).map(([name, tell]) => ({ name, texts: runs.map(tell) }))
    .filter(({ texts }) => texts.some((text) => text !== undefined));
}

/** A loss, with what it means where it is one of a text. */
function inWords(loss: number, settings: RunData["settings"] = new Map()): string {
  if (isOfSeries(settings)) return numberText(loss);
  return `${numberText(loss)} (perplexity ${numberText(Math.exp(loss))})`;
}

function lastOf(
  values: readonly Value[] | undefined,
  settings: RunData["settings"],
): string | undefined {
  const last = values?.findLast((value) => typeof value === "number");
  return typeof last === "number" ? inWords(last, settings) : undefined;
}

function bestOf({ columns: { epoch, values }, settings }: RunData): string | undefined {
  let best: { loss: number; at: number } | undefined;
  for (const [index, loss] of (values.validationLoss ?? []).entries()) {
    if (typeof loss === "number" && loss < (best?.loss ?? Infinity)) best = { loss, at: epoch[index]! };
  }
  return best && `${inWords(best.loss, settings)} at epoch ${numberText(best.at)}`;
}

function epochsOf({ columns: { epoch }, settings }: RunData): string | undefined {
  const last = epoch.at(-1);
  if (last === undefined) return undefined;
  const all = Number(settings.get("epochs"));
  return numberText(last) + (Number.isFinite(all) && all > 0 ? ` of ${numberText(all)}` : "");
}

function modelOf({ settings }: RunData): string | undefined {
  const [cell, layers, size] = ["cell", "num-layers", "hidden-size"].map((name) => settings.get(name));
  if (cell === undefined || size === undefined) return undefined;
  return `${cell.toUpperCase()}, ${
    layers === undefined || layers === "1" ? "1 layer" : `${layers} layers`
  } of ${size}`;
}

function textOf({ facts: { corpus, characters, vocabularySize } }: RunData): string | undefined {
  const [tokens, distinct] = [characters, vocabularySize].map(countOf);
  const sizes = [
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(distinct === undefined ? [] : [`${distinct} distinct`]),
  ].join(", ");
  if (typeof corpus !== "string") return sizes || undefined;
  const name = corpus.length > 200 ? `${corpus.slice(0, 200)}…` : corpus;
  return sizes === "" ? name : `${name}: ${sizes}`;
}

function seriesOf({ facts: { series, rows, columns } }: RunData): string | undefined {
  if (typeof series !== "string" || !Array.isArray(columns)) return undefined;
  return `${series.slice(0, 200)}: ${countOf(rows) ?? "?"} rows of ${
    columns.map(String).join(", ").slice(0, 200)
  }`;
}

/** The median, as the first report may be of a device that warms up. */
function speedOf({ columns: { values } }: RunData): string | undefined {
  const speeds = (values.tokensPerSecond ?? []).filter((value): value is number =>
    typeof value === "number" && value > 0
  );
  if (speeds.length === 0) return undefined;
  const median = speeds.sort((a, b) => a - b)[speeds.length >> 1]!;
  return `${thousands(Math.round(median))} tokens a second`;
}

function countOf(value: unknown): string | undefined {
  const number = finite(value);
  return number === null ? undefined : thousands(number);
}
