/**
 * What optimizers share: runs of parameters, the learning rate, and the two halves of a step: the host's, which writes
 * a few rates, and the device's, which can be recorded.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { checkParameters, type Parameter, type Range, ranges } from "../parameters.ts";

/**
 * Holds that rates of an optimizer are numbers from 0 up, as PyTorch does.
 *
 * @param optimizer for the sentence: "Adam"
 * @param rates by the names of their options
 * @throws {RangeError} when one is negative or not finite
 */
export function checkRates(optimizer: string, rates: Record<string, number>): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate >= 0 && rate < Infinity)) {
      throw new RangeError(
        `Cannot use ${optimizer} as ${name} must not be negative, nor infinite: current value is ${rate}`,
      );
    }
  }
}

/** Words of the block of rates. */
const RATES = 4;

/** An optimizer of parameters: of a model, of several, or of a part of one. */
export abstract class Optimizer implements Disposable {
  /** Where the parameters lie. */
  readonly device: Device;
  /** What is updated. */
  protected readonly ranges: readonly Range[];
  /** Written before each step: the only thing that changes from step to step. */
  protected readonly rates: Block;
  readonly #moments: Block[] = [];
  #learningRate: number;
  #steps = 0;

  /**
   * For optimizers.
   *
   * @throws {TypeError} when the list has no parameters, one of them twice, or they lie on two devices
   */
  constructor(parameters: readonly Parameter[], learningRate: number) {
    const { name } = new.target;
    checkParameters(parameters, `new ${name}(parameters, options)`);
    const [first] = parameters;
    if (!first) throw new TypeError(`Cannot make ${name} of an empty list of parameters`);
    if (new Set(parameters).size < parameters.length) {
      throw new TypeError(`Cannot make ${name} of a list that has a parameter twice`);
    }
    this.device = first.device;
    this.ranges = ranges(parameters);
    this.rates = this.device.alloc(RATES);
    this.#learningRate = this.learningRate = learningRate;
  }

  /** The learning rate of the next step. */
  get learningRate(): number {
    return this.#learningRate;
  }
  /** @throws {RangeError} when it is negative or not finite */
  set learningRate(rate: number) {
    if (!(rate >= 0 && rate < Infinity)) {
      throw new RangeError(
        `Cannot set a learning rate that is negative or not finite: current value is ${rate}`,
      );
    }
    this.#learningRate = rate;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** A block of zeros as long as range `index`, or of `length` words, freed with the optimizer. */
  protected moment(index: number, length: number = this.ranges[index]!.length): Block {
    const block = this.device.alloc(length);
    this.#moments.push(block);
    return block;
  }

  /** The rates of step `step` (from 1). */
  protected abstract ratesOf(step: number): number[];

  /** The device's half of a step: gives the kernels to run, or to record. */
  abstract update(): void;

  /** The host's half: counts the step and writes its rates. Comes before update(), or before a recorded run. */
  advance(): void {
    this.#steps++;
    this.device.write(this.rates, new Float32Array(this.ratesOf(this.#steps)));
  }

  /** Updates the parameters from their gradients. */
  step(): void {
    this.advance();
    this.update();
  }

  /** Sets all gradients to zero. */
  zeroGrad(): void {
    for (const { gradients } of this.ranges) this.device.clear(gradients);
  }

  /** Its memory and that of the parameters: a scope which it is returned from leaves these alone. */
  blocks(): Block[] {
    const ranges = this.ranges.flatMap(({ values, gradients, health }) => [values, gradients, health]);
    return [this.rates, ...this.#moments, ...ranges];
  }

  /** Frees the moments. */
  [Symbol.dispose](): void {
    for (const block of [this.rates, ...this.#moments]) block[Symbol.dispose]();
  }
}
