/**
 * Characters to ids, a piece of text after the other.
 *
 * @module
 */

import { IdBlocks } from "./id_blocks.ts";

/** Units of UTF-16 that are encoded at once. */
const SLICE = 2 ** 16;

/**
 * Gives each character of a text an id, in the order in which they first come.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new CharacterEncoder();
 * encoder.push("ba");
 * encoder.push("b𠮷");
 * assertEquals(encoder.keys, [0x62, 0x61, 0x20bb7]);
 * assertEquals(encoder.ids.size, 4);
 * ```
 */
export class CharacterEncoder {
  /** The code point of each id. */
  readonly keys: number[] = [];
  /** The ids of the text so far. */
  readonly ids = new IdBlocks();
  /** One more than the id of each code point; 0 where it has none. It grows. */
  #table = new Int32Array(2 ** 9);
  #slice = new Uint32Array(0);
  readonly #onNew: (key: number, position: number) => void;

  /**
   * Begins a text.
   *
   * @param onNew Called with each new character and its place, counted from 1.
   */
  constructor(onNew: (key: number, position: number) => void = () => {}) {
    this.#onNew = onNew;
  }

  /**
   * Encodes the next piece.
   *
   * @param text A piece without lone surrogates.
   */
  push(text: string): void {
    for (let at = 0; at < text.length;) at = this.#encode(text, at);
  }

  /** Ends the text. */
  end(): void {}

  /** Encodes from `start` on; where it ended. An index loop, as a string's iterator makes a string for each character. */
  #encode(text: string, start: number): number {
    const end = Math.min(text.length, start + SLICE);
    if (this.#slice.length < end - start) this.#slice = new Uint32Array(end - start);
    const slice = this.#slice;
    let table = this.#table;
    let size = 0;
    let at = start;
    while (at < end) {
      let codePoint = text.charCodeAt(at++);
      if ((codePoint & 0xfc00) === 0xd800) {
        codePoint = 0x10000 + ((codePoint & 0x3ff) << 10) + (text.charCodeAt(at++) & 0x3ff);
      }
      let id = codePoint < table.length ? table[codePoint]! - 1 : -1;
      if (id < 0) {
        id = this.#add(codePoint, this.ids.size + size + 1);
        table = this.#table;
      }
      slice[size++] = id;
    }
    this.ids.push(slice.subarray(0, size), this.keys.length);
    return at;
  }

  #add(codePoint: number, position: number): number {
    this.#onNew(codePoint, position);
    if (codePoint >= this.#table.length) {
      const longer = new Int32Array(Math.min(0x110000, 2 ** Math.ceil(Math.log2(codePoint + 1))));
      longer.set(this.#table);
      this.#table = longer;
    }
    this.#table[codePoint] = this.keys.push(codePoint);
    return this.keys.length - 1;
  }
}
