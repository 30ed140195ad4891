/**
 * Activations as shades: how far a unit is from its usual state.
 *
 * @module
 */

/** Levels of a shade to either side. */
export const LEVELS = 4;

/**
 * Activations as parts of what a unit does: (a - mean) / (2 · standard deviation), cut at -1 and 1. So a unit is seen that
 * stays between 0.9 and 0.99, and a cell state of 30.
 *
 * @param activations States of a unit.
 * @param unit Its mean and standard deviation over the text.
 * @returns Numbers from -1 to 1; 0 where it never moves.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scaled([3, 4, 9, -99], { mean: 3, deviation: 2 }), [0, 0.25, 1, -1]);
 * ```
 */
export function scaled(
  activations: readonly number[],
  { mean, deviation }: { mean: number; deviation: number },
): number[] {
  if (deviation === 0) return activations.map(() => 0);
  return activations.map((value) => Math.max(-1, Math.min(1, (value - mean) / (2 * deviation))));
}

/**
 * The level of a shade.
 *
 * @param shade A number from -1 to 1.
 * @returns A whole number from -4 to 4.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([-1, -0.1, 0.2, 1].map(levelOf), [-4, 0, 1, 4]);
 * ```
 */
export function levelOf(shade: number): number {
  return Math.round(LEVELS * shade) || 0;
}
