/**
 * Ids on the host, before a kernel reads the rows that they name: one that is too large would read other memory.
 *
 * @module
 */

/**
 * Checks that every id names a row.
 *
 * @param ids The ids, in any order.
 * @param limit How many rows there are.
 * @throws {RangeError} If an id does not; the message names the first.
 */
export function assertBelow(ids: Uint32Array, limit: number): void {
  for (let index = 0; index < ids.length; index++) {
    if (ids[index]! < limit) continue;
    throw new RangeError(
      `Cannot use ids as the id at index ${index} must be below ${limit}: current value is ${ids[index]}`,
    );
  }
}
