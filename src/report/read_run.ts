/**
 * A run as the page needs it, from what may be damaged: whatever cannot be shown is left out and told.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import { type Columns, columnsOf, finite, numberOf } from "./columns.ts";
import { readInspection, type ShownInspection } from "./inspection.ts";
import { spread } from "./numbers.ts";
import { type Entry, isObject, readLog } from "./read_log.ts";
import { settingsOf } from "./settings.ts";

/** A run, from which a report is made. */
export interface ReportedRun {
  /** What it is called. */
  readonly name: string;
  /** Its reports: what train() has yielded, or the text of log.jsonl. */
  readonly log: string | readonly object[];
  /** What it was asked to do, options by name and `facts`: an object, or the text of config.json. */
  readonly config?: string | object | undefined;
  /** Where it stands, for people: "stopped". */
  readonly state?: string | undefined;
  /** What its units follow, as inspect.json has it: an object, or its text. */
  readonly inspection?: string | object | undefined;
}

/** What a model wrote at a report. */
export interface SamplesAt {
  readonly epoch: number;
  readonly texts: readonly { readonly prefix: string; readonly rest: string }[];
}

/** A run that can be shown. */
export interface RunData {
  readonly name: string;
  readonly state: string | undefined;
  readonly columns: Columns;
  /** Losses of the best n-gram, where it was counted. */
  readonly baseline: number | undefined;
  readonly samples: readonly SamplesAt[];
  /** Reports that have samples, of which so many may be left out. */
  readonly sampled: number;
  /** Settings by their flags' names. */
  readonly settings: ReadonlyMap<string, string>;
  /** What config.json says beside the settings. */
  readonly facts: Entry;
  readonly inspection: ShownInspection | undefined;
  /** Sentences on what is damaged or missing. */
  readonly notes: readonly string[];
}

/** Reports whose samples are shown. */
const MOST_SAMPLES = 24;

/**
 * Reads a run.
 *
 * @param run What is known of it, of which anything may be damaged but the name.
 * @returns What can be shown.
 */
export function readRun({ name, log, config, state, inspection }: ReportedRun): RunData {
  const read = readLog(log);
  const asked = parsed(config);
  const facts = objectOf(objectOf(asked)["facts"]);
  const stepsPerEpoch = finite(facts["stepsPerEpoch"]) ?? undefined;
  const { columns, entries, notes } = columnsOf(read.entries, stepsPerEpoch);
  const found = inspection === undefined ? undefined : readInspection(parsed(inspection));
  return {
    name,
    state,
    columns,
    baseline: baselineOf(entries, facts),
    ...samplesOf(entries, columns.epoch),
    settings: settingsOf(objectOf(asked)),
    facts,
    inspection: found?.inspection,
    notes: [
      ...(config !== undefined && !isObject(asked) ? ["its config.json is damaged and left out"] : []),
      ...read.notes,
      ...(entries.length === 0 ? ["it has no report yet"] : []),
      ...(entries.length > 0 && notes.length === 0 && Object.keys(columns.values).length === 0
        ? ["none of its reports has a number that can be shown"]
        : []),
      ...notes,
      ...(found?.notes ?? []),
    ].map((note) => `Run ${quote(name)}: ${note}`),
  };
}

function objectOf(value: unknown): Entry {
  return isObject(value) ? value : {};
}

/** What a text of JSON holds; nothing where it is none. */
function parsed(data: string | object | undefined): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** The log has it in each report, config.json once. */
function baselineOf(entries: readonly Entry[], facts: Entry): number | undefined {
  const told = numberOf(entries.at(-1)?.["baselineLoss"]);
  return told ?? numberOf(objectOf(facts["baseline"])["loss"]) ?? undefined;
}

/** The samples of reports that lie about as far apart, those of the last one among them. */
function samplesOf(
  entries: readonly Entry[],
  epochs: readonly number[],
): Pick<RunData, "samples" | "sampled"> {
  const having = entries.flatMap(({ samples }, index) =>
    Array.isArray(samples) && samples.length > 0 ? [index] : []
  );
  const samples = spread(having.length, MOST_SAMPLES).map((place) => {
    const index = having[place]!;
    const texts = entries[index]!["samples"] as readonly unknown[];
    return { epoch: epochs[index]!, texts: texts.flatMap(sampleOf) };
  });
  return { samples, sampled: having.length };
}

function sampleOf(value: unknown): SamplesAt["texts"] {
  const { prefix, text } = objectOf(typeof value === "string" ? { text: value } : value);
  if (typeof text !== "string") return [];
  const begun = typeof prefix === "string" && text.startsWith(prefix) ? prefix : "";
  return [{ prefix: begun, rest: text.slice(begun.length) }];
}
