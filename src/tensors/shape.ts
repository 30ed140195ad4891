/**
 * Shapes: how many elements, whether equal, and as PyTorch writes them. Imports nothing.
 *
 * @module
 */

/**
 * The number of elements of a shape.
 *
 * @param shape The sizes, outermost first.
 * @returns Their product; 1 for no dimension.
 */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Whether two shapes are the same.
 *
 * @param a The sizes of one shape.
 * @param b The sizes of the other.
 */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, index) => size === b[index]);
}

/**
 * A shape for people.
 *
 * @param shape The sizes, outermost first.
 * @returns For example "(35, 2, 256)".
 */
export function formatShape(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}
