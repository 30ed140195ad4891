/**
 * The strict reading of bytes that come in chunks: what is not valid is refused, with its offset in all of the bytes.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { joinBytes } from "../join_bytes.ts";
import { suggestEncoding } from "./suggest_encoding.ts";
import { quote } from "../messages/quote.ts";

/** Bytes of the beginning that are kept, to suggest another encoding by. */
const KEPT = 2 ** 17;

/** As many bytes of the beginning tell whether they are UTF-8 by chance. */
const TELLING = 2 ** 12;

/** As many bytes are decoded at once, and looked through for a fault. */
const SLICE = 2 ** 18;

/**
 * Decodes one text, chunk by chunk. A byte order mark at its start is dropped.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const decoder = new StrictDecoder("utf-8");
 * assertEquals(decoder.push(Uint8Array.of(0x61, 0xe5, 0x88)), "a");
 * assertEquals(decoder.push(Uint8Array.of(0x86)), "分");
 * assertThrows(() => decoder.push(Uint8Array.of(0xff)), SyntaxError, "invalid byte 0xff at offset 4");
 * ```
 */
export class StrictDecoder {
  readonly #title: string;
  readonly #decoder: TextDecoder;
  /** Of other encodings than UTF-8: in the state in which the other one began with the current slice. */
  readonly #behind: TextDecoder | undefined;
  /** Of UTF-8: what the slices so far have of a character that they do not end. */
  #pending = new Uint8Array(0);
  /** The bytes before the current slice. */
  #offset = 0;
  readonly #start: Uint8Array[] = [];
  #startLength = 0;

  /**
   * Begins a text.
   *
   * @param encoding Any label of TextDecoder.
   * @param title What errors call the text.
   * @throws {RangeError} If the encoding is unknown.
   */
  constructor(encoding: string, title = "the text") {
    this.#title = title;
    this.#decoder = makeDecoder(encoding);
    if (this.#decoder.encoding !== "utf-8") this.#behind = makeDecoder(encoding);
  }

  /**
   * Decodes the next bytes.
   *
   * @param chunk The bytes, which are not kept.
   * @returns The characters that they complete.
   * @throws {SyntaxError} If they are not valid in the encoding; the message has the offset. For UTF-8 that is where the
   * first bad sequence begins; else it is the last byte of that.
   */
  push(chunk: Uint8Array): string {
    let text = "";
    for (let at = 0; at < chunk.length; at += SLICE) text += this.#decode(chunk.subarray(at, at + SLICE));
    return text;
  }

  #decode(chunk: Uint8Array): string {
    this.#keepStart(chunk);
    let text: string;
    try {
      text = this.#decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw this.#behind ? this.#faultOfOther(chunk, cause) : this.#faultOfUtf8(chunk, cause);
    }
    if (!this.#behind && this.#offset < TELLING) this.#refuseDisguised();
    if (this.#behind) this.#behind.decode(chunk, { stream: true });
    else this.#pending = openEnd(this.#pending, chunk);
    this.#offset += chunk.length;
    return text;
  }

  /**
   * Ends the text.
   *
   * @throws {SyntaxError} If it ends within a character.
   */
  end(): void {
    try {
      this.#decoder.decode();
    } catch (cause) {
      if (!this.#behind) throw this.#faultOfUtf8(new Uint8Array(0), cause);
      throw new SyntaxError(
        `Cannot read ${this.#title} as ${this.#decoder.encoding}: it ends within a character`,
        {
          cause,
        },
      );
    }
  }

  #keepStart(chunk: Uint8Array): void {
    if (this.#startLength === KEPT) return;
    const part = chunk.slice(0, KEPT - this.#startLength);
    this.#start.push(part);
    this.#startLength += part.length;
  }

  #faultOfUtf8(chunk: Uint8Array, cause: unknown): unknown {
    const bytes = joinBytes([this.#pending, chunk]);
    const at = invalidOffset(bytes);
    if (at === undefined) return cause; // valid, yet longer than a string can be
    const offset = this.#offset - this.#pending.length + at;
    const fault = `Cannot read ${this.#title} as UTF-8: ${invalidByte(bytes[at]!, offset)}`;
    const other = suggestEncoding(this.#around(offset, bytes));
    return errorNaming(
      SyntaxError,
      (option) => `${fault}: ${other === undefined ? "name another " : "try "}${option("encoding", other)}`,
      { cause },
    );
  }

  /** What follows from the word of a fault on: before it there is nothing that tells an encoding. */
  #around(offset: number, bytes: Uint8Array): Uint8Array {
    const isKept = offset < this.#startLength;
    const from = isKept ? 0 : this.#offset - this.#pending.length;
    const all = isKept ? joinBytes(this.#start) : bytes;
    let at = offset - from;
    while (at > 0 && all[at - 1]! >= 0x30) at--;
    return all.subarray(at - at % 2); // as UTF-16 needs
  }

  /** Bytes that are UTF-8 by chance, as those of English in UTF-16 are, and of Japanese between escape sequences. */
  #refuseDisguised(): void {
    const start = joinBytes(this.#start);
    if (!start.includes(0) && !start.includes(0x1b)) return;
    const other = suggestEncoding(start);
    if (other === undefined) return;
    throw errorNaming(
      SyntaxError,
      (option) => `Cannot read ${this.#title} as UTF-8: it is ${other}: try ${option("encoding", other)}`,
    );
  }

  /** Byte by byte, as the first that cannot go on is asked for. */
  #faultOfOther(chunk: Uint8Array, cause: unknown): SyntaxError {
    let at = 0;
    try {
      while (at < chunk.length) {
        this.#behind!.decode(chunk.subarray(at, at + 1), { stream: true });
        at++;
      }
    } catch {
      // This is the one.
    }
    const fault = invalidByte(chunk[at]!, this.#offset + at);
    return new SyntaxError(`Cannot read ${this.#title} as ${this.#decoder.encoding}: ${fault}`, { cause });
  }
}

/**
 * Tells whether an encoding is UTF-8.
 *
 * @param encoding Any label of TextDecoder.
 * @returns Whether it is.
 * @throws {RangeError} If the encoding is unknown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["UTF8", "latin1"].map(isUtf8), [true, false]);
 * ```
 */
export function isUtf8(encoding: string): boolean {
  return makeDecoder(encoding).encoding === "utf-8";
}

function makeDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(
      `Cannot read the text as its encoding ${quote(encoding)} is unknown: ` +
        `name one of TextDecoder's, as utf-8, gb18030, euc-kr or windows-1252`,
      { cause },
    );
  }
}

function invalidByte(byte: number, offset: number): string {
  return `invalid byte 0x${byte.toString(16).padStart(2, "0")} at offset ${offset}`;
}

/** What valid UTF-8 has of a character at its end that is not all there. */
function openEnd(pending: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = joinBytes([pending, chunk.subarray(-3)]);
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.slice(-back) : new Uint8Array(0);
    if (byte < 0x80) break;
  }
  return new Uint8Array(0);
}

/** The length of a sequence of UTF-8 by its first byte; 0 for a byte that begins none. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** Where the first sequence begins that is not UTF-8 by table 3-7 of the Unicode standard. */
function invalidOffset(bytes: Uint8Array): number | undefined {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const length = sequenceLength(lead);
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
