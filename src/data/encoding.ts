/**
 * The strict reading of text from bytes: of UTF-8, and of every other encoding that TextDecoder knows. What is not
 * valid is refused, as a replacement character would be learnt like any other.
 *
 * @module
 */

import { StrictDecoder } from "./strict_decoder.ts";

/**
 * Decodes a text, and refuses bytes that are not valid in its encoding. A byte order mark at the start is dropped.
 *
 * @param bytes The file's bytes.
 * @param encoding Any label of TextDecoder, such as utf-8, gb18030, big5, utf-16le or shift_jis.
 * @returns The text.
 * @throws {RangeError} If the encoding is unknown.
 * @throws {SyntaxError} If the bytes are not valid in the encoding; the message names it and the offset, in bytes from
 * 0. For UTF-8 that is where the first bad sequence begins, and the encoding is named in which the bytes read
 * as a text, where that is sure; else it is the last byte of the first bad sequence.
 *
 * @example Usage
 * ```ts
 * import { decodeText } from "@refrain/refrain";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(decodeText(Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa), "gb18030"), "分开");
 * const bytes = Uint8Array.of(0xce, 0xd2, 0xc3, 0xc7, 0xd6, 0xbb, 0xca, 0xc7, 0xb7, 0xd6, 0xbf, 0xaa); // 我们只是分开
 * assertThrows(() => decodeText(bytes), SyntaxError, 'try encoding "gb18030"');
 * ```
 */
export function decodeText(bytes: Uint8Array, encoding = "utf-8"): string {
  const decoder = new StrictDecoder(encoding);
  const text = decoder.push(bytes);
  decoder.end();
  return text;
}

/**
 * Decodes UTF-8: decodeText() without another encoding.
 *
 * @param bytes The file's bytes.
 * @returns The text.
 * @throws {SyntaxError} If the bytes are not UTF-8; the message has the offset, in bytes from 0, at which the first
 * sequence that is overlong, cut off, a surrogate, above U+10FFFF or otherwise invalid begins.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(decodeUtf8(Uint8Array.of(0xe5, 0x88, 0x86)), "分");
 * assertThrows(() => decodeUtf8(Uint8Array.of(0x61, 0xff)), SyntaxError, "invalid byte 0xff at offset 1");
 * ```
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decodeText(bytes, "utf-8");
}
