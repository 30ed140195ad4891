/**
 * MessagePack as far as weights need it: maps by texts, lists, texts, bytes, numbers, and extensions, whose bytes are left
 * to whoever asked. Nothing is called, and what a file states is held against its length. (msgpack/msgpack, spec.md.)
 *
 * @module
 */

/** What a program has added to the format: a type, and bytes that only it knows. */
export class MessagePackExtension {
  /** The type, from -128 to 127. */
  readonly type: number;
  /** Its bytes, a part of the file. */
  readonly bytes: Uint8Array;

  /**
   * @param type The type.
   * @param bytes Its bytes.
   */
  constructor(type: number, bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}

/** How deep maps and lists may lie in each other. */
const DEEPEST = 100;
/** The most values: a tensor takes about ten. */
const MOST_VALUES = 200_000;

/**
 * Reads a file.
 *
 * @param bytes All of it; bytes in the result are a part of them.
 * @returns What it holds: maps are Maps, nothing is null.
 * @throws {SyntaxError} If it is damaged, nested deeper than 100 levels, or has more than 200,000 values.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(readMessagePack(Uint8Array.of(0x81, 0xa1, 0x61, 0x92, 1, 0xc3)), new Map([["a", [1, true]]]));
 * assertThrows(() => readMessagePack(Uint8Array.of(0x92, 1)), SyntaxError, "it is cut off");
 * ```
 */
export function readMessagePack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at < bytes.length) throw damaged(`${bytes.length - reader.at} bytes stand behind its end`);
  return value;
}

/** Codes whose bytes behind say a length or a number; those below 0xc0 and from 0xe0 on hold it themselves. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #left = MOST_VALUES;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): unknown {
    if (this.#left-- === 0) throw damaged(`it has more than ${MOST_VALUES} values`);
    if (depth > DEEPEST) throw damaged(`it is nested deeper than ${DEEPEST} levels`);
    const code = this.#view.getUint8(this.#take(1));
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 15, depth);
    if (code < 0xa0) return this.#list(code & 15, depth);
    if (code < 0xc0) return this.#text(code & 31);
    if (code >= 0xe0) return code - 256;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#raw(this.#unsigned(code - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#unsigned(code - 0xc7));
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(code - 0xcc);
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#take(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(code - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#unsigned(code - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(code - 0xdd), depth);
    }
    if (code >= 0xd4 && code <= 0xd8) return this.#extension(2 ** (code - 0xd4));
    throw damaged(`byte ${this.at - 1} begins no value`);
  }

  /** A number of 1, 2, 4 or 8 bytes, by the power of 2. */
  #unsigned(power: number): number {
    const at = this.#take(2 ** power);
    switch (power) {
      case 0:
        return this.#view.getUint8(at);
      case 1:
        return this.#view.getUint16(at);
      case 2:
        return this.#view.getUint32(at);
    }
    return Number(this.#view.getBigUint64(at));
  }

  #list(length: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  #map(length: number, depth: number): Map<string, unknown> {
    const map = new Map<string, unknown>();
    for (let i = 0; i < length; i++) {
      const key = this.value(DEEPEST);
      if (typeof key !== "string") throw damaged("a key in it is no text");
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  #text(length: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.#raw(length));
    } catch (cause) {
      throw cause instanceof SyntaxError ? cause : damaged("a text in it is not UTF-8");
    }
  }

  #extension(length: number): MessagePackExtension {
    const type = this.#view.getInt8(this.#take(1));
    return new MessagePackExtension(type, this.#raw(length));
  }

  #raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Goes on by so many bytes, which must be there. */
  #take(length: number): number {
    const { at } = this;
    if (at + length > this.#bytes.length) throw damaged("it is cut off");
    this.at += length;
    return at;
  }
}

function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the MessagePack file as ${complaint}: it is damaged`);
}
