/**
 * Whole units, for grids, slices and rounds.
 *
 * @module
 */

/** How many units of `unit` elements it takes to hold `count`. */
export const ceil = (count: number, unit: number): number => Math.ceil(count / unit);
