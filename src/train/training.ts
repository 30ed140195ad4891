/**
 * A training: all that it is made of, and the loop over epochs. train() is one from its first report to its last.
 *
 * @module
 */
import { type Batch, checkFits, consecutiveBatches, randomBatches, stepsPerEpoch } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import { DeviceError } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { turn, unlessAborted } from "../turn.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { Adam } from "../optimizers/adam.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Printable } from "../messages/printable.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { claim } from "./claim.ts";
import { TrainClock } from "./clock.ts";
import { checkText, checkTokens, type Evaluation, Evaluator } from "./evaluate.ts";
import { rowsToReset } from "./resets.ts";
import { settingsOf, type TrainOptions, type TrainReport, type TrainSettings } from "./options.ts";
import { ofValidation } from "./reading.ts";
import { reportOf, Reports } from "./reports.ts";
import { checkTrainingRoom } from "./room.ts";
import { ScheduledRate } from "./schedule.ts";
import { checkState, reachedBy, type TrainingSetting, type TrainingState } from "./state.ts";
import { TrainingStep } from "./step.ts";

/**
 * A training of a model on a corpus: it has the model's parameters until it is disposed.
 *
 * @example A training that stops and goes on
 * ```ts
 * import { Corpus, openDevice, RNN, RNNModel, Training, type TrainingState } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const makeModel = () =>
 *   new RNNModel(new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 }), 4);
 * const options = { epochs: 2, batchSize: 2, numSteps: 5 };
 *
 * let state: TrainingState;
 * const first = new Training(makeModel(), corpus, { ...options, epochs: 1 });
 * for await (const _report of first.run()) state = await first.state();
 *
 * using second = new Training(makeModel(), corpus, options);
 * second.restore(state!);
 * for await (const { epoch } of second.run()) assertEquals(epoch, 2);
 * ```
 */
export class Training<S extends State = State> extends Printable implements Disposable {
  /**
   * The recorded step, for measurements.
   *
   * @internal
   */
  readonly step: TrainingStep<S>;
  readonly #model: RNNModel<S>;
  readonly #corpus: Corpus;
  readonly #options: TrainOptions;
  readonly #settings: TrainSettings;
  readonly #stepsPerEpoch: number;
  readonly #optimizer: Optimizer;
  readonly #rate: ScheduledRate;
  readonly #evaluator: Evaluator<S> | undefined;
  /** What is freed with it, in the order in which it was made. */
  readonly #owned: Disposable[] = [];
  readonly #clock: TrainClock;
  readonly #reports: Reports;
  /** The epoch that runs. */
  #epoch = 1;
  /** Steps of it so far. */
  #step = 0;
  /** Steps so far. */
  #steps = 0;
  #runs = false;
  /** Whether the device has been given a part of a step. */
  #within = false;

