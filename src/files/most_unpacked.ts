/**
 * How far a file may unpack. Numbers of a model hardly do, but zeros do a thousand times; a file that states more is hostile.
 *
 * @module
 */

/** Deflate's most: 258 bytes in two bits. */
const DEFLATED = 1032;
/** What any file may unpack to, if deflate can. */
const ALWAYS = 2 ** 28;
/** How far larger files may. */
const GROWTH = 16;

/**
 * The most that a file may unpack to, all of it together.
 *
 * @param length Its bytes.
 * @returns Bytes.
 */
export function mostUnpacked(length: number): number {
  return Math.min(DEFLATED * length, Math.max(ALWAYS, GROWTH * length));
}
