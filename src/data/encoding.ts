/**
 * The strict reading of text from bytes: of UTF-8, and of every other encoding that TextDecoder knows. What is not
 * valid is refused, as a replacement character would be learnt like any other.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { suggestEncodings } from "./suggest_encodings.ts";

/**
 * Decodes a text, and refuses bytes that are not valid in its encoding. A byte order mark at the start is dropped.
 *
 * @param bytes The file's bytes.
 * @param encoding Any label of TextDecoder, such as utf-8, gb18030, big5, utf-16le or shift_jis.
 * @returns The text.
 * @throws {RangeError} If the encoding is unknown.
 * @throws {SyntaxError} If the bytes are not valid in the encoding; the message names it and the offset, in bytes from
 * 0. For UTF-8 that is where the first bad sequence begins, and other encodings are named in which the bytes read as
 * a text; else it is the last byte of the first bad sequence.
 *
 * @example Usage
 * ```ts
 * import { decodeText } from "@refrain/refrain";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(decodeText(Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa), "gb18030"), "分开");
 * assertThrows(() => decodeText(Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa)), SyntaxError, 'try encoding "gb18030"');
 * ```
 */
export function decodeText(bytes: Uint8Array, encoding = "utf-8"): string {
  const decoder = makeDecoder(encoding);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    if (decoder.encoding === "utf-8") {
      const offset = invalidOffset(bytes);
      if (offset === undefined) throw cause; // valid, yet longer than a string can be
      const fault = `Cannot read the text as UTF-8: invalid byte ${
        hexadecimal(bytes[offset]!)
      } at offset ${offset}`;
      const others = suggestEncodings(bytes);
      if (others.length === 0) throw new SyntaxError(fault, { cause });
      throw errorNaming(SyntaxError, (option) => {
        return `${fault}: try ${others.map((name) => option("encoding", name)).join(" or ")}`;
      }, { cause });
    }
    const offset = failingOffset(bytes, decoder.encoding);
    const fault = offset === undefined
      ? "it ends within a character"
      : `invalid byte ${hexadecimal(bytes[offset]!)} at offset ${offset}`;
    throw new SyntaxError(`Cannot read the text as ${decoder.encoding}: ${fault}`, { cause });
  }
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

function makeDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(
      `Cannot read the text as its encoding is unknown: current encoding is ${JSON.stringify(encoding)}`,
      { cause },
    );
  }
}

function hexadecimal(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

/**
 * The offset of the byte that ends the first bad sequence, found by halving. Undefined where the text is only cut off: then
 * every beginning of it decodes.
 */
function failingOffset(bytes: Uint8Array, encoding: string): number | undefined {
  const fails = (length: number): boolean => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return false;
    } catch {
      return true;
    }
  };
  let good = 0;
  let bad = bytes.length;
  if (!fails(bad)) return undefined;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fails(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}

/** Where the first sequence begins that is not UTF-8 by table 3-7 of the Unicode standard. */
function invalidOffset(bytes: Uint8Array): number | undefined {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const length = lead < 0x80
      ? 1
      : lead < 0xc2
      ? 0
      : lead < 0xe0
      ? 2
      : lead < 0xf0
      ? 3
      : lead < 0xf5
      ? 4
      : 0;
    if (length === 0) return i;
    // The second byte's bounds exclude overlong forms (E0, F0), surrogates (ED) and what exceeds U+10FFFF (F4).
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k] ?? 0; // 0 past the end: the sequence is cut off
      if (byte < low || byte > high) return i;
      low = 0x80;
      high = 0xbf;
    }
    i += length;
  }
  return undefined;
}
