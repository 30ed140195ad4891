/**
 * Training of any layers on batches of arrays: one loop for all that is no running text.
 *
 * @module
 */
import type { Parameter } from "../tensors/parameters.ts";
import type { ArrayBatch } from "./fit/batch.ts";
import { FitCourse } from "./fit/course.ts";
import type { Batches, FitOptions, FitReport, FitSetting } from "./fit/options.ts";
import { TrainingLoop } from "./loop.ts";

/**
 * Trains parameters on batches. A batch is a plain object of typed arrays: a Float32Array, or ids of 8, 16 or 32 bits, of
 * one dimension, or with its sizes, outermost first, `{ data, shape: [20, 8, 5] }` for (T, B, I). A step makes a loss of
 * its tensors. The arrays' names and types are the same in all batches; where their shapes differ, each is recorded once.
 * No gradient of a batch is computed.
 *
 * Parameters are in one training at a time, from the first report that is asked for to the end of the loop.
 *
 * @param parameters What parameters() of a layer gives, or of several together.
 * @param batches The batches of every epoch, in order; or a function that gives those of an epoch, which may shuffle them.
 * @param options The step, the epochs, the optimizer.
 * @returns The training, which has not begun: run() gives reports, state() and restore() go on from where one was.
 * @throws {RangeError} If a number is out of range.
 * @throws {TypeError} If there are no parameters, no step, or batches that can be read once only, the optimizer is of
 * another device or of other parameters or has `learningRate` beside it, or an option is unknown or of another type.
 * @throws {DeviceError} If another training has the parameters.
 *
 * @example Which of two numbers is larger
 * ```ts
 * import { crossEntropy, Dense, fit, openDevice } from "@refrain/refrain";
 * import { assert } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * using dense = new Dense(device, { inputSize: 2, outputSize: 2, seed: 0 });
 * const x = { data: Float32Array.of(1, 2, 4, 3, 0, 5, 2, 1), shape: [4, 2] };
 * const larger = Uint8Array.of(1, 0, 1, 0);
 * using training = fit(dense.parameters(), [{ x, larger }], {
 *   step: ({ x, larger }, tape) => crossEntropy(dense.forward(x, tape), larger, tape),
 *   epochs: 100,
 *   learningRate: 0.1,
 * });
 * let last = Infinity;
 * for await (const { loss } of training.run()) last = loss;
 * assert(last < 0.1);
 * ```
 */
export function fit<B extends ArrayBatch<B>>(
  parameters: readonly Parameter[],
  batches: Batches<B>,
  options: FitOptions<B>,
): TrainingLoop<FitReport, FitSetting> {
  return new TrainingLoop(new FitCourse(parameters, batches, options));
}
