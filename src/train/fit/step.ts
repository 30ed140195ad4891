/**
 * One step of fit(): what the caller computes, then backward, clipping and update, as one program a shape.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { clipGradNorm } from "../../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { copy } from "../../tensors/copy.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { Tape } from "../../tensors/tape.ts";
import type { Tensor } from "../../tensors/tensor.ts";
import { MeanLoss } from "../mean_loss.ts";
import { type StepState, WatchedStep } from "../watched_step.ts";
import type { BatchReader } from "./batch.ts";
import { type AnyStep, Recordings } from "./recordings.ts";

/** What a step trains. */
export interface FitStepOptions {
  readonly device: Device;
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;
  /** The largest norm of the gradients; Infinity where they are not clipped. */
  readonly clip: number;
  /** Gives the loss. */
  readonly step: AnyStep;
  /** Checks batches. */
  readonly reader: BatchReader;
}

/** A step of any parameters and their optimizer. */
export class FitStep extends WatchedStep implements Disposable {
  readonly #options: FitStepOptions;
  readonly #recordings: Recordings;
  /** Which parameters a step moves: those of all shapes, as the optimizer counts their steps. */
  #moved: string | undefined;
  /** Steps that were given. */
  #steps = 0;

  /** Has recorded nothing. */
  constructor(options: FitStepOptions) {
    super(options.parameters, options.clip);
    const { device, optimizer, step, reader } = options;
    this.#options = options;
    this.loss = new MeanLoss(device, 1);
    const begin = (): void => optimizer.zeroGrad();
    this.#recordings = new Recordings(device, step, (loss, tape) => this.#learn(loss, tape!), {
      reader,
      begin,
      learns: true,
    });
    this.resetHealth();
  }

  #learn(loss: Tensor, tape: Tape): void {
    const { device, parameters, optimizer, clip } = this.#options;
    copy(device, loss, { block: this.loss.losses }, { columns: 1, accumulate: 1 });
    tape.push(() => tape.upstream(loss)); // a loss that the tape knows nothing of is told below
    tape.backward(loss);
    const moved = parameters.map(({ hasGradient }) => hasGradient);
    if (!moved.includes(true)) {
      throw new TypeError(
        "Cannot fit with a step whose loss moves no parameter: it must give its tape to each layer and to the loss",
      );
    }
    this.#moved ??= moved.join();
    if (this.#moved !== moved.join()) {
      throw new TypeError("Cannot fit with a step that moves other parameters for a batch of another shape");
    }
    clipGradNorm(parameters, clip);
    optimizer.update();
  }

  /**
   * Records the step for a batch, unless it is.
   *
   * @param batch A batch, not checked.
   * @returns Whether it was recorded now.
   * @throws {TypeError} If the batch is none, or the step cannot be recorded.
   */
  prepare(batch: unknown): boolean {
    return this.#recordings.prepare(batch);
  }

  /**
   * Gives the device one step to run.
   *
   * @param batch The batch that was prepared last.
   */
  run(batch: unknown): void {
    if (this.#steps === 0) this.resetHealth(); // another training may have run since it was made
    this.#options.optimizer.advance();
    this.begun = this.#steps + 1;
    this.#recordings.run(batch, this.#steps);
    this.#steps++;
  }

  /** Reads what goes on from step to step, all of it at once. */
  async state(): Promise<StepState> {
    return { carried: [], ...await this.watched() };
  }

  override restore(state: StepState, steps: number): void {
    super.restore(state, steps);
    this.#steps = steps;
  }

  /** Frees the recordings. */
  [Symbol.dispose](): void {
    this.#recordings[Symbol.dispose]();
    this.loss.losses[Symbol.dispose]();
  }
}
