/**
 * One step of fit(): what the caller computes, then backward, clipping and update, as one program a shape. Where it is of
 * several parts, or several ranks take it, a program a shape goes up to the gradients, which add up, and others do the rest.
 *
 * @module
 */
import type { Block, Device, Program } from "../../device/device.ts";
import { clipGradNorm } from "../../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { copy } from "../../tensors/copy.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { Tape } from "../../tensors/tape.ts";
import { Tensor } from "../../tensors/tensor.ts";
import { MeanLoss } from "../mean_loss.ts";
import type { Ranks } from "../ranks.ts";
import { inTurn, sumGradients } from "../sum_gradients.ts";
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
  /**
   * How many batches a step is of: its loss is the mean of theirs.
   *
   * @default {1}
   */
  readonly parts?: number;
  /** Who else takes the step, on as many rows: its loss is the mean of theirs. */
  readonly ranks?: Ranks | undefined;
}

/** What a step of several parts or ranks has. */
interface Apart {
  /** [1] The losses of the parts, where there are ranks. */
  readonly loss: Block;
  /** [1] What of the mean of all losses is a part's. */
  readonly share: Tensor;
  /** What comes before the first part, and behind the last, once the gradients are recorded. */
  ends?: { readonly begin: Program; readonly update: Program };
}

/** A step of any parameters and their optimizer. */
export class FitStep extends WatchedStep implements Disposable {
  readonly #options: FitStepOptions;
  readonly #recordings: Recordings;
  readonly #apart: Apart | undefined;
  /** Which parameters a step moves: those of all shapes, as the optimizer counts their steps. */
  #moved: string | undefined;
  /** Steps that were given. */
  #steps = 0;

  /** Has recorded nothing. */
  constructor(options: FitStepOptions) {
    super(options.parameters, options.clip);
    const { device, optimizer, step, reader, ranks } = options;
    this.#options = options;
    const { parts } = this.#place;
    if (ranks || parts > 1) {
      this.#apart = { loss: device.alloc(1), share: Tensor.from(device, [1 / parts], [1]) };
    }
    this.loss = new MeanLoss(device, 1);
    const begin = (): void => this.#apart ? undefined : optimizer.zeroGrad();
    this.#recordings = new Recordings(device, step, (loss, tape) => this.#learn(loss, tape!), {
      reader,
      begin,
      learns: true,
    });
    this.resetHealth();
  }

  /** Parts of all ranks, and those before this one's. */
  get #place(): { parts: number; before: number } {
    const { parts = 1, ranks } = this.#options;
    return { parts: parts * (ranks?.size ?? 1), before: parts * (ranks?.rank ?? 0) };
  }

  #learn(loss: Tensor, tape: Tape): void {
    const { device, parameters, ranks } = this.#options;
    const apart = this.#apart;
    const sum = apart && ranks ? apart.loss : this.loss.losses;
    copy(device, loss, { block: sum }, { columns: 1, accumulate: 1 });
    tape.push(() => tape.upstream(loss)); // a loss that the tape knows nothing of is told below
    tape.backward(loss, apart?.share);
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
    if (!apart) this.#recordUpdate();
  }

  /** Records the ends of a step of several parts or ranks. */
  #recordEnds({ loss }: Apart): Required<Apart>["ends"] {
    const { device, optimizer, ranks } = this.#options;
    const update = device.record(() => {
      if (ranks) copy(device, { block: loss }, { block: this.loss.losses }, { columns: 1, accumulate: 1 });
      this.#recordUpdate();
    });
    const begin = device.record(() => {
      device.clear(loss);
      optimizer.zeroGrad();
    });
    return { begin, update };
  }

  #recordUpdate(): void {
    const { parameters, optimizer, clip } = this.#options;
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
    const recorded = this.#recordings.prepare(batch);
    if (this.#apart) this.#apart.ends ??= this.#recordEnds(this.#apart);
    return recorded;
  }

  /**
   * Gives the device one step to run.
   *
   * @param batch The batch that was prepared last.
   */
  run(batch: unknown): void {
    for (const _ of this.parts([batch]));
  }

  /**
   * Gives the device one step to run, of several parts or ranks up to its gradients: update() gives the rest.
   *
   * @param batches A batch a part, all of the shapes that were prepared last.
   * @returns The parts that have been given, behind each of which others may have their turn.
   */
  *parts(batches: readonly unknown[]): Generator<number, void, void> {
    if (this.#steps === 0) this.resetHealth(); // another training may have run since it was made
    this.#options.optimizer.advance();
    this.begun = this.#steps + 1;
    const { parts, before } = this.#place;
    this.#apart?.ends?.begin.run();
    for (const [part, batch] of batches.entries()) {
      this.#recordings.run(batch, this.#steps, { part: before + part, parts });
      yield part;
    }
    this.#steps++;
  }

  /**
   * Gives the device the rest of a step of several parts or ranks.
   *
   * @returns A promise to wait for, where the gradients of other ranks are.
   */
  update(): Promise<void> | undefined {
    const { device, parameters, ranks } = this.#options;
    const apart = this.#apart;
    if (!apart) return undefined;
    const update = (): void => apart.ends!.update.run();
    if (!ranks) return inTurn([update]);
    return inTurn([
      () => sumGradients(parameters, ranks),
      () => device.alter(apart.loss, (words) => inTurn([() => ranks.sum(words), () => toMean(words, ranks)])),
      update,
    ]);
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
    const { ends, share, loss } = this.#apart ?? {};
    for (const one of [ends?.begin, ends?.update, share, loss]) one?.[Symbol.dispose]();
    this.loss.losses[Symbol.dispose]();
  }
}

/** A sum over ranks, as their mean. */
function toMean(words: Float32Array, { size }: Ranks): void {
  for (const [index, word] of words.entries()) words[index] = word / size;
}
