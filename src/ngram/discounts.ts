/**
 * What modified Kneser–Ney smoothing takes from counts, and gives to what has never come.
 *
 * @module
 */
import type { Counting, Depth, Trie } from "./trie.ts";

/** What counts of 0, 1, 2 and 3 or more lose. */
export type Discounts = readonly [zero: 0, one: number, two: number, more: number];

/** Where counts of counts do not tell, as of a dozen characters that all come often: KenLM's values. */
const FALLBACK: Discounts = [0, 0.5, 1, 1.5];

/**
 * The discounts of n-grams of one length, by how many of them have a count of 1, 2, 3 and 4. (Chen & Goodman, "An
 * Empirical Study of Smoothing Techniques for Language Modeling", 1999, equation 17.)
 *
 * @param counts Their counts.
 * @returns Each above 0 and at most its count; KenLM's 0.5, 1 and 1.5 where the counts give no such ones.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(discountsOf(Uint32Array.of(1, 1, 1, 1, 2, 2, 3, 4)), [0, 0.5, 1.25, 1]);
 * assertEquals(discountsOf(Uint32Array.of(7, 9)), [0, 0.5, 1, 1.5]);
 * ```
 */
export function discountsOf(counts: Uint32Array): Discounts {
  const seen = [0, 0, 0, 0, 0];
  for (const count of counts) if (count <= 4) seen[count]!++;
  const [, n1, n2, n3, n4] = seen as [number, number, number, number, number];
  const share = n1 / (n1 + 2 * n2);
  const found: Discounts = [0, 1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3];
  const sound = found.every((discount, count) => discount <= count && (count === 0 || discount > 0));
  return sound ? found : FALLBACK;
}

/** Contexts of one length: what their continuations amount to. */
export interface Mass {
  /** What n-grams are counted by. */
  readonly counts: Uint32Array;
  /** What they lose. */
  readonly discounts: Discounts;
  /** The counts of all that came behind a context, (contexts). */
  readonly totals: Uint32Array;
  /** The share of it that is left to the shorter context, (contexts). */
  readonly left: Float64Array;
}

/**
 * Adds up what came behind each context.
 *
 * @param trie The n-grams.
 * @param order Their length n: contexts have one token less.
 * @param counting What they are counted by.
 */
export function massOf(trie: Trie, order: number, counting: Counting): Mass {
  const { size, children }: Depth = trie[order - 1]!;
  const counts = trie[order]![counting];
  const discounts = discountsOf(counts);
  const totals = new Uint32Array(size);
  const left = new Float64Array(size);
  for (let context = 0; context < size; context++) {
    let total = 0;
    let taken = 0;
    for (let node = children[context]!; node < children[context + 1]!; node++) {
      const count = counts[node]!;
      total += count;
      taken += discounts[Math.min(count, 3) as 0 | 1 | 2 | 3];
    }
    totals[context] = total;
    left[context] = total === 0 ? 1 : taken / total;
  }
  return { counts, discounts, totals, left };
}
