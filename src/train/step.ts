/**
 * One step of training, recorded once as programs and replayed: forward, backward, clipping, update, and the state that
 * is carried to the next step. Nothing is read back inside a step.
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Block, Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import { clipGradNorm, resetHealth } from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { assertHealthy } from "./health.ts";
import { MeanLoss } from "./mean_loss.ts";

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
  readonly #carried: Block[] = [];
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
    for (const block of this.#carried) this.#model.device.clear(block);
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

  /** Frees the recorded step. */
  [Symbol.dispose](): void {
    for (const program of this.programs) program[Symbol.dispose]();
  }
}
