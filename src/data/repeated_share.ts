/**
 * How much of a text stands in another one: what is held out of training and was trained on all the same tells nothing.
 *
 * @module
 */
import type { Ids } from "../ids.ts";

/** Tokens of a window: so many come twice in a row where a text was copied, and seldom else. */
const WINDOW = 64;
/** Windows that are looked for at most: a share of them is known to 0.03. */
const MOST_WINDOWS = 256;
/** Of the hash of a window: any odd number that mixes bits. */
const BASE = 0x01000193;
/** Bits of a hash by which most places are passed over at once. */
const FILTER_BITS = 16;

/**
 * The share of windows of a part that stand in a text too, word for word. Windows are taken at equal distances, and the
 * text is read once.
 *
 * @param part The ids of the part.
 * @param text The ids of the text, without the part.
 * @returns From 0 to 1; 0 where the part is shorter than a window of 64.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = Uint32Array.from({ length: 300 }, (_, i) => i * i % 211);
 * assertEquals(repeatedShare(text.subarray(100), text), 1);
 * assertEquals(repeatedShare(text.map((id) => id + 1), text), 0);
 * ```
 */
export function repeatedShare(part: Ids, text: Ids): number {
  const count = Math.min(MOST_WINDOWS, part.length - WINDOW + 1);
  if (count < 1 || text.length < WINDOW) return 0;
  const starts = Array.from(
    { length: count },
    (_, i) => Math.floor(i * (part.length - WINDOW) / Math.max(1, count - 1)),
  );
  const wanted = Map.groupBy(starts, (start) => hashOf(part, start));
  const filter = new Uint8Array(2 ** FILTER_BITS);
  for (const hash of wanted.keys()) filter[hash >>> (32 - FILTER_BITS)] = 1;
  let found = 0;
  let hash = hashOf(text, 0);
  for (let end = WINDOW;; end++) {
    if (filter[hash >>> (32 - FILTER_BITS)] === 1) {
      const left = wanted.get(hash)?.filter((start) => !areEqual(part, start, text, end - WINDOW));
      if (left) {
        found += wanted.get(hash)!.length - left.length;
        wanted.set(hash, left);
        if (found === count) break;
      }
    }
    if (end >= text.length) break;
    hash = next(hash, text[end - WINDOW]!, text[end]!);
  }
  return found / count;
}

/** BASE ** WINDOW, as far as 32 bits go. */
const LEAVING = Array.from({ length: WINDOW }).reduce((power: number) => Math.imul(power, BASE), 1);

/** The hash of the window one token further: what left it is taken off again (Karp and Rabin 1987). */
function next(hash: number, left: number, entered: number): number {
  return (Math.imul(hash, BASE) + entered + 1 - Math.imul(left + 1, LEAVING)) | 0;
}

function hashOf(ids: Ids, start: number): number {
  let hash = 0;
  for (let i = start; i < start + WINDOW; i++) hash = (Math.imul(hash, BASE) + ids[i]! + 1) | 0;
  return hash;
}

function areEqual(a: Ids, startA: number, b: Ids, startB: number): boolean {
  for (let i = 0; i < WINDOW; i++) if (a[startA + i] !== b[startB + i]) return false;
  return true;
}
