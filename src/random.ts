/**
 * Random numbers from a counter: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011). A number depends on (seed, stream, position) and on nothing else, and it
 * takes 32-bit adds, rotations and xors only, so that the kernels of both devices compute the very same bits.
 *
 * It is not a cryptographic generator.
 *
 * @module
 */

/** The key schedule's parity constant, shared by the whole Threefish family. */
const PARITY = 0x1bd11bda;

/** The left rotations of the rounds; they repeat every 8 rounds. */
const ROTATIONS: readonly number[] = [13, 15, 26, 6, 17, 29, 16, 24];

/** The key is mixed in again after every 4 rounds: 20 rounds make 5 groups. */
const GROUPS = 5;

/**
 * Encrypts a counter: two random 32-bit words for each (key, counter).
 *
 * @param key0 The key's low word, u32.
 * @param key1 The key's high word, u32.
 * @param counter0 The counter's low word, u32: the position.
 * @param counter1 The counter's high word, u32: the stream.
 * @returns The two u32 words.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(threefry2x32(0, 0, 0, 0), [0x6b200159, 0x99ba4efe]);
 * ```
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const key = [key0 | 0, key1 | 0, PARITY ^ key0 ^ key1] as const;
  let x0 = (counter0 + key[0]) | 0;
  let x1 = (counter1 + key[1]) | 0;
  for (let group = 1; group <= GROUPS; group++) {
    const first = group % 2 === 1 ? 0 : 4;
    for (let round = first; round < first + 4; round++) {
      const left = ROTATIONS[round]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << left) | (x1 >>> (32 - left))) ^ x0;
    }
    x0 = (x0 + key[group % 3]!) | 0;
    x1 = (x1 + key[(group + 1) % 3]! + group) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

/**
 * Turns 32 random bits into a number of [0, 1): the upper 24 bits, which a float32 holds exactly.
 *
 * @param bits A u32.
 * @returns A multiple of 2^-24, at least 0 and less than 1.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uniform(0x80000000), 0.5);
 * ```
 */
export function uniform(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}

/**
 * A sequence of random numbers: numbers 2k and 2k + 1 are the two words of the counter (k, stream) under the seed.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const random = new Random(0);
 * assertEquals(random.next(), 0x6b200159);
 * assertEquals(random.next(), 0x99ba4efe);
 * ```
 */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream: number;
  #position = 0;
  #second: number | undefined;

  /**
   * Starts the sequence of a seed and a stream.
   *
   * @param seed An integer from 0 to 2^53 - 1; its low 32 bits and the bits above are the key.
   * @param stream A u32: the streams of one seed are independent sequences.
   * @throws {RangeError} If the seed or the stream is not such an integer.
   */
  constructor(seed: number, stream: number = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(
        `Cannot seed random numbers as the seed must be an integer from 0 to 2^53 - 1: current value is ${seed}`,
      );
    }
    if (stream !== stream >>> 0) {
      throw new RangeError(
        `Cannot seed random numbers as the stream must be an integer from 0 to 2^32 - 1: current value is ${stream}`,
      );
    }
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#stream = stream;
  }

  /**
   * Draws 32 bits.
   *
   * @returns A u32.
   */
  next(): number {
    if (this.#second !== undefined) {
      const second = this.#second;
      this.#second = undefined;
      return second;
    }
    const [first, second] = threefry2x32(this.#key0, this.#key1, this.#position, this.#stream);
    this.#position = (this.#position + 1) >>> 0;
    this.#second = second;
    return first;
  }

  /**
   * Draws a number of [0, 1).
   *
   * @returns A multiple of 2^-24.
   */
  uniform(): number {
    return uniform(this.next());
  }

  /**
   * Draws an integer, each with exactly the same probability.
   *
   * @param n How many integers there are to choose from, 1 to 2^32.
   * @returns An integer from 0 to n - 1.
   * @throws {RangeError} If n is not such an integer.
   */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(
        `Cannot draw an integer below n as n must be from 1 to 2^32: current value is ${n}`,
      );
    }
    // The words from the last multiple of n upwards would favour small remainders: they are drawn again.
    const limit = 2 ** 32 - 2 ** 32 % n;
    let bits = this.next();
    while (bits >= limit) bits = this.next();
    return bits % n;
  }

  /**
   * Shuffles in place, every order with the same probability (Fisher and Yates).
   *
   * @param array An array or a typed array.
   */
  shuffle<T>(array: { readonly length: number; [index: number]: T }): void {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const value = array[last]!;
      array[last] = array[other]!;
      array[other] = value;
    }
  }
}

/**
 * Fills an array from the uniform distribution on [low, high): element i takes number i of the stream. Rounding to
 * float32 may give `high` itself.
 *
 * @param target The array to fill, of any length.
 * @param low The lower bound.
 * @param high The upper bound.
 * @param seed An integer from 0 to 2^53 - 1.
 * @param stream A u32.
 * @throws {RangeError} If the seed or the stream is not such an integer.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const weights = new Float32Array(100);
 * fillUniform(weights, -0.5, 0.5, 0, 0);
 * assert(weights.every((weight) => weight >= -0.5 && weight <= 0.5));
 * ```
 */
export function fillUniform(
  target: Float32Array,
  low: number,
  high: number,
  seed: number,
  stream: number,
): void {
  const random = new Random(seed, stream);
  for (let i = 0; i < target.length; i++) target[i] = low + (high - low) * random.uniform();
}
