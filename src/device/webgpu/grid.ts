/**
 * The grid that a GPU is given: a kernel's own, folded where it is larger than the device's dimensions hold. Private to
 * webgpu*.ts.
 *
 * @module
 */

/** Workgroups of a kernel: so many across, so many down. */
export type Grid = readonly [across: number, down: number];

/**
 * Folds a grid. `place` in wgsl/lib/grid.wgsl finds a workgroup's place in the kernel's grid again.
 *
 * @param grid The kernel's.
 * @param most Workgroups in each dimension.
 * @returns What is dispatched, with a few workgroups too many at most; undefined where three dimensions do not hold it.
 */
export function fold([across, down]: Grid, most: number): [number, number, number] | undefined {
  if (across <= most && down <= most) return [across, down, 1];
  const count = across * down;
  const z = Math.ceil(count / most ** 2);
  const y = Math.ceil(count / (most * z));
  const x = Math.ceil(count / (y * z));
  return z <= most ? [x, y, z] : undefined;
}
