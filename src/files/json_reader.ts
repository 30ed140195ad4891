/**
 * Reads untrusted JSON token by token, where its form is known beforehand. Anything unexpected is an error at its byte.
 *
 * JSON.parse would build all of it first, which takes several times its size, and hides keys that come twice.
 *
 * @module
 */

import { unreadable } from "./unreadable.ts";
import { quote } from "../messages/quote.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NINE = 0x39;
const ZERO = 0x30;

/** Bytes of a string that is decoded by hand. */
const SHORT = 64;

/** Bytes of a string that is checked at once, where it is not kept. */
const PIECE = 65_536;

/**
 * A place in a header's bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const reader = new JsonReader(new TextEncoder().encode('{ "a": 7 } '));
 * reader.expect("{");
 * assertEquals(reader.string(), "a");
 * reader.expect(":");
 * assertEquals(reader.integer(), 7);
 * reader.expect("}");
 * reader.end();
 * ```
 */
export class JsonReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  // ignoreBOM keeps a byte order mark in the text, as any other character of a string.
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /**
   * Begins at the first byte.
   *
   * @param bytes The JSON's bytes.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Takes a character if it comes next, blanks before it left aside.
   *
   * @param character One ASCII character.
   * @returns Whether it came next.
   */
  take(character: string): boolean {
    this.#skipBlanks();
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  /**
   * Takes a character that must come next, blanks before it left aside.
   *
   * @param character One ASCII character.
   * @throws {SyntaxError} If another one comes.
   */
  expect(character: string): void {
    if (!this.take(character)) throw this.#unexpected(JSON.stringify(character));
  }

  /**
   * Takes the members of an object or the items of an array, whose opening bracket is taken.
   *
   * @param closing The closing bracket.
   * @param read Takes one of them; its index is given.
   * @throws {SyntaxError} If a comma or bracket is not in its place.
   */
  list(closing: "]" | "}", read: (index: number) => void): void {
    if (this.take(closing)) return;
    for (let index = 0;; index++) {
      read(index);
      if (this.take(closing)) return;
      if (!this.take(",")) throw this.#unexpected(`"," or ${JSON.stringify(closing)}`);
    }
  }

  /**
   * Takes `null` if it comes next.
   *
   * @returns Whether it came next.
   */
  takeNull(): boolean {
    this.#skipBlanks();
    if (![..."null"].every((letter, i) => this.#bytes[this.#at + i] === letter.charCodeAt(0))) return false;
    this.#at += 4;
    return true;
  }

  /** Bytes that are taken. */
  get taken(): number {
    return this.#at;
  }

  /**
   * Takes a string.
   *
   * @param most The most bytes that are kept of a string, its quotation marks among them.
   * @returns The string, its escapes resolved; undefined of a longer one, whose escapes are not checked.
   * @throws {SyntaxError} If no string comes next, it is not UTF-8, or it has half a character.
   */
  stringWithin(most: number): string | undefined {
    this.#skipBlanks();
    const start = this.#at;
    const { end, escaped } = this.#endOfString();
    if (end - start <= Math.max(most, PIECE)) {
      const text = this.#text(start, end, escaped);
      return end - start <= most ? text : undefined;
    }
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
      for (let at = start; at < end; at += PIECE) {
        decoder.decode(this.#bytes.subarray(at, Math.min(at + PIECE, end)), { stream: at + PIECE < end });
      }
    } catch {
      throw unreadable("its header is not UTF-8");
    }
    return undefined;
  }

  /**
   * Takes a string.
   *
   * @returns The string, its escapes resolved.
   * @throws {SyntaxError} If no string comes next, it is not UTF-8, or it has half a character.
   */
  string(): string {
    return this.stringWithin(Infinity)!;
  }

  /** Takes a string's bytes: where they end, and whether there are escapes among them. */
  #endOfString(): { end: number; escaped: boolean } {
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE) throw this.#unexpected("a string");
    let escaped = false;
    let end = start + 1;
    while (this.#bytes[end] !== QUOTE) {
      const byte = this.#bytes[end];
      if (byte === undefined) throw unreadable(`its header ends within the string at byte ${start}`);
      if (byte < 0x20) throw unreadable(`its header has a control character in a string at byte ${end}`);
      if (byte === BACKSLASH) escaped = true;
      end += byte === BACKSLASH ? 2 : 1;
    }
    this.#at = end + 1;
    return { end: end + 1, escaped };
  }

  /** The string of bytes in quotation marks. */
  #text(start: number, end: number, escaped: boolean): string {
    const text = this.#decode(
      escaped ? this.#bytes.subarray(start, end) : this.#bytes.subarray(start + 1, end - 1),
    );
    return escaped ? unescape(text, start) : text;
  }

  /**
   * Takes a non-negative integer.
   *
   * @returns The number, below 2^53.
   * @throws {SyntaxError} If none comes next.
   */
  integer(): number {
    this.#skipBlanks();
    const start = this.#at;
    let end = start;
    while (isOfNumber(this.#bytes[end])) end++;
    if (end === start) throw this.#unexpected("a non-negative integer");
    const text = this.#decode(this.#bytes.subarray(start, Math.min(end, start + 100)));
    if (!/^(0|[1-9][0-9]*)$/.test(text)) {
      throw unreadable(`numbers in its header must be non-negative integers: one is ${quote(text)}`);
    }
    if (!Number.isSafeInteger(Number(text))) {
      throw unreadable(`numbers in its header must be below 2^53: one is ${text}`);
    }
    this.#at = end;
    return Number(text);
  }

  /**
   * Checks that nothing follows but blanks.
   *
   * @throws {SyntaxError} If anything else does.
   */
  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) throw this.#unexpected("its end");
  }

  #skipBlanks(): void {
    for (;; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    }
  }

  #decode(bytes: Uint8Array): string {
    let text = ""; // names and numbers may be many, and a decoder is slow to begin
    for (let i = 0; i < bytes.length && i < SHORT && bytes[i]! < 0x80; i++) {
      text += String.fromCharCode(bytes[i]!);
    }
    if (text.length === bytes.length) return text;
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw unreadable("its header is not UTF-8");
    }
  }

  #unexpected(what: string): SyntaxError {
    const byte = this.#bytes[this.#at];
    const found = byte === undefined
      ? "its end"
      : byte > 0x20 && byte < 0x7f
      ? JSON.stringify(String.fromCharCode(byte))
      : `byte 0x${byte.toString(16).padStart(2, "0")}`;
    return unreadable(`its header must have ${what} at byte ${this.#at}: it has ${found}`);
  }
}

/** Whether a byte can be one of a number, as JSON or Python spell it. */
function isOfNumber(byte: number | undefined): boolean {
  return byte !== undefined && (byte >= ZERO && byte <= NINE || "-+.eE".includes(String.fromCharCode(byte)));
}

/** Resolves the escapes of a string in its quotation marks. */
function unescape(text: string, start: number): string {
  let string: string;
  try {
    string = JSON.parse(text);
  } catch {
    throw unreadable(`its header has an unknown escape in the string at byte ${start}: ${quote(text)}`);
  }
  if (!string.isWellFormed()) throw unreadable(`its header has a lone surrogate in ${quote(text)}`);
  return string;
}
