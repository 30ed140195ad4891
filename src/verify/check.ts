/**
 * What a check is: some rows of the table that `verify` prints, and how a device comes by their numbers.
 *
 * @module
 */
import { type Difference, Mismatch } from "./cases/assert_close.ts";
import type { Device } from "../device/device.ts";
import { turn } from "../turn.ts";

/** Differences as they are measured, each with the row that it belongs to. */
export type Measurements = AsyncGenerator<readonly [row: string, difference: Difference], void, void>;

/** A check, which fills one row of the table or several. */
export interface Check {
  /** The heading that they stand under. */
  readonly group: string;
  /** The names of these rows. */
  readonly rows: readonly string[];
  /**
   * Measures a device.
   *
   * @param device The device.
   * @returns At least one difference a row.
   * @throws {Mismatch} If something must be equal and is not.
   */
  run(device: Device): Measurements;
}

/** Whether a difference is the one to show: one that is off, else the one that takes more of its tolerance. */
function isWorse(one: Difference, other: Difference): boolean {
  if ((one.failure === undefined) !== (other.failure === undefined)) return one.failure !== undefined;
  return one.error / one.tolerance > other.error / other.tolerance;
}

/**
 * Runs a check to its end. What is thrown makes all its rows off: those that were measured are not known to the end.
 *
 * @param check The check.
 * @param device The device.
 * @param signal Ends it: what it throws is no outcome.
 * @returns The worst difference of each row.
 */
export async function outcomesOf(
  check: Check,
  device: Device,
  signal?: AbortSignal,
): Promise<Map<string, Difference>> {
  const outcomes = new Map<string, Difference>();
  try {
    for await (const [row, difference] of check.run(device)) {
      const worst = outcomes.get(row);
      if (!worst || isWorse(difference, worst)) outcomes.set(row, difference);
      await turn({ signal });
    }
    const silent = check.rows.find((row) => !outcomes.has(row));
    if (silent !== undefined) throw new Mismatch(`${silent}: nothing was measured`);
  } catch (error) {
    signal?.throwIfAborted();
    const failure = error instanceof Mismatch ? error.message : String(error);
    const { tolerance = 0 } = outcomes.values().next().value ?? {};
    for (const row of check.rows) {
      if (outcomes.get(row)?.failure === undefined) {
        outcomes.set(row, { error: Infinity, tolerance, failure });
      }
    }
  }
  return outcomes;
}
