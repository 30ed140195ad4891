/**
 * What every recorded step has, whatever it computes: the sum of its losses, and the watch over its gradients and updates.
 *
 * @module
 */
import { fitsHealth, healthWords, resetHealth, restoreHealth } from "../optimizers/clip_grad_norm.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { assertFiniteLoss, assertHealthy } from "./health.ts";
import { type LossSum, type MeanLoss, type MeanLossState, sumOf } from "./mean_loss.ts";

/** What goes on from step to step: plain data. */
export interface StepState {
  /** The state that the next step begins with, a direction of a layer each: h of all rows, R each, and for LSTM c, H each. */
  carried: Float32Array[];
  /** The losses so far. */
  loss: MeanLossState;
  /** (8) words a module: the watch over gradients and updates. */
  health: Uint32Array[];
}

/** A step that a training gives its device again and again. */
export abstract class WatchedStep {
  /** Of the steps since it was reset. */
  loss!: MeanLoss;
  /** The step that was begun last, from 1. */
  protected begun = 0;
  readonly #parameters: readonly Parameter[];
  readonly #clip: number;

  /**
   * Has watched nothing yet.
   *
   * @param parameters What it trains.
   * @param clip The largest norm of their gradients; Infinity where they are not clipped.
   */
  constructor(parameters: readonly Parameter[], clip: number) {
    this.#parameters = parameters;
    this.#clip = clip;
  }

  /** Forgets what was seen of the parameters in an earlier training. */
  protected resetHealth(): void {
    resetHealth(this.#parameters);
  }

  /** How many numbers a step carries to the next one, a direction of a layer each. */
  protected get carriedLengths(): readonly number[] {
    return [];
  }

  /**
   * Counts a run that was given.
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
    assertFiniteLoss(loss, { norm, step: this.begun, clip: this.#clip, of });
  }

  #healthy(): Promise<number> {
    return assertHealthy(this.#parameters, this.#clip);
  }

  /**
   * Reads how the steps went.
   *
   * @param options `ends`: whether the loss begins anew before the next step.
   * @returns The mean loss since it was reset, its sum, and the norm of the last gradients before clipping.
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

  /** Reads what of a state is the watch's, all of it at once. */
  protected async watched(): Promise<Pick<StepState, "loss" | "health">> {
    const [loss, health, norm] = await Promise.all([
      this.loss.state(),
      healthWords(this.#parameters),
      this.#healthy(),
    ]);
    this.assertFinite(sumOf(loss), norm);
    return { loss, health };
  }

  /**
   * Checks what restore() would take.
   *
   * @param state What state() gave.
   * @throws {TypeError} If it is of another model or batch.
   */
  checkState({ carried, loss, health }: StepState): void {
    const lengths = this.carriedLengths;
    const fits = lengths.length === carried.length &&
      lengths.every((length, index) => isFloats(carried[index], length)) &&
      isFloats(loss.rows, this.loss.rows);
    if (!fits) {
      throw new TypeError(
        "Cannot restore the training as its carried state is that of another model or batch",
      );
    }
    if (fitsHealth(this.#parameters, health)) return;
    throw new TypeError("Cannot restore the training as its watch over gradients is that of another model");
  }

  /**
   * Goes on from there.
   *
   * @param state What state() gave, of a step of the same options.
   * @param steps Steps that had run by then: masks of dropout follow from it.
   */
  restore({ loss, health }: StepState, steps: number): void {
    this.loss.restore(loss);
    restoreHealth(this.#parameters, health);
    this.begun = steps;
  }
}

/** Whether something is float32 numbers, so many. */
function isFloats(value: unknown, length: number): boolean {
  return value instanceof Float32Array && value.length === length;
}
