/**
 * Strings without halves of characters: UTF-16 can hold a surrogate alone, which no encoding of text has.
 *
 * @module
 */

/**
 * Checks the strings of one text, which may part the two surrogates of a character.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const pieces = new StringPieces();
 * assertEquals([pieces.push("a\ud842"), pieces.push("\udfb7")], ["a", "𠮷"]);
 * assertThrows(() => pieces.push("b\udfb7"), SyntaxError, "position 4: lone surrogate U+DFB7");
 * ```
 */
export class StringPieces {
  /** A first half at the end of what came so far. */
  #half = "";
  /** The characters before it. */
  #characters = 0;

  /**
   * Takes the next string.
   *
   * @param text The string.
   * @returns It, with a half that was left before, without one that it leaves.
   * @throws {SyntaxError} If a surrogate is alone; the message has its place, in characters from 1.
   */
  push(text: string): string {
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.exec(whole.slice(-1))?.[0] ?? "";
    const piece = whole.slice(0, whole.length - this.#half.length);
    requireWellFormed(piece, this.#characters);
    this.#characters += characters(piece);
    return piece;
  }

  /**
   * Ends the text.
   *
   * @throws {SyntaxError} If it ends in half a character.
   */
  end(): void {
    requireWellFormed(this.#half, this.#characters);
  }
}

/**
 * Checks that a text has no lone surrogate.
 *
 * @param text The text.
 * @param before How many characters come before it, where it is a part.
 * @throws {SyntaxError} If it has one; the message names the first.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireWellFormed("𠮷\ud842"), SyntaxError, "position 2: lone surrogate U+D842");
 * ```
 */
export function requireWellFormed(text: string, before = 0): void {
  if (text.isWellFormed()) return;
  const at = text.search(/\p{Surrogate}/u);
  const position = before + characters(text.slice(0, at)) + 1;
  const unit = text.charCodeAt(at).toString(16).toUpperCase();
  throw new SyntaxError(
    `Cannot read the text as it has half a character at position ${position}: lone surrogate U+${unit}`,
  );
}

/** How many characters a text has. */
function characters(text: string): number {
  if (!/[\udc00-\udfff]/.test(text)) return text.length;
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}
