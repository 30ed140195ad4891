/**
 * What is done to a text before it is encoded, a piece after the other: its line breaks, and how much of it is taken.
 *
 * @module
 */

import { CharacterLimit, UTF16 } from "./character_limit.ts";
import { countLineBreaks, type LineBreakCounts, type Newlines, withLineBreaks } from "./line_breaks.ts";

/** How a text is prepared. */
export interface Preparation {
  /** What becomes of line breaks; undefined where the text is left as it is. */
  readonly newlines: Newlines | undefined;
  /** How many characters to take; undefined for all. */
  readonly maxChars: number | undefined;
}

/**
 * Prepares one text.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const preparer = new TextPreparer({ newlines: "keep", maxChars: 3 });
 * assertEquals([preparer.push("a\r"), preparer.push("\nbc"), preparer.done], ["a\n", "b", true]);
 * assertEquals(preparer.counts, { lineBreaks: 1, carriageReturns: 1 });
 * ```
 */
export class TextPreparer {
  readonly #newlines: Newlines | undefined;
  readonly #limit: CharacterLimit | undefined;
  #lineBreaks = 0;
  #carriageReturns = 0;
  /** Whether the last piece ended in `\r`, to which a `\n` would belong. */
  #open = false;

  /**
   * Begins a text.
   *
   * @param preparation How it is prepared.
   */
  constructor({ newlines, maxChars }: Preparation) {
    this.#newlines = newlines;
    this.#limit = maxChars === undefined ? undefined : new CharacterLimit(maxChars, UTF16);
  }

  /**
   * Prepares the next piece.
   *
   * @param piece A piece without lone surrogates.
   * @returns The piece as it is to be encoded.
   */
  push(piece: string): string {
    const length = this.#limit?.take({ length: piece.length, at: (i) => piece.charCodeAt(i) });
    const text = piece.slice(0, length);
    if (text === "") return "";
    const second = this.#open && text.startsWith("\n");
    this.#open = text.endsWith("\r");
    const { lineBreaks, carriageReturns } = countLineBreaks(text);
    this.#lineBreaks += lineBreaks - (second ? 1 : 0);
    this.#carriageReturns += carriageReturns;
    if (this.#newlines === undefined) return text;
    return withLineBreaks(second ? text.slice(1) : text, this.#newlines);
  }

  /** Whether no more of the text is taken. */
  get done(): boolean {
    return this.#limit?.done ?? false;
  }

  /** The line breaks so far. */
  get counts(): LineBreakCounts {
    return { lineBreaks: this.#lineBreaks, carriageReturns: this.#carriageReturns };
  }
}
