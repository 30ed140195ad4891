/**
 * What optimizers share: runs of parameters, the learning rate, and the two halves of a step: the host's, which writes
 * a few rates, and the device's, which can be recorded.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { errorNaming } from "../messages/naming.ts";
import { type Names, refuseUnknown } from "../messages/options.ts";
import { Due, type MovedRange } from "./due.ts";
import { Moments, type MomentsState } from "./moments.ts";
import { counted, optionsText, Printable } from "../messages/printable.ts";
import { assertIn, isFloat32, isIn, RANGES } from "../ranges.ts";
import {
  checkParameters,
  type Parameter,
  type ParameterRange,
  parameterRanges,
} from "../tensors/parameters.ts";

/**
 * Checks that rates of an optimizer are numbers from 0 up that float32 holds, as the device computes with them.
 *
 * @param optimizer For the sentence: "Adam".
 * @param rates By the names of their options.
 * @throws {RangeError} If one is not.
 */
export function checkRates(optimizer: string, rates: Record<string, number>): void {
  for (const [name, rate] of Object.entries(rates)) {
    assertIn(RANGES.rate, rate, { action: `use ${optimizer}`, name });
  }
}

/**
 * Checks that decays of means are below 1 as float32 too: at 1 a mean would not move.
 *
 * @param optimizer For the sentence: "Adam".
 * @param option Its name, and how it stands there: "each of betas".
 * @param decays Its values.
 * @throws {RangeError} If one is not.
 */
export function checkDecays(optimizer: string, option: string, decays: readonly number[]): void {
  for (const decay of decays) {
    if (isIn(RANGES.rate, decay) && Math.fround(decay) < 1) continue;
    throw new RangeError(
      `Cannot use ${optimizer} as ${option} must be a float32 number in [0, 1): current value is ${decay}`,
    );
  }
}

/**
 * Holds what an optimizer is made of, before it takes any memory.
 *
 * @param optimizer Its name.
 * @param parameters What was given.
 * @param options What was given.
 * @param known The options there are, by name.
 * @throws {TypeError} If one of them is no parameter, they lie on two devices, or an option is unknown.
 */
export function checkGiven<T extends object>(
  optimizer: string,
  parameters: readonly Parameter[],
  options: T,
  known: Names<T>,
): void {
  checkParameters(parameters, `new ${optimizer}(parameters, options)`);
  refuseUnknown(`make ${optimizer}`, options, known);
}

/** The smallest normal float32. */
const LEAST = 2 ** -126;

/**
 * The epsilon that a device is given: in place of 0 the least float32 that keeps 0 / 0 from being NaN. Words that pad the
 * parameters have a mean of 0; beside any other mean it is too small to count.
 *
 * @param epsilon From the options.
 */
export function nonZero(epsilon: number): number {
  return epsilon || LEAST;
}

/** Where an optimizer is: plain data, as torch.optim's state_dict() has it. */
export interface OptimizerState {
  /** Steps taken. */
  steps: number;
  /** The learning rate of the next step. */
  learningRate: number;
  /** Its running means. */
  moments: MomentsState;
  /** Steps that each parameter sat out, as it had no gradient; absent where none did. */
  missed?: number[];
}

/** Words of the block of rates. */
const RATES = 4;

/** An optimizer of parameters: of a model, of several, or of a part of one. */
export abstract class Optimizer extends Printable implements Disposable {
  /** Where the parameters lie. */
  readonly device: Device;
  /** The parameters that are updated, as ranges of their blocks. */
  protected readonly ranges: readonly ParameterRange[];
  /** The rates, written before each step: all that changes from step to step. */
  protected readonly rates: Block;
  /** Blocks of moments: those that it uses, and words for those that its options leave without a use. */
  readonly #blocks: Block[] = [];
  readonly #moments: Moments;
  readonly #due: Due;
  readonly #parameters: ReadonlySet<Parameter>;
  /** Rates of recorded parts that sat out steps. */
  readonly #lateRates: { readonly block: Block; readonly missed: number }[] = [];
  /** How many numbers it updates. */
  readonly #size: number;
  #learningRate: number;
  #steps = 0;

