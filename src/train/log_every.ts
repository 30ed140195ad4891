/**
 * How often a training reports: at ends of epochs, or within epochs too, after steps or a time.
 *
 * | `logEvery`           | reports                                                                       |
 * | -------------------- | ----------------------------------------------------------------------------- |
 * | `50`                 | at the end of every 50th epoch                                                |
 * | `"500steps"`         | behind every 500th step since training began, and at ends of epochs           |
 * | `"30s"` `"2m"` `"1h"` | where the last report is so long ago, and at ends of epochs                   |
 *
 * Beside steps and times the ends are those of all epochs where there are 20 or fewer, else of so many that about 20 come,
 * and of the last one. They do not depend on the clock: a validation text is read there alone, and patience counts them.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { quote } from "../messages/quote.ts";
import { isIn, RANGES } from "../ranges.ts";

/** Epochs from one report to the next; or steps, or a time in seconds, minutes or hours, after which one comes within them. */
export type LogEvery = number | `${number}steps` | `${number}s` | `${number}m` | `${number}h`;

/** When reports come. */
export interface Rhythm {
  /** Epochs from one end with a report to the next. */
  readonly epochs: number;
  /** Steps from one report within epochs to the next. */
  readonly steps?: number;
  /** Milliseconds from one report to the next within epochs. */
  readonly milliseconds?: number;
}

/** Ends of epochs with a report, about, where others come within them. */
const ENDS = 20;

const SECONDS = { s: 1, m: 60, h: 3600 };

/** What `logEvery` must be, for sentences. */
export const LOG_EVERY_RULE = "epochs as 50, steps as 500steps, or a time as 30s, 2m or 1h";

/**
 * When reports come.
 *
 * @param logEvery What was asked for.
 * @param epochs How many epochs there are.
 * @returns The rhythm; undefined where that is none.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rhythmOf(50, 250), { epochs: 50 });
 * assertEquals(rhythmOf("500steps", 12), { epochs: 1, steps: 500 });
 * assertEquals(rhythmOf("2m", 250), { epochs: 13, milliseconds: 120_000 });
 * assertEquals(rhythmOf("2 minutes", 250), undefined);
 * ```
 */
export function rhythmOf(logEvery: unknown, epochs: number): Rhythm | undefined {
  if (isIn(RANGES.count, logEvery)) return { epochs: logEvery };
  if (typeof logEvery !== "string") return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(steps|[smh])$/.exec(logEvery) ?? [];
  const ends = Math.ceil(epochs / ENDS);
  const steps = unit === "steps" ? Number(amount) : undefined;
  if (steps !== undefined) return isIn(RANGES.count, steps) ? { epochs: ends, steps } : undefined;
  if (unit === undefined || !(Number(amount) > 0)) return undefined;
  return { epochs: ends, milliseconds: 1000 * Number(amount) * SECONDS[unit as keyof typeof SECONDS] };
}

/**
 * Checks what was asked for.
 *
 * @param logEvery Any value.
 * @throws {RangeError} If it is neither epochs, nor steps, nor a time.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => assertLogEvery("0s"), RangeError, "Cannot train as logEvery must be epochs as 50");
 * ```
 */
export function assertLogEvery(logEvery: unknown): asserts logEvery is LogEvery {
  if (rhythmOf(logEvery, 1)) return;
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot train as ${option("logEvery")} must be ${LOG_EVERY_RULE}: current value is ${quote(logEvery)}`,
  );
}
