/**
 * Times of a series as texts: numbers, or dates in ISO 8601, and how they go on.
 *
 * @module
 */

/** A date, perhaps with a time and what it is off from UTC: 2024-02-29, 2024-02, 2024-02-29T12:30:00Z. */
const DATE =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?$/;

const DAY = 86_400_000;

/** A date in parts. */
interface Moment {
  /** As if it were in UTC, in milliseconds. */
  readonly local: number;
  /** What it is off from UTC, as it is written. */
  readonly zone: string;
  /** What its text has: "2024-02-29" alone, or a time behind it. */
  readonly form: { readonly length: number; readonly gap: string };
}

function momentOf(text: string): Moment | undefined {
  const parts = DATE.exec(text);
  if (!parts) return undefined;
  const [
    ,
    year,
    month,
    day = "1",
    gap = "",
    hours = "0",
    minutes = "0",
    seconds = "0",
    rest = "",
    zone = "",
  ] = parts;
  const date = new Date(dayOf(+year!, +month! - 1, +day));
  const local = date.getTime() + ((+hours * 60 + +minutes) * 60 + +seconds) * 1000 +
    Number(rest.padEnd(9, "0")) / 1e6;
  const exists = date.getUTCMonth() + 1 === +month! && date.getUTCDate() === +day && +seconds < 60 &&
    +minutes < 60 && +hours < 24;
  return exists ? { local, zone, form: { length: text.length - zone.length, gap } } : undefined;
}

/** A day's beginning; Date.UTC() takes years before 100 for others. */
function dayOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

/** Milliseconds of "+05:30" or "+05". */
function offsetOf(zone: string): number {
  if (zone === "" || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return (zone[0] === "-" ? -1 : 1) * minutes * 60_000;
}

/**
 * A time as a number by which times are compared.
 *
 * @param text A number, or a date in ISO 8601.
 * @returns The number, or milliseconds since 1970; undefined of any other text.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["1700", "1970-01-02", "1970-01-01T01:00+01:00", "2023-02-29"].map(timeOf), [1700, 86_400_000, 0, undefined]);
 * ```
 */
export function timeOf(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  const moment = momentOf(text);
  return moment && moment.local - offsetOf(moment.zone);
}

/**
 * Goes on with times that are the same step apart: of numbers, of days or parts of them, or of months.
 *
 * @param times The last times there are, two at least.
 * @param steps How many are to come.
 * @returns They, written as the last one is; undefined where steps are not regular, or dates leave four digits of a year.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(continueTimes(["1.5", "2.0"], 2), ["2.5", "3.0"]);
 * assertEquals(continueTimes(["2023-12-31", "2024-01-31"], 2), ["2024-02-29", "2024-03-31"]);
 * assertEquals(continueTimes(["1", "2", "4"], 1), undefined);
 * ```
 */
export function continueTimes(times: readonly string[], steps: number): string[] | undefined {
  if (times.length < 2) return undefined;
  const moments = times.map(momentOf);
  const count = Array.from({ length: steps }, (_, index) => index + 1);
  if (moments.every((moment) => moment === undefined)) {
    const numbers = times.map(Number);
    const step = stepOf(numbers, 1e-6);
    const digits = Math.max(...times.map((text) => text.split(".")[1]?.length ?? 0));
    return step === undefined ? undefined : count.map((k) => (numbers.at(-1)! + k * step).toFixed(digits));
  }
  const formOf = (moment: Moment | undefined): string => moment ? `${moment.form.length} ${moment.zone}` : "";
  if (!moments.every((moment) => formOf(moment) === formOf(moments[0]))) return undefined;
  const known = moments as Moment[];
  const last = known.at(-1)!;
  const locals = known.map(({ local }) => local);
  const months = monthsOf(locals); // first, as two times tell nothing of months of other lengths
  const step = stepOf(locals, 0);
  const at = months ?? (step !== undefined && ((k: number): number => last.local + k * step));
  // A Date has milliseconds, and four digits of a year.
  if (!at || !locals.every(Number.isInteger) || !(at(steps) < dayOf(10_000, 0, 1))) return undefined;
  return count.map((k) => written(last, at(k)));
}

/** The step from one number to the next, where it is one. */
function stepOf(numbers: readonly number[], tolerance: number): number | undefined {
  const step = (numbers.at(-1)! - numbers[0]!) / (numbers.length - 1);
  const even = numbers.every((value, index) =>
    Math.abs(value - numbers[0]! - index * step) <= tolerance * Math.abs(step)
  );
  return even ? step : undefined;
}

/** Dates by months, on the same day or the last one of each. */
function monthsOf(locals: readonly number[]): ((k: number) => number) | undefined {
  const dates = locals.map((local) => new Date(local));
  const step = stepOf(dates.map((date) => 12 * date.getUTCFullYear() + date.getUTCMonth()), 0);
  const day = Math.max(...dates.map((date) => date.getUTCDate()));
  const last = dates.at(-1)!;
  const at = (date: Date, months: number): number => {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
    const least = Math.min(day, new Date(dayOf(year, month + 1, 0)).getUTCDate());
    return dayOf(year, month, least) + (date.getTime() % DAY + DAY) % DAY;
  };
  const fits = dates.every((date) => at(date, 0) === date.getTime());
  return step === undefined || step === 0 || !fits ? undefined : (k) => at(last, k * step);
}

/** A date in the form of another. */
function written({ zone, form: { length, gap } }: Moment, local: number): string {
  const text = new Date(local).toISOString();
  return text.slice(0, -1).padEnd(length, "0").slice(0, length).replace("T", gap || "T") + zone;
}