  /**
   * For optimizers: takes charge of parameters.
   *
   * @param parameters The parameters to update, each once.
   * @param learningRate The rate of the first step.
   * @throws {TypeError} If the list has no parameters, one of them twice, or of int8, or they lie on two devices.
   */
  constructor(parameters: readonly Parameter[], learningRate: number) {
    super();
    const { name } = new.target;
    checkParameters(parameters, `new ${name}(parameters, options)`);
    const [first] = parameters;
    if (!first) throw new TypeError(`Cannot make ${name} of an empty list of parameters`);
    this.#parameters = new Set(parameters);
    if (this.#parameters.size < parameters.length) {
      throw new TypeError(`Cannot make ${name} of a list that has a parameter twice`);
    }
    if (parameters.some(({ int8 }) => int8)) {
      throw new TypeError(
        `Cannot make ${name} of weights of int8: train the model that they were made of, and quantize it again`,
      );
    }
    this.device = first.device;
    this.ranges = parameterRanges(parameters);
    this.#moments = new Moments(parameters);
    this.#due = new Due(parameters, this.ranges);
    this.#size = parameters.reduce((sum, { size }) => sum + size, 0);
    this.#learningRate = learningRate;
    this.learningRate = learningRate; // checks it
    this.rates = this.device.alloc(RATES);
  }

