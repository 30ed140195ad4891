/**
 * Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019; torch.optim.AdamW.
 *
 * @module
 */
import type { Parameter } from "../tensors/parameters.ts";
import { Adam, type AdamOptions } from "./adam.ts";

/**
 * As Adam, but the decay does not pass through the moments: w *= 1 - lr · λ before each step.
 *
 * Memory in words: two moments as large as the weights.
 *
 * @example Usage
 * ```ts
 * import { AdamW, Dense, openDevice } from "@refrain/refrain";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * using optimizer = new AdamW(dense.parameters(), { learningRate: 1e-3, weightDecay: 0.1 });
 * dense.parameters().forEach(({ gradient }) => device.clear(gradient));
 * optimizer.step(); // the gradients are zero: the weights shrink by 1e-4 of themselves
 * ```
 */
export class AdamW extends Adam {
  /**
   * Takes charge of parameters.
   *
   * @param parameters What parameters() of a layer or model gives, or a part of that, or several together.
   * @param options The learning rate, and the other numbers of the update; weightDecay is 1e-2 where absent.
   * @throws {RangeError} If a rate is negative, a beta is not in [0, 1), or float32 does not hold one.
   * @throws {TypeError} If there are no parameters, one is listed twice, an option is unknown, or they lie on two
   * devices.
   */
  constructor(parameters: readonly Parameter[], options: AdamOptions = {}) {
    super(parameters, options, { decoupled: true });
  }
}
