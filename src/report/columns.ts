/**
 * Reports as columns of numbers: what curves and tables show.
 *
 * @module
 */
import { counted, thousands } from "../messages/printable.ts";
import type { Entry } from "./read_log.ts";

/** What curves show of a report, and how a sentence calls what may fail to be a number. */
const NAMES = {
  loss: "the training loss",
  validationLoss: "the validation loss",
  learningRate: "the learning rate",
  gradNorm: "the norm of the gradients",
  tokensPerSecond: "the speed",
};

/** One of them. */
export type Metric = keyof typeof NAMES;

/** A number; null where a report has none, as one within an epoch has no validation; false for one that is not finite. */
export type Value = number | null | false;

/** A run's numbers, a row a report. */
export interface Columns {
  /** Where each report stands, in epochs, not falling. */
  readonly epoch: readonly number[];
  /** The metrics of which there is a number. */
  readonly values: Readonly<Partial<Record<Metric, readonly Value[]>>>;
}

/** Beyond this no loss is, and what draws would overflow. */
const LARGEST = 1e100;

/** More digits than a screen shows. */
const DIGITS = 7;

/**
 * Takes the numbers out of reports.
 *
 * @param entries The reports, of which any member may be missing.
 * @param stepsPerEpoch Steps of an epoch, where that is known: reports within an epoch then stand within it.
 * @returns The columns, the reports in the columns' order, and sentences on what is no number.
 */
export function columnsOf(
  entries: readonly Entry[],
  stepsPerEpoch: number | undefined,
): { columns: Columns; entries: Entry[]; notes: string[] } {
  const places = placesOf(entries, stepsPerEpoch);
  const risen = places.every((place, index) => index === 0 || place >= places[index - 1]!);
  const order = places.map((_, index) => index);
  if (!risen) order.sort((a, b) => places[a]! - places[b]!);
  const sorted = order.map((index) => entries[index]!);
  const notes: string[] = risen ? [] : ["its reports are not in order: they are shown by epoch"];
  const values: Partial<Record<Metric, Value[]>> = {};
  for (const [metric, name] of Object.entries(NAMES) as [Metric, string][]) {
    const column = sorted.map((entry) => metric in entry ? numberOf(entry[metric]) ?? false : null);
    const missing = column.filter((value) => value === false).length;
    if (column.some((value) => typeof value === "number")) values[metric] = column;
    if (missing > 0) notes.push(gapsOf(name, missing, sorted.length));
  }
  return { columns: { epoch: order.map((index) => places[index]!), values }, entries: sorted, notes };
}

function gapsOf(name: string, missing: number, all: number): string {
  const where = missing === all
    ? `any of its ${counted(all, "report")}`
    : `${thousands(missing)} of ${counted(all, "report")}: its curve has gaps there`;
  return `${name} is no finite number in ${where}`;
}

/** Where reports stand: within an epoch where steps tell, at its end where they do not; by their count without epochs. */
function placesOf(entries: readonly Entry[], stepsPerEpoch: number | undefined): number[] {
  const epochs = entries.map(({ epoch }) => finite(epoch));
  const within = entries.map(({ steps }) => (finite(steps) ?? NaN) / (stepsPerEpoch ?? NaN));
  const fits = within.every((place, index) => Math.ceil(place - 1e-9) === epochs[index]);
  if (fits) return within.map(rounded);
  return epochs.every((epoch) => epoch !== null) ? epochs as number[] : entries.map((_, index) => index + 1);
}

function rounded(value: number): number {
  return Number(value.toPrecision(9));
}

/**
 * A number that can be shown.
 *
 * @param value Anything.
 * @returns The number as it is; null for anything else.
 */
export function finite(value: unknown): number | null {
  return typeof value === "number" && Math.abs(value) <= LARGEST ? value : null;
}

/**
 * A number as a curve has it.
 *
 * @param value Anything.
 * @returns The number to seven digits; null for anything else.
 */
export function numberOf(value: unknown): number | null {
  const number = finite(value);
  return number === null ? null : Number(number.toPrecision(DIGITS));
}
