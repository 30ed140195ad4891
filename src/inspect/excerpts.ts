/**
 * The states of all units over a few stretches of a text, kept as they come: which units are shown is known at the end only.
 *
 * @module
 */
import type { Trail } from "./state_pass.ts";

/** Numbers that are kept at most: 64 MiB. */
const MOST_NUMBERS = 2 ** 24;

/**
 * How many tokens an excerpt has.
 *
 * @param asked How many shall be shown.
 * @param sizes Tokens that are read of a part of the text, units, features.
 * @returns W.
 */
export function excerptLength(
  asked: number,
  { tokens, units, features }: { tokens: number; units: number; features: number },
): number {
  return Math.max(1, Math.min(asked, tokens, Math.floor(MOST_NUMBERS / (units * features))));
}

/** Stretches of W tokens. */
export class Excerpts {
  readonly #starts: readonly number[];
  readonly #width: number;
  readonly #units: number;
  /** (W, U) each; stretches at the same place are one. */
  readonly #kept: Map<number, Float32Array>;

  /**
   * Has none yet.
   *
   * @param starts The first token of each.
   * @param sizes W and U.
   */
  constructor(starts: readonly number[], { width, units }: { width: number; units: number }) {
    this.#starts = [...new Set(starts)];
    this.#width = width;
    this.#units = units;
    this.#kept = new Map(this.#starts.map((start) => [start, new Float32Array(width * units)]));
  }

  /** Whether a token of these lies in one. */
  touches(from: number, to: number): boolean {
    return this.#starts.some((start) => from < start + this.#width && to > start);
  }

  /**
   * Keeps the states of a group behind a token, where it is to be shown.
   *
   * @param token The token's place in the text.
   * @param trail What a run has left of the group.
   * @param at The first state's place in it.
   */
  keep(token: number, { group: { first, size }, states }: Trail, at: number): void {
    for (const [start, kept] of this.#kept) {
      const place = token - start;
      if (place < 0 || place >= this.#width) continue;
      kept.set(states.subarray(at, at + size), place * this.#units + first);
    }
  }

  /** (W) The states of a unit over the stretch that begins at a token. */
  of(unit: number, start: number): number[] {
    const kept = this.#kept.get(start)!;
    return Array.from({ length: this.#width }, (_, place) => kept[place * this.#units + unit]!);
  }
}
