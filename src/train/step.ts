/**
 * One step of training, recorded once as programs and replayed: forward, backward, clipping, update, and the state that
 * is carried to the next step. Nothing is read back inside a step.
 *
 * A step of several parts runs forward and backward once a part, the rows of a batch one part after the other, and their
 * gradients add up to those of the whole batch:
 *
 * ```text
 * gradients to zero · the part's state in · forward, backward · its state out      part 0
 *                     the part's state in · forward, backward · its state out      part 1, …
 *                                                                clipping, update   once
 * ```
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Block, Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import {
  clipGradNorm,
  fitsHealth,
  healthWords,
  resetHealth,
  restoreHealth,
} from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { assertFiniteLoss, assertHealthy } from "./health.ts";
import { type LossSum, MeanLoss, type MeanLossState, sumOf } from "./mean_loss.ts";
import { PartStates } from "./part_states.ts";

/** What a step is recorded for. */
export interface StepOptions {
  /** B: rows of a batch, or of each of its parts. */
  batchSize: number;
  /** T: steps of a batch. */
  numSteps: number;
  /** How many parts of B rows a batch has. */
  parts: number;
  /** The largest norm of the gradients; Infinity where they are not clipped. */
  clip: number;
  /** Whether a step begins with the state that the last one left; else with zeros. */
  carry: boolean;
  /** How likely a row begins from a zero state; resetRows() does it. */
  resetProbability?: number;
  /** Acts on the gradients before they are clipped; the step is then recorded in two parts, to run it between them. */
  between?: () => void;
}

/** What goes on from step to step: plain data. */
export interface StepState {
  /** The state that the next step begins with, a direction of a layer each: h of all rows, R each, and for LSTM c, H each. */
  carried: Float32Array[];
  /** The losses so far. */
  loss: MeanLossState;
  /** (8) words a module: the watch over gradients and updates. */
  health: Uint32Array[];
}

/** A recorded step of a model and its optimizer. */
export class TrainingStep<S extends State> implements Disposable {
  /** The whole step; or all up to the gradients of a part, and from clipping on. */
  readonly programs: Program[] = [];
  readonly #model: RNNModel<S>;
  readonly #optimizer: Optimizer;
  readonly #options: StepOptions;
  readonly #tape: Tape;
  /** u32 (B, T) */
  #ids!: Tensor<"u32">;
  /** u32 (B, T) */
  #targets!: Tensor<"u32">;
  /** What holds the state that is carried from step to step. */
  #carried: readonly (Carried | PartStates)[] = [];
  /** What comes before each part of a step: its state instead of that of the part before. */
  readonly #turns: Program[] = [];
  readonly #states: PartStates[] = [];
  /** (H), where rows may begin anew: a row of h or of c has no more. */
  #zeros: Block | undefined;
  /** Of the rows of the steps since it was reset. */
  loss!: MeanLoss;
  /** Steps that were given. */
  #steps = 0;
  /** The step that was begun last, from 1. */
  #begun = 0;

