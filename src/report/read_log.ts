/**
 * The log of a run, untrusted: what is no report is left out and told.
 *
 * @module
 */
import { counted, thousands } from "../messages/printable.ts";

/** A report as it was found: any member may be missing or of another kind. */
export type Entry = Readonly<Record<string, unknown>>;

/**
 * Whether a value has members by name.
 *
 * @param value Anything.
 * @returns Whether it is an object and no list.
 */
export function isObject(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What Python writes for a number that JSON lacks. */
const NO_NUMBER = /(?<=[:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g;

/**
 * Reads a log.
 *
 * @param log The text of log.jsonl, or what train() has yielded.
 * @returns The reports, and sentences on what is left out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { entries, notes } = readLog('{"epoch":1,"loss":NaN}\n{"epoch":2,"lo');
 * assertEquals(entries, [{ epoch: 1, loss: null }]);
 * assertEquals(notes, ["the last line of its log is cut off and left out"]);
 * ```
 */
export function readLog(log: string | readonly object[]): { entries: Entry[]; notes: string[] } {
  const values = typeof log === "string" ? linesOf(log).map(valueOf) : log;
  const entries: Entry[] = [];
  const wrong: number[] = [];
  for (const [index, value] of values.entries()) {
    if (isObject(value)) entries.push(value);
    else wrong.push(index + 1);
  }
  const cutOff = typeof log === "string" && !log.endsWith("\n") && wrong.at(-1) === values.length;
  if (cutOff) wrong.pop();
  return {
    entries,
    notes: [
      ...(wrong.length > 0 ? [leftOut(wrong)] : []),
      ...(cutOff ? ["the last line of its log is cut off and left out"] : []),
    ],
  };
}

function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    try {
      return JSON.parse(line.replace(NO_NUMBER, "null"));
    } catch {
      return undefined;
    }
  }
}

function leftOut(lines: readonly number[]): string {
  const first = lines.length > 1
    ? `the first is line ${thousands(lines[0]!)}`
    : `line ${thousands(lines[0]!)}`;
  const are = lines.length > 1 ? "are no reports and" : "is no report and";
  return `${counted(lines.length, "line")} of its log ${are} left out: ${first}`;
}