  /** The learning rate of the next step. */
  get learningRate(): number {
    return this.#learningRate;
  }
  /** @throws {RangeError} If it is negative, or float32 does not hold it. */
  set learningRate(rate: number) {
    checkRates(this.constructor.name, { learningRate: rate });
    this.#learningRate = rate;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether it updates a parameter. */
  has(parameter: Parameter): boolean {
    return this.#parameters.has(parameter);
  }

  /**
   * Whether it updates some parameters and no others.
   *
   * @param parameters The parameters, each once, in any order.
   */
  isOf(parameters: readonly Parameter[]): boolean {
    return parameters.length === this.#parameters.size && parameters.every((one) => this.has(one));
  }

  /** A block of zeros as long as range `index`, freed with the optimizer; of one word where nothing uses it. */
  protected moment(name: string, index: number, used: boolean = true): Block {
    const range = this.ranges[index]!;
    try {
      const block = this.device.alloc(used ? range.length : 1);
      this.#blocks.push(block);
      if (used) this.#moments.add(name, range, block);
      return block;
    } catch (error) {
      this[Symbol.dispose](); // there will be no optimizer
      throw error;
    }
  }

  /** The rates of step `step` (from 1). */
  protected abstract ratesOf(step: number): number[];

  /** The device's half of a step: gives the kernels to run, or to record. */
  abstract update(): void;

  /**
   * The host's half: counts the step and writes its rates. Comes before update(), or before a recorded run.
   *
   * @throws {RangeError} If float32 does not hold what the rates come to at this step, which then is not taken.
   */
  advance(): void {
    this.#advance(true);
  }

  #advance(recorded: boolean): void {
    const step = this.#steps + 1;
    const rates = this.ratesOf(step);
    const bad = rates.find((rate) => !isFloat32(rate));
    if (bad !== undefined) {
      const learningRate = this.#learningRate;
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot take step ${step} of ${this.constructor.name} as its rates must be float32 numbers: ` +
          `with ${option("learningRate", learningRate)} one comes to ${bad}`,
      );
    }
    this.#steps = step;
    this.device.write(this.rates, new Float32Array(rates));
    this.#due.advance(recorded);
    for (const { block, missed } of this.#lateRates) if (block.alive) this.#writeRates(block, missed);
  }

  /** Rates of parameters that sat out steps. */
  #writeRates(block: Block, missed: number): void {
    this.device.write(block, new Float32Array(this.ratesOf(Math.max(1, this.#steps - missed))));
  }

  /**
   * For update(): gives each run of parameters that got a gradient since zeroGrad(), with the rates of its own steps.
   *
   * @param run Gives the kernel to run.
   */
  protected move(run: (part: MovedRange, rates: Block) => void): void {
    const { device } = this;
    for (const part of this.#due.parts(device.recording)) {
      if (part.missed === 0) {
        run(part, this.rates);
        continue;
      }
      const late = (): void => {
        const block = device.alloc(RATES);
        this.#writeRates(block, part.missed);
        if (device.recording) this.#lateRates.push({ block, missed: part.missed });
        run(part, block);
      };
      if (device.recording) late(); // the block belongs to the program
      else device.scope(late);
    }
  }

  /** Updates the parameters from their gradients. */
  step(): void {
    this.#advance(false);
    this.update();
  }

  /** Sets all gradients to zero, and takes them for absent: a step leaves alone what gets none before it. */
  zeroGrad(): void {
    this.device.note(() => this.#due.forget());
    for (const { gradients } of this.ranges) this.device.clear(gradients);
  }

  /**
   * Where it is, on the host.
   *
   * @returns Its steps, its learning rate, and its running means.
   */
  async state(): Promise<OptimizerState> {
    const { steps, learningRate } = this;
    const { missed } = this.#due;
    const moments = await this.#moments.read();
    return { steps, learningRate, moments, ...(missed.some((count) => count > 0) ? { missed } : {}) };
  }

  /**
   * Goes on from where another one was, of the same class, options and parameters. Nothing is taken unless all fits.
   *
   * @param state What state() gave.
   * @throws {TypeError} If it is of other running means, or of parameters of other sizes.
   * @throws {RangeError} If a number is out of range.
   */
  restore(state: OptimizerState): void {
    this.checkState(state);
    const { steps, learningRate, moments, missed } = state;
    this.#moments.write(moments);
    this.#due.missed = missed ?? this.#due.missed.map(() => 0);
    this.#steps = steps;
    this.learningRate = learningRate;
  }

  /**
   * Checks what restore() would take, and takes nothing.
   *
   * @param state What state() gave.
   * @throws {TypeError} If it is of other running means, or of parameters of other sizes.
   * @throws {RangeError} If a number is out of range.
   */
  checkState(state: OptimizerState): void {
    const { steps, learningRate, moments, missed } = state;
    const action = `restore ${this.constructor.name}`;
    refuseUnknown(action, state, { steps, learningRate, moments, missed });
    assertIn(RANGES.amount, steps, { action, name: "steps" });
    if (missed !== undefined) this.#due.check(missed, steps, action);
    checkRates(this.constructor.name, { learningRate });
    this.#moments.check(moments, this.constructor.name);
  }

  /** What it was made with, apart from the learning rate: for its line. */
  protected get settings(): Readonly<Record<string, unknown>> {
    return {};
  }

  /**
   * The optimizer in a line: `SGD(learningRate: 0.01, momentum: 0.9, …), 40 parameters on wasm, 3 steps`.
   *
   * @returns Its class and numbers, how much it updates, and the steps taken.
   */
  override toString(): string {
    const { learningRate } = this;
    const options = optionsText({ learningRate, ...this.settings });
    const size = counted(this.#size, "parameter");
    const steps = counted(this.#steps, "step");
    return `${this.constructor.name}(${options.join(", ")}), ${size} on ${this.device.name}, ${steps}`;
  }

  /** Its memory and that of the parameters: a scope which it is returned from leaves these alone. */
  blocks(): Block[] {
    const ranges = this.ranges.flatMap(({ values, gradients, health }) => [values, gradients, health]);
    return [this.rates, ...this.#blocks, ...ranges];
  }

  /** Frees the moments. */
  [Symbol.dispose](): void {
    for (const block of [this.rates, ...this.#blocks]) block[Symbol.dispose]();
  }
}