  /**
   * Checks everything, claims the model's parameters and records the step.
   *
   * @param model The model to train.
   * @param corpus The corpus, of ids of the model's vocabulary.
   * @param options The options of train().
   * @param between Acts on the gradients of each step before they are clipped.
   * @throws {RangeError} If a corpus is too small, or a number or an id is out of range.
   * @throws {TypeError} If the model has another number of tokens, the schedule's unit does not suit it, or the optimizer
   * is of another device.
   * @throws {DeviceError} If another training has the parameters, or the device has no room for a batch.
   */
  constructor(model: RNNModel<S>, corpus: Corpus, options: TrainOptions, between?: () => void) {
    super();
    this.#settings = settingsOf(options);
    const { batchSize, numSteps, accumulateSteps, sampling, resetProbability } = this.#settings;
    const { clipGradNorm: clip = Infinity, patience = Infinity, learningRate, validation } = options;
    if (clip !== Infinity) assertIn(RANGES.positive, clip, { action: "train", name: "clipGradNorm" });
    if (patience !== Infinity) assertIn(RANGES.count, patience, { action: "train", name: "patience" });
    checkTokens(corpus, model, "train");
    const cut = { batchSize, numSteps, accumulateSteps, sampling };
    checkFits(corpus.size, { ...cut, kind: corpus.vocabulary.kind });
    if (validation) checkText(validation, model, "validate");
    checkTrainingRoom(model, this.#settings, { validation, adam: options.optimizer === undefined });
    this.#model = model;
    this.#corpus = corpus;
    this.#options = options;
    this.#stepsPerEpoch = stepsPerEpoch(corpus.size, cut);
    this.#reports = new Reports(this.#settings);
    this.#clock = new TrainClock(this.#stepsPerEpoch);
    try {
      this.#owned.push(claim(model.parameters()));
      this.#optimizer = options.optimizer ?? this.#own(new Adam(model.parameters(), { learningRate }));
      assertOn("an optimizer", this.#optimizer, model.device);
      this.#rate = new ScheduledRate(this.#optimizer, options.schedule);
      this.#evaluator = validation && this.#own(new Evaluator(model, validation, ofValidation(validation)));
      const carry = sampling === "consecutive";
      const sizes = { batchSize, numSteps, parts: accumulateSteps, clip, carry, resetProbability };
      this.step = this.#own(
        new TrainingStep(model, this.#optimizer, between ? { ...sizes, between } : sizes),
      );
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #own<D extends Disposable>(made: D): D {
    this.#owned.push(made);
    return made;
  }

  /**
   * Where the training is: between two steps, as in onStep, behind a report, or within a validation, which then begins
   * anew. It is read at once, whatever is given to the device meanwhile; of a step of several batches the end is waited for.
   *
   * @returns Plain data, which restore() takes.
   * @throws {RangeError} If losses, gradients or weights were not finite at some step.
   */
  async state(): Promise<TrainingState> {
    while (this.#within) await turn({ due: true });
    const schedule = this.#rate.state();
    const place = { epoch: this.#epoch, step: this.#step, steps: this.#steps, setting: this.#setting };
    const reports = this.#reports.state();
    const [weights, optimizer, step] = await Promise.all([
      this.#model.stateDict(),
      this.#optimizer.state(),
      this.step.state(),
    ]);
    return { ...place, ...reports, ...step, weights, optimizer, ...(schedule ? { schedule } : {}) };
  }

  /**
   * Goes on from where another training was: on the same device and build with the bits that it would have had. To be
   * called before run(); epochs, reports and the validation text may be others. Nothing is taken unless all fits.
   *
   * @param state What state() gave.
   * @throws {RangeError} If it is of another text, batch or sampling.
   * @throws {TypeError} If it lacks a part, or is of another model, optimizer or schedule.
   * @throws {DeviceError} If the training runs.
   */
  restore(state: TrainingState): void {
    this.#assertRests("restore the training");
    checkState(state, this.#setting, this.#stepsPerEpoch);
    this.#model.checkStateDict(state.weights);
    this.#optimizer.checkState(state.optimizer);
    this.step.checkState(state);
    this.#rate.restore(state.schedule); // checks before it takes
    this.#model.loadStateDict(state.weights);
    this.#optimizer.restore(state.optimizer);
    this.step.restore(state, state.steps);
    this.#epoch = state.epoch;
    this.#step = state.step;
    this.#steps = state.steps;
    this.#reports.restore(state);
  }

  /** Whether nothing is left to train: all epochs have ended, or as many reports as `patience` were no better. */
  get ended(): boolean {
    return this.#epoch > this.#settings.epochs || this.#reports.worse >= (this.#options.patience ?? Infinity);
  }

  #assertRests(task: string): void {
    if (this.#runs) throw new DeviceError(`Cannot ${task} as it runs: let its loop end or call its return()`);
  }

  /** How far it has come: the epoch of the last step, 0 before the first, and steps since training began. */
  get reached(): { epoch: number; step: number } {
    return reachedBy({ epoch: this.#epoch, step: this.#step, steps: this.#steps });
  }

  get #setting(): TrainingSetting {
    const { epochs: _, logEvery: __, ...setting } = this.#settings;
    return { tokens: this.#corpus.size, ...setting };
  }

  /**
   * Trains all epochs, or what is left of them behind restore() or a loop that was left.
   *
   * @returns A report as often as `logEvery` says, and one at the end.
   * @throws {RangeError} If losses, gradients or weights were not finite at some step.
   * @throws {DeviceError} If it runs.
   */
  async *run(): AsyncGenerator<TrainReport, void, void> {
    this.#assertRests("run the training");
    this.#runs = true;
    try {
      yield* this.#runEpochs();
    } finally {
      this.#runs = false;
    }
  }

  async *#runEpochs(): AsyncGenerator<TrainReport, void, void> {
    const { signal } = this.#options;
    await turn({ signal }); // to record the step took long
    await unlessAborted(this.#model.device.ready(), signal);
    this.#clock.restart();
    while (!this.ended) {
      const epoch = this.#epoch;
      yield* this.#runEpoch(epoch);
      const report = await this.#endEpoch(epoch);
      this.#epoch++;
      this.#step = 0;
      if (!report) continue;
      yield report;
      this.#clock.restart();
    }
  }

  /**
   * What the steps of an epoch are of: a batch each, or as many rows as all of its batches have.
   *
   * @param epoch The epoch, from 1.
   */
  batches(epoch: number): Iterable<Batch> {
    const { numSteps, accumulateSteps, sampling, seed } = this.#settings;
    const batchSize = this.#settings.batchSize * accumulateSteps;
    const { ids } = this.#corpus;
    return sampling === "random"
      ? randomBatches(ids, { batchSize, numSteps, seed, epoch })
      : consecutiveBatches(ids, { batchSize, numSteps });
  }

  /** Trains an epoch, or what is left of it; gives the reports within it. */
  async *#runEpoch(epoch: number): AsyncGenerator<TrainReport, void, void> {
    const { signal, onStep } = this.#options;
    const { epochs } = this.#settings;
    if (this.#step === 0) {
      if (!this.#settings.carryState) this.step.resetState();
      this.step.loss.reset();
    }
    if (this.#isDue(epoch)) yield* this.#reportWithin(epoch); // a state may be of behind the step, before the report
    let skipped = this.#step;
    const resets = rowsToReset(this.#settings, epoch);
    for (const batch of this.batches(epoch)) {
      const rows = resets.next().value!;
      if (skipped-- > 0) continue;
      signal?.throwIfAborted();
      this.step.resetRows(rows);
      await this.#giveStep(batch);
      const place = { epoch, epochs, step: this.#step, stepsPerEpoch: this.#stepsPerEpoch };
      await onStep?.({ ...place, tokensPerSecond: this.#clock.tokensPerSecond, ...this.step.loss.recent });
      await turn();
      if (this.#isDue(epoch)) yield* this.#reportWithin(epoch);
    }
  }

  /** Whether a report is due that does not stand for the end of an epoch. */
  #isDue(epoch: number): boolean {
    const ended = this.#step === this.#stepsPerEpoch;
    const place = { epoch, ended, steps: this.#steps, passed: this.#clock.passed };
    return this.#reports.isDue(this.step.loss, place);
  }

  async *#reportWithin(epoch: number): AsyncGenerator<TrainReport, void, void> {
    const { sums, gradNorm } = await this.step.report({ ends: false });
    const loss = this.#reports.within(this.step.loss, sums);
    const told = { epoch, step: this.#step, loss, steps: this.#steps, gradNorm };
    yield reportOf(told, { clock: this.#clock, optimizer: this.#optimizer });
    this.#clock.restart();
  }

  async #giveStep(batch: Batch): Promise<void> {
    this.#within = true;
    try {
      this.#rate.apply();
      for (const part of this.step.parts(batch)) {
        if (part === this.#settings.accumulateSteps - 1) break;
        await this.step.partEnded();
        await turn();
      }
      this.#rate.stepEnded();
      this.#clock.stepEnded(batch.inputs.length);
      this.#steps++;
      this.#step++;
      return this.step.partEnded();
    } finally {
      this.#within = false;
    }
  }

  /** Takes the schedule on; reads the losses where a report has them, now or later, or the schedule watches them. */
  async #endEpoch(epoch: number): Promise<TrainReport | undefined> {
    const isReport = this.#reports.endsEpoch(epoch);
    const ends = isReport || this.#rate.watches;
    if (!ends && !this.#reports.areWithin) {
      this.#rate.epochEnded();
      return undefined;
    }
    const { loss: ofEpoch, sums, gradNorm } = await this.step.report();
    const evaluation = ends ? await this.#clock.pause(() => this.#validate(epoch)) : undefined;
    if (evaluation) this.step.assertFinite(evaluation.loss, gradNorm, " of the validation");
    const losses = this.#reports.atEnd(this.step.loss, sums);
    this.#rate.epochEnded(evaluation?.loss ?? ofEpoch);
    this.#reports.epochEnded(sums, isReport ? evaluation?.loss ?? ofEpoch : undefined);
    if (!isReport) return undefined;
    const beside = { clock: this.#clock, optimizer: this.#optimizer, evaluation };
    return reportOf({ epoch, ...losses, steps: this.#steps, gradNorm }, beside);
  }

  #validate(epoch: number): Promise<Evaluation> | undefined {
    const { signal, onValidation } = this.#options;
    const place = { epoch, epochs: this.#settings.epochs };
    return this.#evaluator?.run(signal, () => onValidation?.(place));
  }

  /**
   * The training in a line: `Training(epoch 2 of 4, step 3 of 6), RNNModel(…), 40 parameters on wasm`.
   *
   * @returns Where it is, and its model.
   */
  override toString(): string {
    const { epochs } = this.#settings;
    const epoch = Math.min(this.#epoch, epochs);
    const step = this.#epoch > epochs ? this.#stepsPerEpoch : this.#step;
    return `Training(epoch ${epoch} of ${epochs}, step ${step} of ${this.#stepsPerEpoch}), ${this.#model}`;
  }

  /** Frees what it made, and gives the parameters back. */
  [Symbol.dispose](): void {
    const last = this.#owned.pop();
    if (!last) return;
    try {
      last[Symbol.dispose]();
    } finally {
      this[Symbol.dispose](); // the parameters are given back whatever has failed
    }
  }
}
