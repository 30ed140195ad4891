/**
 * Texts of a pickle that are long: no name is, but protocol 2 has no bytes and writes them as texts, a character each.
 *
 * @module
 */
import { damaged } from "./bytes.ts";

/** Bytes that are decoded in one go. */
const CHUNK = 2 ** 16;

/** A text that stays as it lies in the pickle until somebody needs it. */
export class LongText {
  readonly #utf8: Uint8Array;
  #length: number | undefined;

  /**
   * Takes a text.
   *
   * @param utf8 Its bytes in UTF-8.
   */
  constructor(utf8: Uint8Array) {
    this.#utf8 = utf8;
  }

  /** How many characters it has. */
  get length(): number {
    this.#length ??= charactersOf(this.#utf8);
    return this.#length;
  }

  /**
   * The bytes whose characters these are.
   *
   * @returns One for each character, in memory of their own.
   * @throws {SyntaxError} If a character is beyond Latin-1.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new LongText(new TextEncoder().encode("aé")).latin1(), Uint8Array.of(0x61, 0xe9));
   * ```
   */
  latin1(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let to = 0;
    let all = 0;
    for (let from = 0; from < this.#utf8.length; from += CHUNK) {
      const text = decoder.decode(this.#utf8.subarray(from, from + CHUNK), { stream: true });
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        all |= code;
        bytes[to++] = code;
      }
    }
    if (all > 255 || to < bytes.length) throw damaged("bytes in it have a character that is none of Latin-1");
    return bytes;
  }
}

/** How many characters there are: as many as bytes that are the first of one, those which are not 10xxxxxx. */
function charactersOf(utf8: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < utf8.length; i++) {
    const byte = utf8[i]!;
    count += 1 ^ (byte >> 7 & ~byte >> 6 & 1);
  }
  return count;
}
