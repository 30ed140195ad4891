/**
 * One step of training on lines: forward from zeros, backward, clipping and update, recorded once for each length that
 * batches have. Tokens count alike, whatever the length of their line: the loss is their sum by the mean number of tokens of
 * as many lines, so that what is padded, and how much, changes nothing.
 *
 * @module
 */
import type { LineBatch } from "../data/line_batches.ts";
import type { Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import { clipGradNorm } from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { MeanLoss } from "./mean_loss.ts";
import type { Ranks } from "./ranks.ts";
import { sumGradients } from "./sum_gradients.ts";
import { type StepState, WatchedStep } from "./watched_step.ts";
import { zeroGradients } from "./zero_gradients.ts";

/** What a step is recorded for. */
export interface LinesStepOptions {
  /** B: rows of a batch, or of each of its parts; of those of a rank where there are several. */
  readonly batchSize: number;
  /** T of the batches, rising. */
  readonly lengths: readonly number[];
  /** How many parts of B rows a batch has. */
  readonly parts: number;
  /** The largest norm of the gradients; Infinity where they are not clipped. */
  readonly clip: number;
  /** The target that counts for nothing. */
  readonly padding: number;
  /** The mean number of tokens of a line. */
  readonly tokensPerRow: number;
  /** The mean number of tokens of a run. */
  readonly tokensPerRun: number;
  /** Who else takes the step: the gradients are then summed before the update. */
  readonly ranks?: Ranks | undefined;
}

/** What is recorded for a length. */
interface Recording {
  readonly program: Program;
  readonly tape: Tape;
  /** u32 (B, T) */
  readonly ids: Tensor<"u32">;
  /** u32 (B, T) */
  readonly targets: Tensor<"u32">;
}

/** A recorded step of a model and its optimizer. */
export class LinesStep<S extends State> extends WatchedStep implements Disposable {
  readonly #model: RNNModel<S>;
  readonly #optimizer: Optimizer;
  readonly #options: LinesStepOptions;
  /** By length: the whole step, or of several parts, or ranks, one up to the gradients. */
  readonly #recordings: Map<number, Recording> = new Map();
  /** Of several parts or ranks: what comes before the first, and behind the last. */
  #ends: { begin: Program; update: Program } | undefined;
  /** Steps that were given. */
  #steps = 0;

  /**
   * Records the step.
   *
   * @param model The model, whose health is reset.
   * @param optimizer The optimizer of its parameters.
   * @param options Sizes of the batches, and what belongs to the step.
   */
  constructor(model: RNNModel<S>, optimizer: Optimizer, options: LinesStepOptions) {
    super(model.parameters(), options.clip);
    const { device } = model;
    const { batchSize, lengths, tokensPerRun, ranks } = options;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#options = options;
    this.loss = new MeanLoss(device, batchSize * lengths.at(-1)!, { counted: tokensPerRun, ranks });
    try {
      for (const steps of lengths) this.#recordings.set(steps, this.#record(steps));
      if (!this.#isWhole) {
        const update = device.record(() => this.#recordUpdate());
        this.#ends = { begin: device.record(() => this.#begin()), update };
      }
      this.resetHealth();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Whether a step is one program. */
  get #isWhole(): boolean {
    return this.#options.parts === 1 && !this.#options.ranks;
  }

  #record(steps: number): Recording {
    const { device } = this.#model;
    const { batchSize, padding, tokensPerRow } = this.#options;
    const shape = [batchSize, steps];
    const tape = new Tape(device);
    let ids!: Tensor<"u32">;
    let targets!: Tensor<"u32">;
    const program = device.record(() => {
      if (this.#isWhole) this.#begin();
      ids = Tensor.from(device, new Uint32Array(batchSize * steps), shape);
      targets = Tensor.from(device, new Uint32Array(batchSize * steps), shape);
      const logits = this.#model.logits(ids, tape);
      const scale = 1 / (tokensPerRow * batchSize * this.#place.parts);
      addLosses(logits, targets, this.loss.losses, tape, { scale, ignoreIndex: padding });
      tape.backward([]);
      if (this.#isWhole) this.#recordUpdate();
    });
    return { program, tape, ids, targets };
  }

  #begin(): void {
    zeroGradients(this.#model, this.#optimizer);
  }

  #recordUpdate(): void {
    clipGradNorm(this.#model.parameters(), this.#options.clip);
    this.#optimizer.update();
  }

  /** Parts of all ranks, and those before this one's. */
  get #place(): { parts: number; before: number } {
    const { parts, ranks } = this.#options;
    return { parts: parts * (ranks?.size ?? 1), before: parts * (ranks?.rank ?? 0) };
  }

  /**
   * Gives the device one step to run up to its gradients, part by part; update() gives the rest.
   *
   * @param batch Lines, (B, T) or (parts·B, T).
   * @returns The parts that have been given, behind each of which others may have their turn.
   */
  *parts({ inputs, targets, steps }: LineBatch): Generator<number, void, void> {
    const { parts } = this.#options;
    const { parts: all, before } = this.#place;
    const recording = this.#recordings.get(steps)!;
    const words = inputs.length / parts;
    this.#optimizer.advance();
    this.begun = this.#steps + 1;
    this.#ends?.begin.run();
    for (let part = 0; part < parts; part++) {
      recording.ids.write(inputs.subarray(part * words, (part + 1) * words));
      recording.targets.write(targets.subarray(part * words, (part + 1) * words));
      recording.tape.reseed(this.#steps, { part: before + part, parts: all });
      recording.program.run();
      yield part;
    }
    this.#steps++;
  }

  /**
   * Gives the device the end of a step of several parts or ranks: clipping and update.
   *
   * @returns A promise to wait for, where the gradients of other ranks are.
   */
  update(): Promise<void> | undefined {
    const summing = sumGradients(this.#model.parameters(), this.#options.ranks);
    if (summing) return summing.then(() => this.#ends!.update.run());
    this.#ends?.update.run();
  }

  /**
   * Reads what goes on from step to step, all of it at once.
   *
   * @throws {RangeError} If the training has broken.
   */
  async state(): Promise<StepState> {
    return { carried: [], ...await this.watched() };
  }

  override restore(state: StepState, steps: number): void {
    super.restore(state, steps);
    this.#steps = steps;
  }

  /** Frees the recorded step. */
  [Symbol.dispose](): void {
    for (const { program } of this.#recordings.values()) program[Symbol.dispose]();
    this.#ends?.begin[Symbol.dispose]();
    this.#ends?.update[Symbol.dispose]();
    this.loss.losses[Symbol.dispose]();
  }
}
