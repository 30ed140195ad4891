/**
 * Numbers of 16 bits (IEEE 754 binary16), by arithmetic: Node 22 and browsers of before 2025 have no `DataView.getFloat16()`.
 *
 * @module
 */

/** The least number that is not subnormal. */
const LEAST = 2 ** -14;
/** Half way between the largest and what would come next: from here on a number is infinite. */
const INFINITE = 65520;
/** Added and taken away again, it leaves a whole number: the nearest, of two the even one. */
const WHOLE = 2 ** 52;

/**
 * The number of 16 bits.
 *
 * @param bits A whole number of 0 to 65,535.
 */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * The 16 bits of the number nearest to one of float32.
 *
 * @param value Any number.
 * @returns A whole number of 0 to 65,535.
 */
export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= INFINITE) return sign | 0x7c00;
  const exponent = size < LEAST ? -14 : Math.floor(Math.log2(size));
  const fraction = size * 2 ** (10 - exponent) + WHOLE - WHOLE;
  return sign + ((exponent + 14) << 10) + fraction;
}
