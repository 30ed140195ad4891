/**
 * The part of a text's bytes that tells its encoding: words with bytes beyond ASCII. What is ASCII in between, as the tags
 * of a page, reads the same in nearly all encodings.
 *
 * @module
 */

/** Damaged UTF-8 has most of its characters whole; other encodings have few sequences that look like it. */
const WHOLE = 0.6;

/**
 * Takes the words that have bytes beyond ASCII.
 *
 * @param bytes The bytes of a text.
 * @param most How many to take.
 * @returns The words with what ends them, in order.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("<b>der Bär</b> und");
 * assertEquals(new TextDecoder().decode(tellingBytes(bytes, 100)), "Bär<");
 * ```
 */
export function tellingBytes(bytes: Uint8Array, most: number): Uint8Array {
  const told = new Uint8Array(most);
  let size = 0;
  let start = 0;
  let tells = false;
  for (let i = 0; i < bytes.length && size < most; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80 || byte === 0x1b) tells = true;
    if (!endsWord(byte) && i < bytes.length - 1) continue;
    if (tells) {
      const word = bytes.subarray(start, Math.min(i + 1, start + most - size));
      told.set(word, size);
      size += word.length;
    }
    start = i + 1;
    tells = false;
  }
  return told.subarray(0, size);
}

/** Spaces, line breaks, tags and most punctuation: no encoding has these within a character. */
function endsWord(byte: number): boolean {
  return byte < 0x27 && byte !== 0x1b || byte === 0x3c || byte === 0x3e;
}

/**
 * Tells whether bytes are UTF-8 but for a few damages.
 *
 * @param bytes The bytes of a text.
 * @returns Whether most bytes beyond ASCII are in sequences of UTF-8.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("分开分开");
 * assertEquals(isDamagedUtf8(bytes.with(3, 0xff)), true);
 * assertEquals(isDamagedUtf8(Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa)), false);
 * ```
 */
export function isDamagedUtf8(bytes: Uint8Array): boolean {
  let beyond = 0;
  let whole = 0;
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    let follow = 1;
    while (follow < length && (bytes[i + follow]! & 0xc0) === 0x80) follow++;
    beyond += follow;
    if (length > 1 && follow === length) whole += length;
    i += follow;
  }
  return whole > WHOLE * beyond;
}
