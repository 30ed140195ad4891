/**
 * Short pieces of text, as bytes, and the ids that they were found to have. No string is made to look one up.
 *
 * @module
 */

/** Pieces that are kept at most, some 60 MB with all that belongs to them. */
const MOST = 2 ** 20;
/** Bytes that a kept piece has at most. */
const LONGEST = 64;

/** A piece of a text. */
export interface Piece {
  /** The text, in any encoding. */
  bytes: Uint8Array;
  /** The piece's first byte. */
  begin: number;
  /** The byte behind it. */
  end: number;
  /** A hash of its bytes. */
  hash: number;
}

/**
 * A table from pieces to ids, with open addressing. (Knuth, "The Art of Computer Programming", volume 3, 6.4.)
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const table = new PieceTable();
 * table.add({ bytes: Uint8Array.of(1, 2, 3), begin: 0, end: 2, hash: 7 }, [4, 9]);
 * const entry = table.find({ bytes: Uint8Array.of(0, 1, 2), begin: 1, end: 3, hash: 7 });
 * assertEquals([table.ids[table.first(entry)], table.last(entry) - table.first(entry)], [4, 2]);
 * assertEquals(table.find({ bytes: Uint8Array.of(1, 3), begin: 0, end: 2, hash: 7 }), -1);
 * ```
 */
export class PieceTable {
  /** The ids of all pieces, one piece after the other. */
  ids = new Uint32Array(2 ** 8);
  /** The bytes of all pieces. */
  #bytes = new Uint8Array(2 ** 10);
  /** Of each piece its hash, where its bytes end, and where its ids end. */
  #entries = new Int32Array(3 * 2 ** 8);
  #size = 0;
  /** One more than the entry of each slot; 0 of those that are free, at least half of them. */
  #slots = new Int32Array(2 ** 9);

  /**
   * Looks a piece up.
   *
   * @param piece The piece.
   * @returns Its entry, or -1.
   */
  find(piece: Piece): number {
    return this.#slots[this.#slotOf(piece)]! - 1;
  }

  /**
   * Where an entry's ids begin.
   *
   * @param entry What find() gave.
   * @returns An index of `ids`.
   */
  first(entry: number): number {
    return entry === 0 ? 0 : this.#entries[3 * entry - 1]!;
  }

  /**
   * Where an entry's ids end.
   *
   * @param entry What find() gave.
   * @returns An index of `ids`, that behind the last one.
   */
  last(entry: number): number {
    return this.#entries[3 * entry + 2]!;
  }

  /**
   * Keeps a new piece, unless it is long or there are too many.
   *
   * @param piece The piece.
   * @param ids Its ids.
   */
  add(piece: Piece, ids: readonly number[]): void {
    const { bytes, begin, end, hash } = piece;
    const entry = this.#size;
    if (end - begin > LONGEST || entry === MOST) return;
    if (2 * entry === this.#slots.length) this.#rehash();
    this.#slots[this.#slotOf(piece)] = ++this.#size;
    const own = entry === 0 ? 0 : this.#entries[3 * entry - 2]!;
    const first = this.first(entry);
    this.#bytes = roomIn(this.#bytes, own + end - begin);
    this.ids = roomIn(this.ids, first + ids.length);
    this.#entries = roomIn(this.#entries, 3 * this.#size);
    this.#bytes.set(bytes.subarray(begin, end), own);
    this.ids.set(ids, first);
    this.#entries.set([hash, own + end - begin, first + ids.length], 3 * entry);
  }

  /** The slot of a piece, or the free one that it would take. */
  #slotOf({ bytes, begin, end, hash }: Piece): number {
    const slots = this.#slots;
    const entries = this.#entries;
    const all = this.#bytes;
    for (let slot = hash ^ hash >>> 15;; slot++) {
      slot &= slots.length - 1;
      const entry = slots[slot]! - 1;
      if (entry < 0) return slot;
      if (entries[3 * entry] !== hash) continue;
      const own = entry === 0 ? 0 : entries[3 * entry - 2]!;
      if (entries[3 * entry + 1]! - own !== end - begin) continue;
      let at = begin;
      while (at < end && all[own + at - begin] === bytes[at]) at++;
      if (at === end) return slot;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let entry = 0; entry < this.#size; entry++) {
      const hash = this.#entries[3 * entry]!;
      let slot = hash ^ hash >>> 15;
      while (this.#slots[slot & this.#slots.length - 1] !== 0) slot++;
      this.#slots[slot & this.#slots.length - 1] = entry + 1;
    }
  }
}

/** The array, or a copy of twice the length where it is too short. */
function roomIn<T extends Uint8Array | Uint32Array | Int32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}
