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
 * Where several ranks take a step, their gradients are summed before the update, on the host.
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Block, Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import { clipGradNorm } from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { MeanLoss } from "./mean_loss.ts";
import { PartStates } from "./part_states.ts";
import { joinRows, ownRows, type Ranks } from "./ranks.ts";
import { sumGradients } from "./sum_gradients.ts";
import { type StepState, WatchedStep } from "./watched_step.ts";
import { zeroGradients } from "./zero_gradients.ts";

/** What a step is recorded for. */
export interface StepOptions {
  /** B: rows of a batch, or of each of its parts; of those of a rank where there are several. */
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
  /** Who else takes the step: the gradients are then summed between two programs. */
  ranks?: Ranks | undefined;
}

/** A recorded step of a model and its optimizer. */
export class TrainingStep<S extends State> extends WatchedStep implements Disposable {
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
  /** Steps that were given. */
  #steps = 0;

  /**
   * Records the step.
   *
   * @param model The model, whose health is reset.
   * @param optimizer The optimizer of its parameters.
   * @param options Sizes of the batch, and what belongs to the step.
   */
  constructor(model: RNNModel<S>, optimizer: Optimizer, options: StepOptions) {
    super(model.parameters(), options.clip);
    const { device } = model;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#options = options;
    this.#tape = new Tape(device);
    try {
      if (options.parts > 1) this.#recordParts();
      else this.#recordWhole();
      if (options.resetProbability) this.#zeros = device.alloc(model.rnn.options.hiddenSize);
      this.resetHealth();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #recordWhole(): void {
    const gradients = (): void => {
      zeroGradients(this.#model, this.#optimizer);
      this.#carried = this.#recordGradients();
    };
    const update = (): void => this.#recordUpdate();
    const whole = (): void => {
      gradients();
      update();
    };
    this.#record(this.programs, this.#options.ranks ? [gradients, update] : [whole]);
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
    if (part === 0) zeroGradients(this.#model, this.#optimizer);
    for (const states of this.#states) {
      if (part > 0) states.store(part - 1);
      if (part < this.#options.parts) states.load(part);
    }
  }

  /** Gives what holds the state that is carried from run to run. */
  #recordGradients(): Carried[] {
    const { device } = this.#model;
    const { batchSize, numSteps, parts, carry, ranks } = this.#options;
    const shape = [batchSize, numSteps];
    const tape = this.#tape;
    const carried: Carried[] = [];
    this.#ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.#targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.loss = new MeanLoss(device, batchSize * numSteps, { ranks });
    const logits = this.#model.logits(this.#ids, tape, carry ? carried : undefined);
    addLosses(logits, this.#targets, this.loss.losses, tape, { runs: parts * (ranks?.size ?? 1) });
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
    this.update();
  }

  /**
   * Gives the device one step to run up to its gradients, part by part; update() gives the rest.
   *
   * @param batch Ids and targets, (B, T) each, or (parts·B, T).
   * @returns The parts that have been given, behind each of which others may have their turn.
   */
  *parts({ inputs, targets }: Batch): Generator<number, void, void> {
    const { parts, ranks } = this.#options;
    const [first] = this.programs;
    const before = parts * (ranks?.rank ?? 0);
    const all = parts * (ranks?.size ?? 1);
    const words = inputs.length / parts;
    this.#optimizer.advance();
    this.begun = this.#steps + 1;
    for (let part = 0; part < parts; part++) {
      this.#turns[part]?.run();
      this.#ids.write(inputs.subarray(part * words, (part + 1) * words));
      this.#targets.write(targets.subarray(part * words, (part + 1) * words));
      this.#tape.reseed(this.#steps, { part: before + part, parts: all });
      first!.run();
      yield part;
    }
    this.#turns[parts]?.run();
    this.#steps++;
  }

  /**
   * Gives the device the end of a step: clipping and update.
   *
   * @returns A promise to wait for, where the gradients of other ranks are.
   */
  update(): Promise<void> | undefined {
    const [, second] = this.programs;
    const summing = sumGradients(this.#model.parameters(), this.#options.ranks);
    if (summing) return summing.then(() => second!.run());
    second?.run();
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
   * Reads what goes on from step to step, all of it at once.
   *
   * @throws {RangeError} If the training has broken.
   */
  async state(): Promise<StepState> {
    const { ranks } = this.#options;
    const [own, watched] = await Promise.all([
      Promise.all(this.#carried.map((one) => one.read())),
      this.watched(),
    ]);
    const carried: Float32Array[] = [];
    for (const [index, one] of own.entries()) {
      carried.push(await joinRows(one, this.#carried[index]!.lengths, ranks));
    }
    return { carried, ...watched };
  }

  protected override get carriedLengths(): readonly number[] {
    const { ranks } = this.#options;
    return this.#carried.map(({ length }) => length * (ranks?.size ?? 1));
  }

  override restore(state: StepState, steps: number): void {
    const { ranks } = this.#options;
    this.#carried.forEach((one, index) => one.write(ownRows(state.carried[index]!, one.lengths, ranks)));
    super.restore(state, steps);
    this.#steps = steps;
  }

  /** Frees the recorded step. */
  [Symbol.dispose](): void {
    for (const made of [...this.programs, ...this.#turns]) made[Symbol.dispose]();
    this.#zeros?.[Symbol.dispose]();
  }
}
