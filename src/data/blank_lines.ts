/**
 * Leaves blank lines out of a text that comes in pieces, before it is encoded: what stands in them alone is no token.
 *
 * @module
 */

/**
 * Takes a text, a piece after the other.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const filter = new BlankLines();
 * assertEquals(["a\n ", " \n\n b", " \n", "\t"].map((piece) => filter.push(piece)), ["a\n", " b", " \n", ""]);
 * ```
 */
export class BlankLines {
  /** The beginning of a line, of which nothing but whitespace has come. */
  #held = "";
  /** Whether more has come of the line. */
  #begun = false;

  /**
   * Takes the next piece.
   *
   * @param piece A piece whose line breaks are `\n`.
   * @returns What is decided of the text, without blank lines.
   */
  push(piece: string): string {
    const lines = (this.#held + piece).split("\n");
    const last = lines.pop()!;
    let text = "";
    for (const line of lines) {
      if (this.#begun || line.trim() !== "") text += `${line}\n`;
      this.#begun = false;
    }
    this.#begun ||= last.trim() !== "";
    this.#held = this.#begun ? "" : last;
    return this.#begun ? text + last : text;
  }
}
