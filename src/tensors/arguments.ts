/**
 * What layers and losses check of their arguments: sizes, probabilities, ids, and the type and place of tensors and tapes.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { ID_ARRAYS } from "../ids.ts";
import { isIn, RANGES, wordsOf } from "../ranges.ts";
import { typeName } from "../messages/type_name.ts";
import { formatShape } from "./shape.ts";
import type { Tape } from "./tape.ts";
import { type DType, Tensor } from "./tensor.ts";
import { quote } from "../messages/quote.ts";

/**
 * Checks that sizes are positive integers.
 *
 * @param layer For the sentence: "an RNN".
 * @param sizes By the names of their options.
 * @throws {TypeError} If one is not an integer.
 * @throws {RangeError} If one is not positive.
 */
export function checkSizes(layer: string, sizes: Record<string, unknown>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size)) {
      throw new TypeError(
        `Cannot make ${layer} as ${name} must be an integer: current value is ${quote(size)}`,
      );
    }
    if (isIn(RANGES.count, size)) continue;
    const limit = size as number < 1 ? "a positive integer" : wordsOf(RANGES.count);
    throw new RangeError(`Cannot make ${layer} as ${name} must be ${limit}: current value is ${size}`);
  }
}

/**
 * Checks that a number is the probability of an element being zeroed.
 *
 * @param layer For the sentence: "an RNN".
 * @param name The option's name.
 * @throws {RangeError} If it is not from 0 to 1.
 */
export function checkProbability(layer: string, name: string, value: unknown): void {
  if (!isIn(RANGES.probability, value)) {
    throw new RangeError(
      `Cannot make ${layer} as ${name} must be a float32 number in the range [0, 1], the probability of an element being zeroed: current value is ${
        quote(value)
      }`,
    );
  }
}

/**
 * Checks that a tensor can be computed with.
 *
 * @param what For the sentence: "an input".
 * @param tensor What was given.
 * @param expected Its dtype, and the device of the layer.
 * @throws {TypeError} If it is no tensor, of another type, or on another device.
 *
 * @example Usage
 * ```ts
 * import { openDevice, Tensor } from "@refrain/refrain";
 * import { checkTensor } from "@refrain/refrain/kernels";
 * import { assertThrows } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1, 2], [2]);
 * checkTensor("an input", x, { dtype: "f32", device });
 * assertThrows(() => checkTensor("ids", x, { dtype: "u32", device }), TypeError, "current type is a Tensor of f32");
 * ```
 */
export function checkTensor(
  what: string,
  tensor: unknown,
  { dtype, device }: { dtype: DType; device: Device },
): void {
  if (dtype === "u32" && !(tensor instanceof Tensor && tensor.dtype === dtype)) {
    const type = tensor instanceof Tensor ? `a Tensor of ${tensor.dtype}` : typeName(tensor);
    throw new TypeError(
      `Cannot use ${what} as ids must be ${ID_ARRAYS}, in a Tensor: current type is ${type}`,
    );
  }
  if (!(tensor instanceof Tensor)) {
    throw new TypeError(`Cannot use ${what} that is not a Tensor: current value is ${quote(tensor)}`);
  }
  if (tensor.dtype !== dtype) {
    throw new TypeError(`Cannot use ${what} of type ${tensor.dtype}: it must have the type ${dtype}`);
  }
  assertOn(what, tensor, device);
}

/**
 * Throws unless every id names a row.
 *
 * @throws {TypeError} If they are not "u32", or on another device.
 * @throws {RangeError} If an id does not; the message names the first.
 */
export function assertIds(ids: Tensor<"u32">, vocabularySize: number, device: Device = ids?.device): void {
  checkTensor("ids", ids, { dtype: "u32", device });
  ids.assertBelow(vocabularySize);
}

/**
 * Throws unless these are (B, T) ids that all name a row.
 *
 * @throws {TypeError} If they have another shape or type, or are on another device.
 * @throws {RangeError} If an id does not; the message names the first.
 */
export function assertSequences(ids: Tensor<"u32">, vocabularySize: number, device: Device): void {
  assertIds(ids, vocabularySize, device);
  if (ids.shape.length !== 2) {
    throw new TypeError(`Cannot use ids of shape ${formatShape(ids.shape)}: it must be (B, T)`);
  }
}

/**
 * Checks that a pass can be recorded.
 *
 * @param tape What was given, if anything.
 * @param device The layer's device.
 * @throws {TypeError} If the tape is of another device.
 *
 * @example Usage
 * ```ts
 * import { openDevice, Tape } from "@refrain/refrain";
 * import { checkTape } from "@refrain/refrain/kernels";
 * import { assertThrows } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * using other = await openDevice("wasm", { threads: 1 });
 * checkTape(undefined, device);
 * assertThrows(() => checkTape(new Tape(other), device), TypeError, "Cannot use a tape from device");
 * ```
 */
export function checkTape(tape: Tape | undefined, device: Device): void {
  if (tape) assertOn("a tape", tape, device);
}
