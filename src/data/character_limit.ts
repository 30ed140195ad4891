/**
 * The first characters of a text that comes in pieces, of UTF-16 or of UTF-8.
 *
 * @module
 */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * How many units a character has by its first one.
 *
 * @param unit The unit.
 * @returns The count; 0 for a unit that begins none.
 */
export type LengthOf = (unit: number) => number;

/** Of UTF-16. */
export const UTF16: LengthOf = (unit) => {
  const sort = unit & 0xfc00;
  return sort === 0xd800 ? 2 : sort === 0xdc00 ? 0 : 1;
};

/** Of UTF-8; a byte that is in no text counts as a character. */
export const UTF8: LengthOf = (byte) => {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf8 ? 4 : 1;
};

/**
 * Counts characters until there are enough. `\r\n` is one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const limit = new CharacterLimit(2, UTF16);
 * assertEquals(limit.take({ length: 2, at: (i) => "a\r".charCodeAt(i) }), 2);
 * assertEquals(limit.done, false); // a "\n" would belong to it
 * assertEquals(limit.take({ length: 1, at: (i) => "b".charCodeAt(i) }), 0);
 * assertEquals(limit.done, true);
 * ```
 */
export class CharacterLimit {
  /** Whether there are enough. */
  done = false;
  #left: number;
  readonly #lengthOf: LengthOf;
  /** Units that the last character still lacks. */
  #open = 0;
  #previous = 0;

  /**
   * Begins a text.
   *
   * @param max How many characters to take.
   * @param lengthOf How long they are.
   */
  constructor(max: number, lengthOf: LengthOf) {
    this.#left = max;
    this.#lengthOf = lengthOf;
  }

  /**
   * Takes from the next piece.
   *
   * @param piece How many units it has, and each of them.
   * @returns How many of them to take.
   */
  take({ length, at }: { length: number; at: (i: number) => number }): number {
    for (let i = 0; i < length; i++) {
      const unit = at(i);
      const units = this.#lengthOf(unit);
      if (units === 0 && this.#open > 0) this.#open--;
      else if (unit !== LINE_FEED || this.#previous !== CARRIAGE_RETURN) {
        if (this.#left === 0) {
          this.done = true;
          return i;
        }
        this.#left--;
        this.#open = Math.max(0, units - 1);
      }
      this.#previous = unit;
    }
    this.done = this.#left === 0 && this.#open === 0 && this.#previous !== CARRIAGE_RETURN;
    return length;
  }
}
