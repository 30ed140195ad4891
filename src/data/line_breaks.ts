/**
 * What becomes of a text's line breaks. "\r\n" is one, as is a lone "\r".
 *
 * @module
 */

/** What becomes of line breaks: each becomes a space, or they are kept. */
export type Newlines = "space" | "keep";

/** The two ways. */
export const LINE_BREAKS: readonly Newlines[] = ["space", "keep"];

/** Line breaks of a text. */
export interface LineBreakCounts {
  /** How many there are; `\r\n` is one. */
  readonly lineBreaks: number;
  /** How many of them have a `\r`. */
  readonly carriageReturns: number;
}

/**
 * A text with its line breaks as they are encoded.
 *
 * @param text The text; a piece of one must not end between `\r` and `\n`.
 * @param newlines What becomes of line breaks.
 * @returns The text, with one `\n` or one space for each line break.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withLineBreaks("a\r\nb\rc", "keep"), "a\nb\nc");
 * assertEquals(withLineBreaks("a\r\nb\rc", "space"), "a b c");
 * ```
 */
export function withLineBreaks(text: string, newlines: Newlines): string {
  if (newlines === "space") return text.replace(/\r\n|[\r\n]/g, " ");
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/**
 * Counts a text's line breaks.
 *
 * @param text The text as it is read; a piece of one must not end between `\r` and `\n`.
 * @returns The counts.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(countLineBreaks("a\r\nb\nc"), { lineBreaks: 2, carriageReturns: 1 });
 * ```
 */
export function countLineBreaks(text: string): LineBreakCounts {
  const pairs = occurrences(text, "\r\n");
  const carriageReturns = occurrences(text, "\r");
  return { lineBreaks: occurrences(text, "\n") + carriageReturns - pairs, carriageReturns };
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
