/**
 * RMSprop. Source: Tieleman and Hinton 2012; torch.optim.RMSprop.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { checkDecays, checkGiven, checkRates, nonZero, Optimizer } from "./optimizer.ts";

/** Options of RMSprop. */
export interface RMSpropOptions {
  /**
   * The rate of the first step; it may be changed between steps.
   *
   * @default {1e-2}
   */
  learningRate?: number;
  /**
   * Decay of the mean of squares.
   *
   * @default {0.99}
   */
  alpha?: number;
  /**
   * Added to the denominator.
   *
   * @default {1e-8}
   */
  epsilon?: number;
  /**
   * λ of λ/2 ‖w‖² added to the loss.
   *
   * @default {0}
   */
  weightDecay?: number;
  /**
   * μ of b = μ b + g / (√v + ε).
   *
   * @default {0}
   */
  momentum?: number;
}

/**
 * v = α v + (1 - α) g², w -= lr · g / (√v + ε), or with momentum μ: b = μ b + g / (√v + ε), w -= lr · b.
 *
 * Memory in words: one moment as large as the weights, with momentum two.
 *
 * @example Usage
 * ```ts
 * import { Dense, openDevice, RMSprop } from "@refrain/refrain";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * using optimizer = new RMSprop(dense.parameters(), { learningRate: 2e-3, alpha: 0.95 });
 * optimizer.step(); // there are no gradients: nothing moves
 * ```
 */
export class RMSprop extends Optimizer {
  readonly #options: Required<Omit<RMSpropOptions, "learningRate">>;
  readonly #moments: { v: Block; momentum: Block }[];

  /**
   * Takes charge of parameters.
   *
   * @param parameters What parameters() of a layer or model gives, or a part of that, or several together.
   * @param options The learning rate, and the other numbers of the update.
   * @throws {RangeError} If a rate is negative, alpha is not in [0, 1), or float32 does not hold one.
   * @throws {TypeError} If there are no parameters, one is listed twice, an option is unknown, or they lie on two
   * devices.
   */
  constructor(parameters: readonly Parameter[], options: RMSpropOptions = {}) {
    const { learningRate = 1e-2, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, momentum = 0 } = options;
    checkGiven("RMSprop", parameters, options, { learningRate, alpha, epsilon, weightDecay, momentum });
    checkDecays("RMSprop", "alpha", [alpha]);
    checkRates("RMSprop", { epsilon, weightDecay, momentum });
    super(parameters, learningRate);
    this.#options = { alpha, epsilon: nonZero(epsilon), weightDecay, momentum };
    this.#moments = this.ranges.map((_, index) => ({
      v: this.moment("v", index),
      momentum: this.moment("momentum", index, momentum > 0),
    }));
  }

  /** What it was made with, apart from the learning rate. */
  protected override get settings(): Readonly<Record<string, unknown>> {
    return { ...this.#options };
  }

  /** The rates of a step. */
  protected override ratesOf(): number[] {
    return [this.learningRate];
  }

  /** The device's half of a step. */
  override update(): void {
    const { alpha, epsilon, weightDecay, momentum: momentumFactor } = this.#options;
    this.move(({ values, gradients, health, length: count, index, beside }, rates) => {
      const { v, momentum } = this.#moments[index]!;
      const own = { v: beside(v), momentum: beside(momentum) };
      const buffers = { gradients, rates, health, parameters: values, ...own };
      const params = { count, alpha, complement: 1 - alpha, epsilon, weightDecay, momentumFactor };
      this.device.run("rmsprop", buffers, params);
    });
  }
}
