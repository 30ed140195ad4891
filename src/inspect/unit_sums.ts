/**
 * Sums over a text from which correlations follow, in float64: of each unit its states, also by token, its squares, and its
 * products with each feature. What they take does not grow with the text.
 *
 * @module
 */
import type { Trail } from "./state_pass.ts";

/** Numbers by token and unit at most: 32 MiB. Rarer tokens then share a row. */
const MOST_NUMBERS = 2 ** 22;

/**
 * Which row of sums each token has: one of its own, or that of all rarer ones.
 *
 * @param counts How often each token comes.
 * @param units U.
 * @returns (V) The rows, and how many there are.
 */
export function rowsOfTokens(
  counts: Float64Array,
  units: number,
): { rowOf: Uint32Array; rows: number } {
  const used = [...counts.keys()].filter((id) => counts[id]! > 0).sort((a, b) => counts[b]! - counts[a]!);
  const rows = Math.max(1, Math.min(used.length, Math.floor(MOST_NUMBERS / units)));
  const rowOf = new Uint32Array(counts.length);
  for (const [rank, id] of used.entries()) rowOf[id] = Math.min(rank, rows - 1);
  return { rowOf, rows };
}

/** The sums of U units. */
export class UnitSums {
  /** (R, U) Sums of states by row of tokens. */
  readonly byToken: Float64Array;
  /** (U) Sums of squares. */
  readonly squares: Float64Array;
  /** (F, U) Sums of feature times state. */
  readonly products: Float64Array;
  readonly #units: number;
  readonly #features: number;

  /**
   * Begins with zeros.
   *
   * @param sizes R, U, F.
   */
  constructor({ rows, units, features }: { rows: number; units: number; features: number }) {
    this.#units = units;
    this.#features = features;
    this.byToken = new Float64Array(rows * units);
    this.squares = new Float64Array(units);
    this.products = new Float64Array(features * units);
  }

  /**
   * Adds the states of a group behind a token.
   *
   * @param trail What a run has left of the group.
   * @param at The first state's place in it.
   * @param row The token's row.
   */
  add({ group: { first, size }, states }: Trail, at: number, row: number): void {
    const { byToken, squares } = this;
    const target = row * this.#units + first;
    for (let unit = 0; unit < size; unit++) {
      const value = states[at + unit]!;
      byToken[target + unit]! += value;
      squares[first + unit]! += value * value;
    }
  }

  /** Adds a run's sums of products of a group. */
  addProducts({ group: { first, size }, products }: Trail): void {
    for (let f = 0; f < this.#features; f++) {
      const target = f * this.#units + first;
      for (let unit = 0; unit < size; unit++) this.products[target + unit]! += products[f * size + unit]!;
    }
  }

  /** Whether all are finite so far. */
  get finite(): boolean {
    return this.squares.every(Number.isFinite);
  }
}
