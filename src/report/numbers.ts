/**
 * Numbers for people: the library and the page's script both take them, so that nothing is imported here.
 *
 * @module
 */

/** Made when the first number is shown, as that takes long. */
let format: Intl.NumberFormat | undefined;

/**
 * A number with as many digits as are told apart.
 *
 * @param value The number; a dash stands for none.
 * @param digits How many.
 * @returns Its first digits.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const texts = [1234.5678, 0.0123456, 1e-7, null].map((value) => numberText(value));
 * assertEquals(texts, ["1,234.6", "0.012346", "1e-7", "–"]);
 * ```
 */
export function numberText(value: number | null | undefined, digits: number = 5): string {
  if (value === null || value === undefined) return "–";
  const short = Number(value.toPrecision(digits));
  if (short !== 0 && Math.abs(short) < 1e-4) return String(short);
  format ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: 10 });
  return format.format(short);
}

/**
 * Places in a long list, the first and the last among them.
 *
 * @param length The list's length.
 * @param most How many are picked at most, from 2.
 * @returns Indexes, rising.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([spread(3, 5), spread(100, 4)], [[0, 1, 2], [0, 33, 66, 99]]);
 * ```
 */
export function spread(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => count < 2 ? i : Math.round(i * (length - 1) / (count - 1)));
}
