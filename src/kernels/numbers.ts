/**
 * Numbers that the kernels in assembly/ know too.
 *
 * @module
 */

/** Elements that make one partial sum of `sum_squares`, and one unit of an element-wise kernel on the CPU. */
export const CHUNK = 4096;
/**
 * Units on the CPU of kernels whose threads take each step together: shares of the columns (assembly/lib/shares.ts), as
 * many as there are threads at most.
 */
export const SHARES = 64;
/** Words of the largest tile, for those at an edge: EDGE of assembly/lib/panels.ts. */
export const EDGE = 96;
