/**
 * Whole numbers as fields of a file, the lowest byte first.
 *
 * @module
 */

/** How many bytes a field has, and its value; -1 is one of ones alone. */
export type LittleEndianField = readonly [bytes: 1 | 2 | 4 | 8, value: number];

/**
 * Writes fields one after the other.
 *
 * @param fields The fields.
 * @returns Their bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...littleEndian([1, 7], [4, 258])], [7, 2, 1, 0, 0]);
 * ```
 */
export function littleEndian(...fields: readonly LittleEndianField[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((length, [size]) => length + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigInt64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}
