/**
 * What becomes of a text's line breaks. "\r\n" is one, as is a lone "\r".
 *
 * @module
 */

/** What becomes of line breaks: each becomes a space, they are kept, or they begin and end lines that are examples. */
export type Newlines = "space" | "keep" | "lines";

/** The three ways. */
export const LINE_BREAKS: readonly Newlines[] = ["space", "keep", "lines"];

/** The token that begins and ends a line which is an example. */
export const LINE_END = "\n";

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
 * A vocabulary's own text with its line breaks as they are encoded; the last of its lines ends, too.
 *
 * @param text The text.
 * @param newlines What becomes of line breaks.
 * @returns The text as withLineBreaks() has it, of lines with a line break at its end.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withLineEnd("a\r\nb", "lines"), "a\nb\n");
 * ```
 */
export function withLineEnd(text: string, newlines: Newlines): string {
  return withLineBreaks(newlines === "lines" ? text + LINE_END : text, newlines);
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

/**
 * Checks that a vocabulary of lines has what begins and ends each.
 *
 * @param vocabulary What becomes of line breaks, and which tokens there are.
 * @throws {RangeError} If it has not.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireLineEnd({ newlines: "lines", has: () => false }), RangeError, "the line break");
 * ```
 */
export function requireLineEnd(
  vocabulary: { readonly newlines: Newlines; has(token: string): boolean },
): void {
  if (vocabulary.newlines !== "lines" || vocabulary.has(LINE_END)) return;
  throw new RangeError(
    "Cannot build a vocabulary of lines as the line break, which begins and ends each, must be among its tokens",
  );
}
