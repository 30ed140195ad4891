/**
 * Results, and notes beside them: for people lines, with `--json` for programs an object a line on standard output, which
 * then carries nothing else. `--quiet` leaves notes out.
 *
 * @module
 */
import { stderr, stdout } from "./output.ts";
import { type Line, styled } from "./style.ts";

/** How a command speaks. */
export interface Manner {
  /** Whether results are for programs. */
  readonly json: boolean;
  /** Whether notes are left out. */
  readonly quiet: boolean;
}

let manner: Manner = { json: false, quiet: false };

/**
 * Says how this process speaks, before it says anything.
 *
 * @param asked What its words ask for.
 */
export function setManner(asked: Manner): void {
  manner = asked;
}

/** Whether results are for programs. */
export function isJson(): boolean {
  return manner.json;
}

/** Whether notes are left out. */
export function isQuiet(): boolean {
  return manner.quiet;
}

/**
 * Tells a result.
 *
 * @param result The result for programs, in plain data.
 * @param lines The same for people.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export function tell(result: object, ...lines: readonly Line[]): void {
  stdout.lines(...(manner.json ? [jsonOf(result)] : lines));
}

/**
 * Tells programs of one of several results, or that something has happened; people are told by print().
 *
 * @param event What it is, in a word.
 * @param facts What is known of it, in plain data.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export function event(event: string, facts: object): void {
  if (manner.json) stdout.lines(jsonOf({ event, ...facts }));
}

/**
 * Tells people a result; programs are told by tell() or event().
 *
 * @param lines The lines.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export function print(...lines: readonly Line[]): void {
  if (!manner.json) stdout.lines(...lines);
}

/**
 * Tells people the course of a check; `--quiet` leaves it out, as what is off is told as an error.
 *
 * @param lines The lines.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export function people(...lines: readonly Line[]): void {
  if (!manner.quiet) print(...lines);
}

/**
 * Says what went wrong, on standard error; programs are told by tell() or event().
 *
 * @param sentences A line each.
 */
export function fail(...sentences: readonly string[]): void {
  stderr.lines(...sentences.map((sentence) => [styled("red", "error:"), ` ${sentence}`]));
}

/**
 * Says something beside the results, on standard error.
 *
 * @param lines The lines.
 */
export function note(...lines: readonly Line[]): void {
  if (!manner.quiet) stderr.lines(...lines);
}

/**
 * JSON in a line, in which a terminal finds nothing to obey: what is no visible character is escaped.
 *
 * @param value Plain data; a number that is not finite becomes null.
 * @returns The line.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(jsonOf({ token: "a\x9b\u202e分", loss: NaN }), '{"token":"a\\u009b\\u202e分","loss":null}');
 * ```
 */
export function jsonOf(value: unknown): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (hidden) => hidden.split("").map(escaped).join(""),
  );
}
