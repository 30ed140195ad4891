/**
 * What of a report's rows is new to a page that asks again and again.
 *
 * @module
 */
import type { LiveReport } from "../report/live.ts";

type Columns = LiveReport["columns"];

/** Rows of a report from some row on. */
export interface NewRows {
  /** How many rows lie before them, which the page has already. */
  readonly from: number;
  /** What tells all rows up to the last from others: to be sent with the next question. */
  readonly sum: string;
  readonly columns: Columns;
}

/**
 * The rows that a page does not have; all of them where those that it has are no longer the report's, as a run that is
 * taken up again may write others in their place.
 *
 * @param columns All columns.
 * @param asked What the page asks with: `rows`, how many it has, and their `sum`.
 */
export async function newRows(columns: Columns, asked: URLSearchParams): Promise<NewRows> {
  const known = Number(asked.get("rows") ?? 0);
  const all = columns.epoch?.length ?? 0;
  const fits = Number.isSafeInteger(known) && known > 0 && known <= all;
  const same = fits && await sumOf(columns, known) === asked.get("sum");
  const from = same ? known : 0;
  return { from, sum: await sumOf(columns, all), columns: cut(columns, from, all) };
}

function cut(columns: Columns, from: number, to: number): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from, to)]));
}

/** Of the names, too: a column that comes later has rows from the first on. */
async function sumOf(columns: Columns, rows: number): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(cut(columns, 0, rows)));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
