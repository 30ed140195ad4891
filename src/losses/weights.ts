/**
 * Weights that losses are given as the host's numbers: of classes, or of positive targets.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { quote } from "../messages/quote.ts";

/**
 * A new block with these numbers.
 *
 * @param device The device.
 * @param numbers The numbers.
 */
export function upload(device: Device, numbers: Float32Array): Block {
  const block = device.alloc(numbers.length);
  device.write(block, numbers);
  return block;
}

/** Numbers of the host. */
export type Weights = readonly number[] | Float32Array;

/**
 * Weights as a device holds them.
 *
 * @param name The option's name.
 * @param weights What was given.
 * @param size How many there must be, and of what: "V".
 * @throws {TypeError} If they are no numbers, or not as many.
 * @throws {RangeError} If one is negative, or no float32.
 */
export function checkWeights(
  name: string,
  weights: unknown,
  { length, letter }: { length: number; letter: string },
): Float32Array {
  if (!Array.isArray(weights) && !(weights instanceof Float32Array)) {
    throw new TypeError(
      `Cannot compute a loss as ${name} must be a Float32Array or an array of ${letter} numbers: current value is ${
        quote(weights)
      }`,
    );
  }
  if (weights.length !== length) {
    throw new TypeError(
      `Cannot compute a loss as ${name} must have ${letter} = ${length} numbers: it has ${weights.length}`,
    );
  }
  for (const weight of weights) {
    assertIn(RANGES.rate, weight, { action: "compute a loss", name: `each of ${name}` });
  }
  return Float32Array.from(weights);
}
