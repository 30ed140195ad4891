/**
 * Ids that come piece by piece, in blocks of memory: none is copied where more come, and each block is as narrow as its
 * ids allow.
 *
 * @module
 */

import { type Ids, narrowIds } from "../ids.ts";

/** Ids of the first block, and of a large one. */
const FIRST = 2 ** 9;
const BLOCK = 2 ** 20;

/** Ids that are translated at once. */
const SLICE = 2 ** 16;

/**
 * A list of ids that grows.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { atOnce } from "../turn.ts";
 *
 * const blocks = new IdBlocks();
 * blocks.push(Uint32Array.of(0, 1, 0), 2);
 * blocks.push(Uint32Array.of(2), 3);
 * assertEquals(atOnce(blocks.count(3)), Float64Array.of(2, 1, 1));
 * assertEquals(atOnce(blocks.join(Int32Array.of(1, -1, 300), { size: 3, limit: 301 })), Uint16Array.of(1, 1, 300));
 * ```
 */
export class IdBlocks {
  /** How many ids there are. */
  size = 0;
  readonly #blocks: Ids[] = [];
  /** The one that is being filled, and how much of it is. */
  #last: Ids = new Uint8Array(0);
  #filled = 0;

  /**
   * Adds ids.
   *
   * @param ids The ids, which are copied.
   * @param limit What they are below.
   */
  push(ids: Ids, limit: number): void {
    const { BYTES_PER_ELEMENT: width } = narrowIds(0, limit);
    for (let at = 0; at < ids.length;) {
      if (this.#filled === this.#last.length || width > this.#last.BYTES_PER_ELEMENT) this.#begin(limit);
      const part = ids.subarray(at, at + this.#last.length - this.#filled);
      this.#last.set(part, this.#filled);
      this.#filled += part.length;
      this.size += part.length;
      at += part.length;
    }
  }

  #begin(limit: number): void {
    if (this.#filled > 0) this.#blocks.push(this.#last.subarray(0, this.#filled));
    this.#last = narrowIds(Math.min(Math.max(this.size, FIRST), BLOCK), limit);
    this.#filled = 0;
  }

  /**
   * Counts how often each id comes.
   *
   * @param limit What the ids are below.
   * @returns The counts, (limit); others may have their turn meanwhile.
   */
  *count(limit: number): Generator<void, Float64Array, void> {
    const counts = new Float64Array(limit);
    this.#end();
    for (const block of this.#blocks) {
      for (const slice of slices(block)) {
        for (let i = 0; i < slice.length; i++) counts[slice[i]!]!++;
        yield;
      }
    }
    return counts;
  }

  /**
   * Translates the ids, and puts them into one array. The list is empty then.
   *
   * @param map What each id becomes; where that is negative it is left out.
   * @param result How many ids are left, and what they are below.
   * @returns The ids; others may have their turn meanwhile.
   */
  *join(
    map: Int32Array,
    { size, limit }: { size: number; limit: number },
  ): Generator<void, Ids, void> {
    const all = narrowIds(size, limit);
    let end = 0;
    this.#end();
    this.#blocks.reverse();
    for (let block = this.#blocks.pop(); block; block = this.#blocks.pop()) {
      for (const slice of slices(block)) {
        let kept = 0;
        for (let i = 0; i < slice.length; i++) {
          const id = map[slice[i]!]!;
          if (id >= 0) slice[kept++] = id;
        }
        all.set(slice.subarray(0, kept), end);
        end += kept;
        yield;
      }
    }
    this.size = 0;
    return all;
  }

  #end(): void {
    this.#begin(1);
    this.#last = new Uint8Array(0);
  }
}

/** Copies of a block's ids, 32 bits wide, so that one loop serves all widths; each is overwritten by the next. */
function* slices(block: Ids): Generator<Int32Array, void, unknown> {
  const slice = new Int32Array(Math.min(SLICE, block.length));
  for (let at = 0; at < block.length; at += SLICE) {
    const part = block.subarray(at, at + SLICE);
    slice.set(part);
    yield slice.subarray(0, part.length);
  }
}
