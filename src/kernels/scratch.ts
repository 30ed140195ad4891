/**
 * What `generate_steps` needs of a thread's own memory on the CPU, too long for the table, and the shares of threads.
 *
 * @module
 */

/**
 * Units on the CPU of kernels whose threads take each step together: shares of the columns (assembly/lib/shares.ts), as
 * many as there are threads at most.
 */
export const SHARES = 64;
/** Words of the largest tile, for those at an edge: EDGE of assembly/lib/panels.ts. */
export const EDGE = 96;

/** The parameters that its memory depends on. */
export interface GenerateSizes {
  readonly cell: number;
  readonly batch: number;
  readonly hidden: number;
  readonly layers: number;
  readonly columns: number;
  readonly embedding: number;
}

/**
 * Words that each thread needs: gates, h as panels, its share of all weights as panels.
 *
 * @param sizes the kernel's parameters
 * @param options gates of the cell, and how many threads there are
 */
export function generateScratch(
  { batch, hidden, layers, columns, embedding }: GenerateSizes,
  { gates, threads }: { gates: number; threads: number },
): number {
  const panels = (batch + 3) * (embedding + layers * hidden); // of 6, 5 or 4 rows
  const own = (count: number): number => Math.ceil(count * Math.ceil(SHARES / threads) / SHARES) + 64; // whole panels
  const inputs = embedding + (2 * layers - 1) * hidden; // of all weight matrices of a gate together
  const weights = own(hidden) * gates * inputs + own(columns) * hidden;
  return EDGE + Math.max(4 * hidden, columns) + batch * (8 * hidden + embedding) + panels + weights;
}
