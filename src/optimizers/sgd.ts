/**
 * Stochastic gradient descent. Source: torch.optim.SGD; momentum: Sutskever et al. 2013.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { checkGiven, checkRates, Optimizer } from "./optimizer.ts";

/** Options of SGD. */
export interface SGDOptions {
  /**
   * The rate of the first step; it may be changed between steps.
   *
   * @default {1e-2}
   */
  learningRate?: number;
  /**
   * μ of v = μ v + g.
   *
   * @default {0}
   */
  momentum?: number;
  /**
   * Whether to step along g + μ v.
   *
   * @default {false}
   */
  nesterov?: boolean;
  /**
   * λ of λ/2 ‖w‖² added to the loss.
   *
   * @default {0}
   */
  weightDecay?: number;
}

/**
 * w -= lr · g, or with momentum μ: v = μ v + g, w -= lr · v (Nesterov: lr · (g + μ v)).
 *
 * @example Usage
 * ```ts
 * import { Dense, openDevice, SGD } from "@refrain/refrain";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * using sgd = new SGD(dense.parameters(), { learningRate: 100, momentum: 0.9 });
 * sgd.step(); // there are no gradients: nothing moves
 * ```
 */
export class SGD extends Optimizer {
  readonly #options: Required<Omit<SGDOptions, "learningRate">>;
  readonly #momentum: Block[];

  /**
   * Takes charge of parameters.
   *
   * @param parameters What parameters() of a layer or model gives, or a part of that, or several together.
   * @param options The learning rate, and the other numbers of the update.
   * @throws {RangeError} If a rate is negative, or float32 does not hold it.
   * @throws {TypeError} If there are no parameters, one is listed twice, an option is unknown, they lie on two devices,
   * or nesterov is asked for without momentum.
   */
  constructor(parameters: readonly Parameter[], options: SGDOptions = {}) {
    const { learningRate = 1e-2, momentum = 0, nesterov = false, weightDecay = 0 } = options;
    checkGiven("SGD", parameters, options, { learningRate, momentum, nesterov, weightDecay });
    checkRates("SGD", { momentum, weightDecay });
    if (nesterov && momentum === 0) throw new TypeError("Cannot use SGD with nesterov: it needs a momentum");
    super(parameters, learningRate);
    this.#options = { momentum, nesterov, weightDecay };
    this.#momentum = this.ranges.map((_, index) => this.moment("momentum", index, momentum > 0));
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
    const { momentum: momentumFactor, nesterov, weightDecay } = this.#options;
    this.move(({ values, gradients, health, length: count, index, beside }, rates) => {
      const momentum = beside(this.#momentum[index]!);
      const buffers = { gradients, rates, health, parameters: values, momentum };
      this.device.run("sgd", buffers, { count, momentumFactor, nesterov: nesterov ? 1 : 0, weightDecay });
    });
  }
}
