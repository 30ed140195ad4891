/**
 * Ids on the host: the arrays that hold them, and their check before a kernel reads the rows that they name.
 *
 * @module
 */

/** Ids of tokens. A corpus takes the narrowest of these arrays that holds its vocabulary's largest id. */
export type Ids = Uint8Array | Uint16Array | Uint32Array;

/** The arrays that ids lie in, for sentences. */
export const ID_ARRAYS = "a Uint8Array, Uint16Array or Uint32Array";

/**
 * Tells whether a value is an array of ids.
 *
 * @param value Any value.
 * @returns Whether it is one of {@linkcode ID_ARRAYS}.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([Uint8Array.of(1), Int8Array.of(1), [1]].map(isIds), [true, false, false]);
 * ```
 */
export function isIds(value: unknown): value is Ids {
  return value instanceof Uint8Array || value instanceof Uint16Array || value instanceof Uint32Array;
}

/**
 * Makes the narrowest array of zeros for ids.
 *
 * @param length How many ids there are.
 * @param limit What they are below: the number of tokens V.
 * @returns The array.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(narrowIds(2, 256), new Uint8Array(2));
 * assertEquals(narrowIds(2, 257), new Uint16Array(2));
 * assertEquals(narrowIds(2, 65_537), new Uint32Array(2));
 * ```
 */
export function narrowIds(length: number, limit: number): Ids {
  if (limit <= 2 ** 8) return new Uint8Array(length);
  return limit <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/**
 * Checks that every id names a row.
 *
 * @param ids The ids, in any order.
 * @param limit How many rows there are.
 * @param ignored An id that may be any number.
 * @throws {RangeError} If an id does not; the message names the first.
 */
export function assertBelow(ids: Ids, limit: number, ignored?: number): void {
  for (let index = 0; index < ids.length; index++) {
    if (ids[index]! < limit || ids[index] === ignored) continue;
    const other = ignored === undefined ? "" : `, or ${ignored} to be ignored`;
    throw new RangeError(
      `Cannot use ids as the id at index ${index} must be below ${limit}${other}: current value is ${
        ids[index]
      }`,
    );
  }
}
