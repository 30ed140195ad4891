/**
 * The sentence of every complaint about a safetensors file, and how it quotes what an untrusted file holds.
 *
 * @module
 */

/** A quotation is cut here, in UTF-16 units: a name may be as long as the header. */
const QUOTED_LENGTH = 80;

/**
 * Makes the error of every complaint about a file.
 *
 * @param complaint What is wrong with the data.
 * @returns The error, to be thrown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unreadable("it is empty").message, "Cannot read safetensors data as it is empty");
 * ```
 */
export function unreadable(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read safetensors data as ${complaint}`);
}

/**
 * Quotes a text of a file, its beginning where it is long.
 *
 * @param text Any text.
 * @returns The text as JSON has it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quoted("a\n"), '"a\\n"');
 * assertEquals(quoted("a".repeat(1000)).length, 83);
 * ```
 */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text);
}
