/**
 * The loop over epochs and steps that every training is. What it has, and what a course adds:
 *
 * | the loop                                  | running text (text_course.ts) | batches of arrays (fit/course.ts) |
 * | ----------------------------------------- | ----------------------------- | --------------------------------- |
 * | parameters, optimizer, schedule, clipping | of a model                    | any                               |
 * | epochs, steps within them, where it is    | a corpus that it cuts         | an iterable an epoch              |
 * | a step: given, waited for, watched        | one recording, in parts       | a recording a shape               |
 * | losses, reports, patience                 | nats a token, perplexity      | the step's own                    |
 * | when to validate                          | a text                        | batches                           |
 * | signal, turns for others, the clock       | tokens a second               | steps a second                    |
 * | state and restore, of all of this         | carried states, resets        | nothing more                      |
 *
 * @module
 */
import { DeviceError } from "../device/device.ts";
import { Printable } from "../messages/printable.ts";
import { turn, turnIsDue, unlessAborted } from "../turn.ts";
import type { Course } from "./course.ts";
import { Reports } from "./reports.ts";
import { checkState, reachedBy, type TrainingState } from "./state.ts";

/**
 * A training: what fit() gives, and what a Training on a text is. `Report` is what it tells, `Setting` what of it must be
 * the same where another one goes on from its state.
 */
export class TrainingLoop<Report, Setting extends object> extends Printable implements Disposable {
  readonly #course: Course<unknown, Report, Setting>;
  readonly #reports: Reports;
  /** Whether reports come within epochs too. */
  readonly #reportsWithin: boolean;
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
   * Has not begun.
   *
   * @internal
   * @param course What it is of, which is freed with it.
   */
  constructor(course: Course<unknown, Report, Setting>) {
    super();
    this.#course = course;
    this.#reports = new Reports(course.settings);
    this.#reportsWithin = this.#reports.areWithin;
  }

