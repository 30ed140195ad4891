/**
 * UTF-32, the one encoding of Unicode that TextDecoder does not have.
 *
 * @module
 */

/** As much of a text is looked at, in bytes. */
const SAMPLE = 2 ** 16;

/**
 * Tells whether bytes are a text in UTF-32, of which no browser has a decoder: three of four bytes of English are zero.
 *
 * @param bytes The file's bytes; the first 65,536 are looked at.
 * @returns Whether they are code points of four bytes each.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isUtf32(Uint8Array.of(0x61, 0, 0, 0, 0x62, 0, 0, 0)), true);
 * assertEquals(isUtf32(Uint8Array.of(0x61, 0, 0x62, 0, 0x63, 0, 0x64, 0)), false);
 * ```
 */
export function isUtf32(bytes: Uint8Array): boolean {
  const words = Math.min(bytes.length, SAMPLE) >> 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4 * words);
  return words > 0 && [true, false].some((little) => {
    for (let i = 0; i < words; i++) {
      const codePoint = view.getUint32(4 * i, little);
      if (codePoint === 0 || codePoint > 0x10ffff) return false;
    }
    return true;
  });
}
