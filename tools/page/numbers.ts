/**
 * Numbers for people.
 *
 * @module
 */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 10 });

/**
 * A number with as many digits as are told apart.
 *
 * @param value The number; a dash stands for none.
 * @param digits How many.
 */
export function numberText(value: number | null | undefined, digits: number = 5): string {
  if (value === null || value === undefined) return "–";
  const short = Number(value.toPrecision(digits));
  return short !== 0 && Math.abs(short) < 1e-4 ? String(short) : whole.format(short);
}

/**
 * Places in a long list, the first and the last among them.
 *
 * @param length The list's length.
 * @param most How many are picked at most.
 */
export function spread(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => count < 2 ? i : Math.round(i * (length - 1) / (count - 1)));
}
