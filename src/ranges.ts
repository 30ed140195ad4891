/**
 * The ranges of numbers that flags and options may have: what a u32 or a float32 of a device holds as it was given.
 *
 * @module
 */
import { quote } from "./messages/quote.ts";

/** The largest u32. */
const LARGEST = 2 ** 32 - 1;

/** What a number may be: a whole number, or one that float32 holds, within bounds. */
export interface NumberRange {
  /** "integer": a u32, unless `to` says more; "number": what isFloat32() takes. */
  readonly kind: "integer" | "number";
  /** The smallest value. */
  readonly from?: number;
  /** The largest value. */
  readonly to?: number;
  /** What it must exceed. */
  readonly above?: number;
  /** What it must be below. */
  readonly below?: number;
}

/** The ranges that flags and options share. */
export const RANGES = {
  /** How many there are, of what there must be one. */
  count: { kind: "integer", from: 1, to: LARGEST },
  /** How many there are, or none. */
  amount: { kind: "integer", from: 0, to: LARGEST },
  /** Rows to come: more than anybody reads. */
  rows: { kind: "integer", from: 1, to: 1_000_000 },
  /** A seed of random numbers: any whole number that is exact. */
  seed: { kind: "integer", from: 0, to: Number.MAX_SAFE_INTEGER },
  /** Any float32. */
  number: { kind: "number" },
  /** A rate, a temperature. */
  rate: { kind: "number", from: 0 },
  /** A limit, a factor. */
  positive: { kind: "number", above: 0 },
  /** A probability, its ends included. */
  probability: { kind: "number", from: 0, to: 1 },
  /** A part of something, of which something must be there. */
  share: { kind: "number", above: 0, to: 1 },
} as const satisfies Record<string, NumberRange>;

/**
 * Whether float32 holds a number: it stays finite, and only zero becomes zero.
 *
 * @param value Any number.
 * @returns Whether a device computes with it, rounded.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.1, 3.5e38, 1e-46, 0].map(isFloat32), [true, false, false, true]);
 * ```
 */
export function isFloat32(value: number): boolean {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) && (rounded !== 0 || value === 0);
}

/**
 * Whether a number lies in a range.
 *
 * @param range Its kind and bounds.
 * @param value The value that was given.
 * @returns Whether a device can be given it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([1, 1.5, 2 ** 32].map((value) => isIn(RANGES.count, value)), [true, false, false]);
 * ```
 */
export function isIn(range: NumberRange, value: unknown): value is number {
  if (typeof value !== "number") return false;
  const { kind, from = -Infinity, above = -Infinity, below = Infinity } = range;
  const { to = kind === "integer" ? LARGEST : Infinity } = range;
  const fits = kind === "integer" ? Number.isSafeInteger(value) : isFloat32(value);
  return fits && value >= from && value <= to && value > above && value < below;
}

/**
 * A range as sentences have it.
 *
 * @param range Its kind and bounds.
 * @returns What stands behind "must be".
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wordsOf(RANGES.amount), "a whole number from 0 to 4294967295");
 * assertEquals(wordsOf(RANGES.rate), "a float32 number, at least 0");
 * ```
 */
export function wordsOf({ kind, from, to, above, below }: NumberRange): string {
  const noun = kind === "integer" ? "a whole number" : "a float32 number";
  if (from !== undefined && to !== undefined) return `${noun} from ${from} to ${to}`;
  const bounds = [
    ...(from === undefined ? [] : [`at least ${from}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(to === undefined ? [] : [`at most ${to}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return [noun, ...(bounds.length > 0 ? [bounds.join(" and ")] : [])].join(", ");
}

/**
 * Checks that a number lies in a range.
 *
 * @param range Its kind and bounds.
 * @param value The value that was given.
 * @param names For the sentence: what cannot be done, and which number it is.
 * @throws {RangeError} If a device cannot be given it.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const names = { action: "train", name: "epochs" };
 * assertThrows(() => assertIn(RANGES.count, 0, names), RangeError, "Cannot train as epochs must be");
 * ```
 */
export function assertIn(
  range: NumberRange,
  value: unknown,
  { action, name }: { action: string; name: string },
): asserts value is number {
  if (isIn(range, value)) return;
  throw new RangeError(
    `Cannot ${action} as ${name} must be ${wordsOf(range)}: ${
      value === undefined ? "it is missing" : `current value is ${quote(value)}`
    }`,
  );
}
