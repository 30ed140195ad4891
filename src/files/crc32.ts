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
 * The checksum of bytes, which may come in chunks.
 *
 * @param bytes The next bytes.
 * @param before The checksum of those before them.
 * @returns A whole number below 2^32.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("123456789");
 * assertEquals(crc32Of(bytes), 0xcbf43926);
 * assertEquals(crc32Of(bytes.subarray(4), crc32Of(bytes.subarray(0, 4))), 0xcbf43926);
 * ```
 */
export function crc32Of(bytes: Uint8Array, before = 0): number {
  let sum = ~before;
  // An iterator would take three times as long.
  for (let i = 0; i < bytes.length; i++) sum = (sum >>> 8) ^ TABLE[(sum ^ bytes[i]!) & 0xff]!;
  return ~sum >>> 0;
}

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
  return crc32Of(new TextEncoder().encode(text)).toString(16).padStart(8, "0");
}
