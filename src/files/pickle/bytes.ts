/**
 * The bytes of a pickle, read one behind the other. What lies outside of them is an error.
 *
 * @module
 */

/**
 * Makes the error of bytes that no pickle has.
 *
 * @param complaint What is wrong with them.
 * @returns The error, to be thrown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(damaged("it is cut off").message, "Cannot read the pickle as it is cut off: it is damaged");
 * ```
 */
export function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the pickle as ${complaint}: it is damaged`);
}

/** The most bytes of a whole number. */
const LONGEST_INTEGER = 1024;

/** The bytes of a pickle, and how far they are read. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /**
   * Takes the bytes of a pickle.
   *
   * @param bytes The bytes.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many are read. */
  get at(): number {
    return this.#at;
  }

  /** A whole number of 8 bits. */
  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  /** A whole number of 16 bits. */
  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  /** A whole number of 32 bits. */
  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** A whole number of 32 bits with a sign. */
  i32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** A whole number of 64 bits; of those above 2^53 it matters only that they are. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** A number of 64 bits, big-endian as pickles have it. */
  f64(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  /**
   * A whole number of any length with a sign.
   *
   * @param length Its bytes.
   * @returns A number where it is exact as such.
   */
  integer(length: number): number | bigint {
    if (length > LONGEST_INTEGER) throw damaged(`a whole number of ${length} bytes is in it`);
    const digits = [...this.take(length)].reverse().map((byte) => byte.toString(16).padStart(2, "0"));
    const value = BigInt.asIntN(8 * length, BigInt(`0x0${digits.join("")}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /**
   * As many bytes; they are a part of the pickle.
   *
   * @param length How many.
   */
  take(length: number): Uint8Array {
    const from = this.#skip(length);
    return this.#bytes.subarray(from, from + length);
  }

  /**
   * A text in UTF-8.
   *
   * @param length Its bytes.
   */
  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  /** A text up to the end of its line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw damaged("a line has no end");
    const text = this.text(end - this.#at);
    this.#at++;
    return text;
  }

  #skip(length: number): number {
    const from = this.#at;
    if (!(from + length <= this.#bytes.length)) throw damaged(`it is cut off at byte ${this.#bytes.length}`);
    this.#at += length;
    return from;
  }
}
