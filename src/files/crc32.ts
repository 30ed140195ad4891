/**
 * A checksum against damage: the CRC-32 of ISO 3309, as gzip and zip have it. It is none against forgery.
 *
 * @module
 */

/** The remainder of each byte, bits reversed. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let bits = byte;
  for (let i = 0; i < 8; i++) bits = bits & 1 ? (bits >>> 1) ^ 0xedb88320 : bits >>> 1;
  return bits;
});

/**
 * The checksum of a text.
 *
 * @param text Any text, read as UTF-8.
 * @returns Eight digits of hexadecimal.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(crc32("123456789"), "cbf43926");
 * ```
 */
export function crc32(text: string): string {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff]!;
  return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