  /**
   * Where the training is: between two steps, as in onStep, behind a report, or within a validation, which then begins
   * anew. It is read at once, whatever is given to the device meanwhile; of a step of several batches the end is waited for.
   *
   * @returns Plain data, which restore() takes.
   * @throws {RangeError} If losses, gradients or weights were not finite at some step.
   */
  async state(): Promise<TrainingState<Setting>> {
    while (this.#within) await turn({ due: true });
    const schedule = this.#course.rate.state();
    const place = { epoch: this.#epoch, step: this.#step, steps: this.#steps, setting: this.#course.setting };
    const reports = this.#reports.state();
    const [weights, optimizer, step] = await Promise.all([
      this.#course.weights.stateDict(),
      this.#course.optimizer.state(),
      this.#course.step.state(),
    ]);
    return { ...place, ...reports, ...step, weights, optimizer, ...(schedule ? { schedule } : {}) };
  }

  /**
   * Goes on from where another training was: on the same device and build with the bits that it would have had. To be
   * called before run(); epochs, reports and what is validated may be others. Nothing is taken unless all fits.
   *
   * @param state What state() gave.
   * @throws {RangeError} If it is of other data or settings.
   * @throws {TypeError} If it lacks a part, or is of another model, optimizer or schedule.
   * @throws {DeviceError} If the training runs, or another one of its parameters.
   */
  restore(state: TrainingState<Setting>): void {
    this.#assertRests("restore the training");
    const { weights, optimizer, rate, step, setting, bounds } = this.#course;
    checkState(state, setting, bounds);
    weights.checkStateDict(state.weights);
    optimizer.checkState(state.optimizer);
    step.checkState(state);
    this.#course.claim()?.[Symbol.dispose]();
    rate.restore(state.schedule); // checks before it takes
    weights.loadStateDict(state.weights);
    optimizer.restore(state.optimizer);
    step.restore(state, state.steps);
    this.#epoch = state.epoch;
    this.#step = state.step;
    this.#steps = state.steps;
    this.#reports.restore(state);
  }

  /** Whether nothing is left to train: all epochs have ended, or as many reports as `patience` were no better. */
  get ended(): boolean {
    const { epochs, patience } = this.#course.settings;
    return this.#epoch > epochs || this.#reports.worse >= patience;
  }

  #assertRests(task: string): void {
    if (this.#runs) throw new DeviceError(`Cannot ${task} as it runs: let its loop end or call its return()`);
  }

  /** How far it has come: the epoch of the last step, 0 before the first, and steps since training began. */
  get reached(): { epoch: number; step: number } {
    return reachedBy({ epoch: this.#epoch, step: this.#step, steps: this.#steps });
  }

  /**
   * Trains all epochs, or what is left of them behind restore() or a loop that was left.
   *
   * @returns A report as often as `logEvery` says, and one at the end.
   * @throws {RangeError} If losses, gradients or weights were not finite at some step.
   * @throws {DeviceError} If it runs, or another training has its parameters.
   */
  async *run(): AsyncGenerator<Report, void, void> {
    this.#assertRests("run the training");
    const claim = this.#course.claim();
    this.#runs = true;
    try {
      yield* this.#runEpochs();
    } finally {
      this.#runs = false;
      claim?.[Symbol.dispose]();
    }
  }

  async *#runEpochs(): AsyncGenerator<Report, void, void> {
    const { signal, device, clock } = this.#course;
    await turn({ signal }); // to record the step took long
    await unlessAborted(device.ready(), signal);
    await this.#course.begin();
    clock.restart();
    while (!this.ended) {
      const epoch = this.#epoch;
      yield* this.#runEpoch(epoch);
      const report = await this.#endEpoch(epoch);
      this.#epoch++;
      this.#step = 0;
      if (!report) continue;
      yield report;
      clock.restart();
    }
  }

  /** Trains an epoch, or what is left of it; gives the reports within it. */
  async *#runEpoch(epoch: number): AsyncGenerator<Report, void, void> {
    const { settings: { epochs }, signal, clock } = this.#course;
    if (this.#step === 0) this.#course.beginEpoch();
    const items = this.#course.items(epoch)[Symbol.iterator]();
    try {
      let next = this.#skip(items);
      await this.#course.meet();
      if (this.#isDue(epoch, next)) yield* this.#reportWithin(epoch); // a state may be of behind the step, before the report
      while (!next.done) {
        signal?.throwIfAborted();
        const preparing = this.#course.prepare(next.value);
        if (preparing) await clock.pause(() => preparing);
        // A promise is waited for where there is one: each wait costs as much as a small step has to spare.
        const given = this.#giveStep(next.value);
        if (given) await given;
        next = items.next();
        const told = this.#course.tellStep({ epoch, epochs, step: this.#step });
        if (told) await told;
        if (turnIsDue()) await turn();
        const meeting = this.#course.meet();
        if (meeting) await meeting;
        if (this.#isDue(epoch, next)) yield* this.#reportWithin(epoch);
      }
    } finally {
      items.return?.();
    }
  }

  /** Passes over the steps that were taken, and gives what comes next. */
  #skip(items: Iterator<unknown>): IteratorResult<unknown> {
    for (let step = 0; step < this.#step; step++) {
      if (!items.next().done) continue;
      throw new RangeError(
        `Cannot go on training behind step ${this.#step} of epoch ${this.#epoch}: it has ${step} steps`,
      );
    }
    return items.next();
  }

  /** Whether a report is due that does not stand for the end of an epoch. */
  #isDue(epoch: number, { done = false }: IteratorResult<unknown>): boolean {
    if (!this.#reportsWithin) return false; // no look at the clock
    const place = { epoch, ended: done, steps: this.#steps, passed: this.#course.passed };
    return this.#reports.isDue(this.#course.step.loss, place);
  }

  async *#reportWithin(epoch: number): AsyncGenerator<Report, void, void> {
    const { step, clock } = this.#course;
    const { sums, gradNorm } = await step.report({ ends: false });
    const loss = this.#reports.within(step.loss, sums);
    yield this.#course.reportOf({ epoch, step: this.#step, loss, steps: this.#steps, gradNorm });
    clock.restart();
  }

  /** Gives the device a step; what it gives back is to be waited for. */
  #giveStep(item: unknown): Promise<void> | undefined {
    this.#within = true;
    let rest: Promise<void> | undefined;
    try {
      this.#course.rate.apply();
      const parts = this.#course.give(item)[Symbol.iterator]();
      if (!parts.next().done) rest = this.#giveRest(item, parts);
      else {
        const updating = this.#course.update();
        if (!updating) return this.#endStep(item);
        rest = this.#waitForEnd(item, updating);
      }
      return rest;
    } finally {
      if (!rest) this.#within = false;
    }
  }

  /** Waits between parts of a step, of which the first was given. */
  async #giveRest(item: unknown, parts: Iterator<unknown>): Promise<void> {
    try {
      do {
        await this.#course.step.partEnded();
        await turn();
      } while (!parts.next().done);
      await this.#course.update();
      return this.#endStep(item);
    } finally {
      this.#within = false;
      parts.return?.();
    }
  }

  /** Waits for the end of a step, which is not the device's alone. */
  async #waitForEnd(item: unknown, updating: Promise<void>): Promise<void> {
    try {
      await updating;
      return this.#endStep(item);
    } finally {
      this.#within = false;
    }
  }

  #endStep(item: unknown): Promise<void> | undefined {
    const { step, rate, clock } = this.#course;
    rate.stepEnded();
    clock.stepEnded(this.#course.tokensOf(item));
    this.#steps++;
    this.#step++;
    return step.partEnded();
  }

  /** Takes the schedule on; reads the losses where a report has them, now or later, or the schedule watches them. */
  async #endEpoch(epoch: number): Promise<Report | undefined> {
    const { step, rate, clock } = this.#course;
    const isReport = this.#reports.endsEpoch(epoch);
    const ends = isReport || rate.watches;
    if (!ends && !this.#reportsWithin) {
      rate.epochEnded();
      return undefined;
    }
    const { loss: ofEpoch, sums, gradNorm } = await step.report();
    const validated = ends ? await clock.pause(() => this.#course.validate(epoch)) : undefined;
    if (validated) step.assertFinite(validated.loss, gradNorm, " of the validation");
    const losses = this.#reports.atEnd(step.loss, sums);
    const watched = validated?.loss ?? ofEpoch;
    rate.epochEnded(watched);
    this.#reports.epochEnded(sums, isReport ? watched : undefined);
    if (!isReport) return undefined;
    return this.#course.reportOf({ epoch, ...losses, steps: this.#steps, gradNorm }, validated?.loss);
  }

  /**
   * The training in a line: `Training(epoch 2 of 4, step 3 of 6), RNNModel(…), 40 parameters on wasm`.
   *
   * @returns Where it is, and what it trains.
   */
  override toString(): string {
    const { settings: { epochs }, bounds: { stepsPerEpoch } } = this.#course;
    const over = this.#epoch > epochs;
    const place = `epoch ${over ? epochs : this.#epoch} of ${epochs}`;
    const step = over ? stepsPerEpoch : this.#step;
    const of = stepsPerEpoch === undefined ? "" : ` of ${stepsPerEpoch}`;
    return `Training(${place}${step === undefined ? "" : `, step ${step}${of}`}), ${this.#course.describe()}`;
  }

  /** Frees what it made, and gives the parameters back. */
  [Symbol.dispose](): void {
    this.#course[Symbol.dispose]();
  }
}
