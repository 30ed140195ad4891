/**
 * One step of training, recorded once as programs and replayed: forward, backward, clipping, update, and the state that
 * is carried to the next step. Nothing is read back inside a step.
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import { clipGradNorm, healthWords, resetHealth, restoreHealth } from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { assertHealthy } from "./health.ts";
import { MeanLoss, type MeanLossState } from "./mean_loss.ts";

/** What a step is recorded for. */
export interface StepOptions {
  /** B: rows of a batch. */
  batchSize: number;
  /** T: steps of a batch. */
  numSteps: number;
  /** The largest norm of the gradients; Infinity where they are not clipped. */
  clip: number;
  /** Whether a step begins with the state that the last one left; else with zeros. */
  carry: boolean;
  /** Acts on the gradients before they are clipped; the step is then recorded in two parts, to run it between them. */
  between?: () => void;
}

/** What goes on from step to step: plain data. */
export interface StepState {
  /** The state that the next step begins with, a direction of a layer each: h (B, R), and for LSTM c (B, H). */
  carried: Float32Array[];
  /** The losses so far. */
  loss: MeanLossState;
  /** (8) words a module: the watch over gradients and updates. */
  health: Uint32Array[];
}

/** A recorded step of a model and its optimizer. */
export class TrainingStep<S extends State> implements Disposable {
  /** The whole step; or all up to the gradients, and from clipping on. */
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
  readonly #carried: Carried[] = [];
  /** Of the rows of the steps since it was reset. */
  loss!: MeanLoss;
  #steps = 0;

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
    const gradients = (): void => this.#recordGradients();
    const update = (): void => this.#recordUpdate();
    const whole = (): void => {
      gradients();
      update();
    };
    try {
      for (const part of options.between ? [gradients, update] : [whole]) {
        this.programs.push(device.record(part));
      }
      resetHealth(model.parameters());
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #recordGradients(): void {
    const { device } = this.#model;
    const { batchSize, numSteps, carry } = this.#options;
    const shape = [batchSize, numSteps];
    const tape = this.#tape;
    this.#ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.#targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.loss = new MeanLoss(device, batchSize * numSteps);
    this.#optimizer.zeroGrad();
    const logits = this.#model.logits(this.#ids, tape, carry ? this.#carried : undefined);
    addLosses(logits, this.#targets, this.loss.losses, tape);
    tape.backward([]);
  }

  #recordUpdate(): void {
    clipGradNorm(this.#model.parameters(), this.#options.clip);
    this.#optimizer.update();
  }

  /**
   * Gives the device one step to run.
   *
   * @param batch Ids and targets, (B, T) each.
   */
  run({ inputs, targets }: Batch): void {
    this.#ids.write(inputs);
    this.#targets.write(targets);
    this.#tape.reseed(this.#steps++);
    this.#optimizer.advance();
    const [first, second] = this.programs;
    first!.run();
    if (!second) return;
    this.#options.between!();
    second.run();
  }

  /** Sets the carried state to zero. */
  resetState(): void {
    for (const state of this.#carried) state.clear();
  }

  /**
   * Reads how the steps went.
   *
   * @returns The mean loss since it was reset, in nats a token, and the norm of the last gradients before clipping.
   * @throws {RangeError} If the gradients or the weights of some step were not finite.
   */
  async report(): Promise<{ loss: number; gradNorm: number }> {
    const loss = await this.loss.mean();
    return { loss, gradNorm: await assertHealthy(this.#model.parameters()) };
  }

  /** Reads what goes on from step to step, all of it at once. */
  async state(): Promise<StepState> {
    const [carried, loss, health] = await Promise.all([
      Promise.all(this.#carried.map((one) => one.read())),
      this.loss.state(),
      healthWords(this.#model.parameters()),
    ]);
    return { carried, loss, health };
  }

  /**
   * Checks what restore() would take.
   *
   * @param state What state() gave.
   * @throws {TypeError} If it is of another model or batch.
   */
  checkState({ carried, loss }: StepState): void {
    const sizes = (list: readonly { length: number }[]): string =>
      list.map(({ length }) => length).join(", ");
    if (sizes(carried) === sizes(this.#carried) && loss.rows.length === this.loss.losses.length) return;
    throw new TypeError("Cannot restore the training as its carried state is that of another model or batch");
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
  }

  /** Frees the recorded step. */
  [Symbol.dispose](): void {
    for (const program of this.programs) program[Symbol.dispose]();
  }
}
