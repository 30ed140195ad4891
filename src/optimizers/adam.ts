/**
 * Adam. Source: Kingma and Ba 2015; torch.optim.Adam.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { checkDecays, checkGiven, checkRates, nonZero, Optimizer } from "./optimizer.ts";

/** Options of Adam. */
export interface AdamOptions {
  /**
   * The rate of the first step; it may be changed between steps.
   *
   * @default {1e-3}
   */
  learningRate?: number;
  /**
   * Decay of the first and second moment.
   *
   * @default {[0.9, 0.999]}
   */
  betas?: readonly [number, number];
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
}

/**
 * m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², w -= lr · m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ); the
 * corrections are computed on the host in float64.
 *
 * Memory in words: two moments as large as the weights.
 *
 * @example Usage
 * ```ts
 * import { Adam, clipGradNorm, crossEntropy, Dense, openDevice, Tape, Tensor } from "@refrain/refrain";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * using adam = new Adam(dense.parameters(), { learningRate: 1e-2 });
 * using tape = new Tape(device);
 * const y = dense.forward(Tensor.from(device, [1, 2], [1, 2]), tape);
 * adam.zeroGrad();
 * tape.backward(crossEntropy(y, Tensor.from(device, new Uint32Array([1]), [1, 1]), tape));
 * clipGradNorm(dense.parameters(), 1e-2);
 * adam.step();
 * ```
 */
export class Adam extends Optimizer {
  readonly #options: Required<Omit<AdamOptions, "learningRate">>;
  readonly #decoupled: boolean;
  readonly #moments: { m: Block; v: Block }[];

  /**
   * Takes charge of parameters.
   *
   * @param parameters What parameters() of a layer or model gives, or a part of that, or several together.
   * @param options The learning rate, and the other numbers of the update.
   * @param variant `decoupled`: for AdamW.
   * @throws {RangeError} If a rate is negative, a beta is not in [0, 1), or float32 does not hold one.
   * @throws {TypeError} If there are no parameters, one is listed twice, an option is unknown, or they lie on two
   * devices.
   */
  constructor(
    parameters: readonly Parameter[],
    options: AdamOptions = {},
    variant: { decoupled?: boolean } = {},
  ) {
    const { decoupled = false } = variant;
    const { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8 } = options;
    const { weightDecay = decoupled ? 1e-2 : 0 } = options;
    const name = decoupled ? "AdamW" : "Adam";
    checkGiven(name, parameters, options, { learningRate, betas, epsilon, weightDecay });
    refuseUnknown(`make ${name}`, variant, { decoupled });
    checkRates(name, { epsilon, weightDecay });
    checkDecays(name, "each of betas", betas);
    super(parameters, learningRate);
    this.#options = { betas, epsilon: nonZero(epsilon), weightDecay };
    this.#decoupled = decoupled;
    this.#moments = this.ranges.map((_, index) => ({
      m: this.moment("m", index),
      v: this.moment("v", index),
    }));
  }

  /** What it was made with, apart from the learning rate. */
  protected override get settings(): Readonly<Record<string, unknown>> {
    return { ...this.#options };
  }

  /** The rates of a step. */
  protected override ratesOf(step: number): number[] {
    const { betas: [beta1, beta2], weightDecay } = this.#options;
    return [
      this.learningRate / (1 - beta1 ** step),
      1 / Math.sqrt(1 - beta2 ** step),
      1 - this.learningRate * weightDecay,
    ];
  }

  /** The device's half of a step. */
  override update(): void {
    const { betas: [beta1, beta2], epsilon, weightDecay } = this.#options;
    this.move(({ values, gradients, health, length: count, index, beside }, rates) => {
      const { m, v } = this.#moments[index]!;
      const buffers = { gradients, rates, health, parameters: values, m: beside(m), v: beside(v) };
      this.device.run("adam", buffers, {
        count,
        beta1,
        beta2,
        complement1: 1 - beta1,
        complement2: 1 - beta2,
        epsilon,
        weightDecay,
        decoupled: this.#decoupled ? 1 : 0,
      });
    });
  }
}
