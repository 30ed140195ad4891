/**
 * Messages of Protocol Buffers, as little of them as a model needs: fields one after the other, of which those with a length
 * are parts of the file, not copies. Who reads a message goes into the ones within by hand, so that no file nests deeper.
 *
 * @module
 */
import { damaged, unfit } from "../unfit.ts";

/** A field of a message. */
export interface Field {
  /** Its number. */
  readonly number: number;
  /** Its value where it is a whole number, as int64 has it; otherwise NaN. */
  readonly value: number;
  /** Its bytes otherwise. */
  readonly bytes: Uint8Array;
}

/** The most fields and whole numbers that are read of one file: they are kept, and a model of a thousand nodes has 20,000. */
export const MOST_FIELDS = 100_000;

const NONE = new Uint8Array(0);

/** How many bytes a field without a length has, by its type on the wire. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** Reads the messages of one file. */
export class Messages {
  #left = MOST_FIELDS;

  /**
   * The fields of a message.
   *
   * @param bytes The message.
   * @returns Its fields, in order.
   * @throws {SyntaxError} If it is cut off or none.
   * @throws {TypeError} If the file has more fields than are read.
   */
  *fields(bytes: Uint8Array): Generator<Field, void, void> {
    const cursor = new Cursor(bytes);
    while (cursor.at < bytes.length) {
      this.#count();
      const tag = cursor.integer();
      const [number, type] = [Math.floor(tag / 8), tag % 8];
      if (number < 1 || number >= 2 ** 29) throw damaged(`a field in it has the number ${number}`);
      if (type === 0) {
        yield { number, value: cursor.integer(), bytes: NONE };
        continue;
      }
      const length = type === 2 ? cursor.integer() : FIXED[type];
      if (length === undefined) throw damaged(`a field in it is of type ${type}, which nothing writes`);
      const { at } = cursor;
      if (!(length >= 0 && at + length <= bytes.length)) throw damaged("a field in it is cut off");
      cursor.at += length;
      yield { number, value: NaN, bytes: bytes.subarray(at, at + length) };
    }
  }

  /**
   * Whole numbers of a repeated field, which lie alone or packed.
   *
   * @param field The field.
   * @returns The numbers.
   * @throws {SyntaxError} If they are cut off.
   * @throws {TypeError} If the file has more than are read.
   */
  integers({ value, bytes }: Field): number[] {
    if (!Number.isNaN(value)) return [value];
    const cursor = new Cursor(bytes);
    const numbers: number[] = [];
    while (cursor.at < bytes.length) {
      this.#count();
      numbers.push(cursor.integer());
    }
    return numbers;
  }

  #count(): void {
    if (this.#left-- <= 0) throw unfit(`it has more than ${MOST_FIELDS} fields`);
  }
}

/** Whole numbers of seven bits a byte, one after the other. */
class Cursor {
  readonly #bytes: Uint8Array;
  /** Where the next begins. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  integer(): number {
    let [low, high] = [0, 0]; // 49 bits, and those above
    for (let i = 0; i < 10 && this.at < this.#bytes.length; i++) {
      const byte = this.#bytes[this.at++]!;
      if (i < 7) low += (byte & 127) * 2 ** (7 * i);
      else high += (byte & 127) * 2 ** (7 * (i - 7));
      if (byte >= 128) continue;
      return high === 0 ? low : Number(BigInt.asIntN(64, BigInt(low) + (BigInt(high) << 49n)));
    }
    throw damaged("a number in it has no end");
  }
}

/**
 * The text of a field.
 *
 * @param field The field.
 */
export function textOf({ bytes }: Field): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Numbers of float32 in a field, one or packed.
 *
 * @param field The field.
 * @returns The numbers, with memory of their own.
 * @throws {SyntaxError} If they are cut off.
 */
export function floatsOf({ bytes }: Field): Float32Array<ArrayBuffer> {
  if (bytes.length % 4 !== 0) throw damaged(`${bytes.length} bytes are no numbers of float32`);
  return new Float32Array(bytes.slice().buffer);
}
