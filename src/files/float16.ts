/**
 * Numbers of 16 bits (IEEE 754 binary16), by arithmetic: Node 22 and browsers of before 2025 have no `DataView.getFloat16()`.
 *
 * @module
 */

/** A number of float32, and its bits. */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
/** The bits of the least number that is not subnormal, of 65,536 and of infinity. */
const [LEAST, BEYOND, INFINITE] = [0x38800000, 0x47800000, 0x7f800000];
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
  FLOAT[0] = value;
  const sign = BITS[0]! >>> 16 & 0x8000;
  const size = BITS[0]! & 0x7fffffff;
  if (size > INFINITE) return 0x7e00;
  if (size >= BEYOND) return sign | 0x7c00;
  if (size < LEAST) return sign | Math.abs(value) * 2 ** 24 + WHOLE - WHOLE;
  const even = size >>> 13 & 1;
  return sign | size - 0x38000000 + 0xfff + even >>> 13;
}
