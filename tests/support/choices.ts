/**
 * Cases out of a product that is too large to be tried whole.
 *
 * @module
 */
import { Random } from "../../src/random.ts";

/** A choice of a value's name for each factor. */
export type Choice = Readonly<Record<string, string>>;

/** Drawn cases among which the next one is chosen. */
const DRAWN = 30;

/**
 * Draws cases until each value of a factor has come, or each pair of values of two factors.
 *
 * @param factors The names of each factor's values.
 * @param options `together`: 1 for each value, 2 for each pair; `seed`: which cases.
 * @returns The cases, each new one that of some drawn ones which adds most.
 */
export function choose(
  factors: Readonly<Record<string, readonly string[]>>,
  { together, seed }: { together: 1 | 2; seed: number },
): Choice[] {
  const random = new Random(seed);
  const names = Object.keys(factors);
  const partsOf = (choice: Choice): string[] => {
    const values = names.map((name) => `${name}: ${choice[name]}`);
    if (together === 1) return values;
    return values.flatMap((value, i) => values.slice(i + 1).map((other) => `${value}, ${other}`));
  };
  const draw = (): Choice =>
    Object.fromEntries(names.map((name) => [name, factors[name]![random.integer(factors[name]!.length)]!]));
  const sizes = names.map((name) => factors[name]!.length);
  const all = together === 1
    ? sizes.reduce((sum, size) => sum + size, 0)
    : sizes.flatMap((size, i) => sizes.slice(i + 1).map((other) => size * other))
      .reduce((sum, pairs) => sum + pairs, 0);
  const seen = new Set<string>();
  const choices: Choice[] = [];
  while (seen.size < all) {
    const adds = (choice: Choice): number => partsOf(choice).filter((part) => !seen.has(part)).length;
    const best = Array.from({ length: DRAWN }, draw).reduce((a, b) => adds(b) > adds(a) ? b : a);
    if (adds(best) === 0) continue;
    for (const part of partsOf(best)) seen.add(part);
    choices.push(best);
  }
  return choices;
}
