/**
 * What a flag's values are in a sweep: a list, or a range of numbers.
 *
 * | written                | values                                                               |
 * | ---------------------- | -------------------------------------------------------------------- |
 * | `128,256`              | these                                                                |
 * | `0..4`                 | whole numbers, the ends among them                                   |
 * | `0..0.5:6`             | 6 numbers at equal distances, the ends among them                    |
 * | `log:1e-4..1e-2:8`     | 8 numbers at equal ratios                                            |
 * | `0..0.5`, `log:1e-4..1` | any number between the ends, for a random search                     |
 *
 * @module
 */
import { quote } from "../messages/quote.ts";

/** Numbers between two ends, of which a random search draws. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** Whether ratios count, and not distances. */
  readonly log: boolean;
  /** Whether whole numbers alone are drawn. */
  readonly whole: boolean;
}

/** What a flag may have: one of a list, as text, or any number of a span. */
export type Space = readonly string[] | Span;

/** What the flag is, and whether its values are drawn. */
export interface SpaceOf {
  /** The flag as it is written: "--dropout". */
  readonly flag: string;
  /** What its values are. */
  readonly kind: "integer" | "number" | "other";
  /** Whether a random search takes them: a span needs one. */
  readonly random: boolean;
}

/** Values of a flag at most. */
const MOST = 10_000;
/** Digits of what is computed: enough for any rate, and people can read them. */
const DIGITS = 6;

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?`;
const PLAIN = new RegExp(`^${NUMBER}$`, "i");
const RANGE = new RegExp(`^(log:)?(${NUMBER})\\.\\.(${NUMBER})(?::(\\d{1,9}))?$`, "i");

/**
 * Reads the values of a flag.
 *
 * @param text What was written.
 * @param of The flag.
 * @returns Its values, each once, or a span.
 * @throws {RangeError} If a range is none, or has too many values.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const of = { flag: "--learning-rate", kind: "number", random: false } as const;
 * assertEquals(readSpace("log:1e-4..1e-2:3", of), ["0.0001", "0.001", "0.01"]);
 * assertEquals(readSpace("0..4,8", { ...of, kind: "integer" }), ["0", "1", "2", "3", "4", "8"]);
 * ```
 */
export function readSpace(text: string, of: SpaceOf): Space {
  const pieces = text.split(",");
  if (pieces.includes("")) throw refusal(of, text, "one of its values is empty");
  const spaces = pieces.map((piece) => of.kind === "other" ? [piece] : spaceOf(piece, of));
  const [first] = spaces;
  if (spaces.length === 1) return first!;
  if (!spaces.every(isList)) {
    throw refusal(of, text, "a range without a count stands alone: 0..1:5 has 5 values");
  }
  const values = [...new Set(spaces.flat())];
  if (values.length > MOST) throw tooMany(of, text);
  return values;
}

/**
 * Tells a list of values from a span.
 *
 * @param space What a flag may have.
 */
export function isList(space: Space): space is readonly string[] {
  return Array.isArray(space);
}

/**
 * A number of a span.
 *
 * @param span The span.
 * @param share Where in it, from 0 to below 1.
 * @returns The number as text.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(numberAt({ from: 1e-4, to: 1e-2, log: true, whole: false }, 0.5), "0.001");
 * assertEquals(numberAt({ from: 1, to: 4, log: false, whole: true }, 0.999), "4");
 * ```
 */
export function numberAt({ from, to, log, whole }: Span, share: number): string {
  if (whole && !log) return String(Math.min(to, from + Math.floor(share * (to - from + 1))));
  return textOf(between({ from, to, log }, share), whole);
}

/** The values of a piece of a list. */
function spaceOf(piece: string, of: SpaceOf): Space {
  const match = RANGE.exec(piece);
  if (!match) return [PLAIN.test(piece) ? String(Number(piece)) : piece]; // 0.1 and 0.10 are the same
  const [, ratio, first, last, count] = match;
  const [from, to, log] = [Number(first), Number(last), ratio !== undefined];
  const whole = of.kind === "integer";
  if (!(from < to) || !Number.isFinite(to - from)) {
    throw refusal(of, piece, "a range goes from a smaller number to a larger one");
  }
  if (log && from <= 0) throw refusal(of, piece, "equal ratios begin above 0");
  if (whole && !(Number.isSafeInteger(from) && Number.isSafeInteger(to))) {
    throw refusal(of, piece, "its ends must be whole numbers");
  }
  if (count !== undefined) return spread({ from, to, log, whole }, Number(count), { of, piece });
  if (of.random) return { from, to, log, whole };
  if (log || !whole) {
    throw refusal(of, piece, `a range of any numbers needs a count, as ${piece}:5, or --random`);
  }
  if (to - from >= MOST) throw tooMany(of, piece);
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
}

/** So many numbers from one end to the other; whole ones may fall together. */
function spread(
  { from, to, log, whole }: Span,
  count: number,
  { of, piece }: { of: SpaceOf; piece: string },
): string[] {
  if (count < 2) throw refusal(of, piece, "a range has two values at least");
  if (count > MOST) throw tooMany(of, piece);
  const inner = Array.from(
    { length: count - 2 },
    (_, i) => textOf(between({ from, to, log }, (i + 1) / (count - 1)), whole),
  );
  return [...new Set([String(from), ...inner, String(to)])];
}

function between({ from, to, log }: Omit<Span, "whole">, share: number): number {
  const value = log ? from * (to / from) ** share : from + share * (to - from);
  return Math.min(to, Math.max(from, value));
}

function textOf(value: number, whole: boolean): string {
  return String(whole ? Math.round(value) : Number(value.toPrecision(DIGITS)));
}

function tooMany(of: SpaceOf, text: string): RangeError {
  return refusal(of, text, "that is more than 10,000 values");
}

function refusal({ flag }: SpaceOf, text: string, reason: string): RangeError {
  return new RangeError(`Cannot use ${quote(`${flag} ${text}`)} as ${reason}`);
}
