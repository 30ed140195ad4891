/**
 * Probabilities of n-grams of all orders at once: each order mixes its own counts with the probability of the next
 * shorter context, and all share the shorter ones.
 *
 * @module
 */
import { type Mass, massOf } from "./discounts.ts";
import { childOf, type Counting, type Trie } from "./trie.ts";

/** Reads a text, and knows the probability of what may come next. */
export class Mixture {
  readonly #trie: Trie;
  readonly #vocabularySize: number;
  readonly #orders: number;
  readonly #masses: Partial<Record<Counting, Mass>>[];
  /** The node of the last n tokens at place n; -1 where they never came. */
  #contexts: Int32Array;
  #next: Int32Array;

  /**
   * Has read nothing.
   *
   * @param trie The n-grams.
   * @param vocabularySize V.
   * @param masses What contexts amount to, as far as it is known.
   */
  constructor(
    trie: Trie,
    vocabularySize: number,
    masses: Partial<Record<Counting, Mass>>[] = trie.map(() => ({})),
  ) {
    this.#trie = trie;
    this.#vocabularySize = vocabularySize;
    this.#orders = trie.length - 1;
    this.#masses = masses;
    this.#contexts = new Int32Array(this.#orders);
    this.#next = new Int32Array(this.#orders);
    this.begin();
  }

  /** One that has read nothing, of the same n-grams. */
  another(): Mixture {
    return new Mixture(this.#trie, this.#vocabularySize, this.#masses);
  }

  /** Forgets what it has read. */
  begin(): void {
    this.#contexts.fill(-1).fill(0, 0, 1);
  }

  /** Reads a token. */
  read(token: number): void {
    const [before, now] = [this.#contexts, this.#next];
    now[0] = 0;
    for (let depth = 1; depth < this.#orders; depth++) {
      const context = before[depth - 1]!;
      now[depth] = context < 0 ? -1 : childOf(this.#trie, depth - 1, context, token);
    }
    [this.#contexts, this.#next] = [now, before];
  }

  /**
   * The probability of a token behind what was read, by the n-grams of one order. Those of shorter contexts are counted by
   * what came before them.
   *
   * @param token The token.
   * @param order Their length n, at most that of the tree.
   */
  probability(token: number, order: number): number {
    let probability = 1 / this.#vocabularySize;
    for (let length = 1; length < order; length++) {
      probability = this.#mixed(token, length, "continuations", probability);
    }
    return this.#mixed(token, order, "occurrences", probability);
  }

  /**
   * The probabilities of a token by each order.
   *
   * @param token The token.
   * @param into Where they go: that of order n to place n - 1.
   */
  probabilities(token: number, into: Float64Array): void {
    let probability = 1 / this.#vocabularySize;
    for (let order = 1; order <= this.#orders; order++) {
      into[order - 1] = this.#mixed(token, order, "occurrences", probability);
      if (order === this.#orders) break;
      probability = this.#mixed(token, order, "continuations", probability);
    }
  }

  /** What n-grams of one length make of the probability that a shorter context gives. */
  #mixed(token: number, length: number, counting: Counting, shorter: number): number {
    const context = this.#contexts[length - 1]!;
    if (context < 0) return shorter;
    const kept = this.#masses[length]!;
    kept[counting] ??= massOf(this.#trie, length, counting);
    const { counts, discounts, totals, left } = kept[counting];
    const total = totals[context]!;
    if (total === 0) return shorter;
    const node = childOf(this.#trie, length - 1, context, token);
    const count = node < 0 ? 0 : counts[node]!;
    const own = (count - discounts[Math.min(count, 3) as 0 | 1 | 2 | 3]) / total;
    return own + left[context]! * shorter;
  }
}