  /**
   * Records the step.
   *
   * @param model The model, whose health is reset.
   * @param optimizer The optimizer of its parameters.
   * @param options Sizes of the batch, and what belongs to the step.
   */
  constructor(model: RNNModel<S>, optimizer: Optimizer, options: StepOptions) {
    const { device } = model;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#options = options;
    this.#tape = new Tape(device);
    try {
      if (options.parts > 1) this.#recordParts();
      else this.#recordWhole();
      if (options.resetProbability) this.#zeros = device.alloc(model.rnn.options.hiddenSize);
      resetHealth(model.parameters());
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #recordWhole(): void {
    const gradients = (): void => {
      this.#optimizer.zeroGrad();
      this.#carried = this.#recordGradients();
    };
    const update = (): void => this.#recordUpdate();
    const whole = (): void => {
      gradients();
      update();
    };
    this.#record(this.programs, this.#options.between ? [gradients, update] : [whole]);
  }

  #recordParts(): void {
    const { device } = this.#model;
    const { parts } = this.#options;
    this.#record(this.programs, [(): void => {
      for (const carried of this.#recordGradients()) {
        this.#states.push(new PartStates(device, carried, parts));
      }
    }, (): void => this.#recordUpdate()]);
    this.#carried = this.#states;
    const last = this.#states.length > 0 ? parts : 0; // without a state only the gradients are to be cleared
    for (let part = 0; part <= last; part++) this.#record(this.#turns, [(): void => this.#recordTurn(part)]);
  }

  #record(programs: Program[], bodies: readonly (() => void)[]): void {
    for (const body of bodies) programs.push(this.#model.device.record(body));
  }

  /** What comes before a part, or behind the last one. */
  #recordTurn(part: number): void {
    if (part === 0) this.#optimizer.zeroGrad();
    for (const states of this.#states) {
      if (part > 0) states.store(part - 1);
      if (part < this.#options.parts) states.load(part);
    }
  }

  /** Gives what holds the state that is carried from run to run. */
  #recordGradients(): Carried[] {
    const { device } = this.#model;
    const { batchSize, numSteps, parts, carry } = this.#options;
    const shape = [batchSize, numSteps];
    const tape = this.#tape;
    const carried: Carried[] = [];
    this.#ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.#targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.loss = new MeanLoss(device, batchSize * numSteps);
    const logits = this.#model.logits(this.#ids, tape, carry ? carried : undefined);
    addLosses(logits, this.#targets, this.loss.losses, tape, { runs: parts });
    tape.backward([]);
    return carried;
  }

  #recordUpdate(): void {
    clipGradNorm(this.#model.parameters(), this.#options.clip);
    this.#optimizer.update();
  }

  /**
   * Gives the device one step to run.
   *
   * @param batch Ids and targets, (B, T) each, or (parts·B, T).
   */
  run(batch: Batch): void {
    for (const _ of this.parts(batch));
  }

  /**
   * Gives the device one step to run, part by part.
   *
   * @param batch Ids and targets, (B, T) each, or (parts·B, T).
   * @returns The parts that have been given, behind each of which others may have their turn.
   */
  *parts({ inputs, targets }: Batch): Generator<number, void, void> {
    const { parts, between } = this.#options;
    const [first, second] = this.programs;
    const words = inputs.length / parts;
    this.#optimizer.advance();
    this.#begun = this.#steps + 1;
    for (let part = 0; part < parts; part++) {
      this.#turns[part]?.run();
      this.#ids.write(inputs.subarray(part * words, (part + 1) * words));
      this.#targets.write(targets.subarray(part * words, (part + 1) * words));
      this.#tape.reseed(this.#steps, { part, parts });
      first!.run();
      if (part < parts - 1) yield part;
    }
    this.#turns[parts]?.run();
    this.#steps++;
    between?.();
    second?.run();
    yield parts - 1;
  }

  /**
   * Counts a part that was given.
   *
   * @returns A promise to wait for, where it is time to wait for the device. It fails where the training has broken by then.
   */
  partEnded(): Promise<void> | undefined {
    const sum = this.loss.runEnded();
    if (!sum) return undefined;
    return Promise.all([this.#healthy(), sum]).then(([norm, loss]) => this.assertFinite(loss, norm));
  }

  /**
   * Checks a loss.
   *
   * @param loss The loss, or a sum of losses.
   * @param norm The norm of the last gradients.
   * @param of What it is the loss of, for the sentence.
   * @throws {RangeError} If it is not finite.
   */
  assertFinite(loss: number, norm: number, of: string = ""): void {
    assertFiniteLoss(loss, { norm, step: this.#begun, clip: this.#options.clip, of });
  }

  #healthy(): Promise<number> {
    return assertHealthy(this.#model.parameters(), this.#options.clip);
  }

  /** Sets the carried state to zero. */
  resetState(): void {
    for (const state of this.#carried) state.clear();
  }

  /**
   * Has the next step begin with a zero state in some rows.
   *
   * @param rows Which, of those of all parts.
   */
  resetRows(rows: readonly number[]): void {
    if (!this.#zeros) return;
    const from = { rows: this.#options.batchSize * this.#options.parts, zeros: this.#zeros };
    for (const row of rows) {
      for (const state of this.#carried) state.clearRow(row, from);
    }
  }

  /**
   * Reads how the steps went.
   *
   * @param options `ends`: whether the loss begins anew before the next step.
   * @returns The mean loss since it was reset, in nats a token, its sum, and the norm of the last gradients before clipping.
   * @throws {RangeError} If the losses, the gradients or the weights of some step were not finite.
   */
  async report(
    { ends = true }: { ends?: boolean } = {},
  ): Promise<{ loss: number; sums: LossSum; gradNorm: number }> {
    const sums = await this.loss.sum({ ends });
    const loss = this.loss.meanOf(sums);
    const gradNorm = await this.#healthy();
    this.assertFinite(loss, gradNorm);
    return { loss, sums, gradNorm };
  }

  /**
   * Reads what goes on from step to step, all of it at once.
   *
   * @throws {RangeError} If the training has broken.
   */
  async state(): Promise<StepState> {
    const [carried, loss, health, norm] = await Promise.all([
      Promise.all(this.#carried.map((one) => one.read())),
      this.loss.state(),
      healthWords(this.#model.parameters()),
      this.#healthy(),
    ]);
    this.assertFinite(sumOf(loss), norm);
    return { carried, loss, health };
  }

  /**
   * Checks what restore() would take.
   *
   * @param state What state() gave.
   * @throws {TypeError} If it is of another model or batch.
   */
  checkState({ carried, loss, health }: StepState): void {
    const fits = this.#carried.length === carried.length &&
      this.#carried.every(({ length }, index) => isFloats(carried[index], length)) &&
      isFloats(loss.rows, this.loss.losses.length);
    if (!fits) {
      throw new TypeError(
        "Cannot restore the training as its carried state is that of another model or batch",
      );
    }
    if (fitsHealth(this.#model.parameters(), health)) return;
    throw new TypeError("Cannot restore the training as its watch over gradients is that of another model");
  }

  /**
   * Goes on from there.
   *
   * @param state What state() gave, of a step of the same options.
   * @param steps Steps that had run by then: masks of dropout follow from it.
   */
  restore({ carried, loss, health }: StepState, steps: number): void {
    this.#carried.forEach((one, index) => one.write(carried[index]!));
    this.loss.restore(loss);
    restoreHealth(this.#model.parameters(), health);
    this.#steps = steps;
    this.#begun = steps;
  }

  /** Frees the recorded step. */
  [Symbol.dispose](): void {
    for (const made of [...this.programs, ...this.#turns]) made[Symbol.dispose]();
    this.#zeros?.[Symbol.dispose]();
  }
}

/** Whether something is float32 numbers, so many. */
function isFloats(value: unknown, length: number): boolean {
  return value instanceof Float32Array && value.length === length;
}
