/**
 * What a training is of: parameters, an optimizer, a recorded step, and the data that it is given. The loop over it is
 * loop.ts; running text is text_course.ts, batches of arrays fit/course.ts.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { Adam } from "../optimizers/adam.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { StateDict } from "../tensors/module.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { assertAlike, digestOf, type Facts } from "./alike.ts";
import { TrainClock } from "./clock.ts";
import type { LoopOptions, LoopSettings } from "./loop_options.ts";
import { Meeting } from "./meeting.ts";
import { ofFirst, type Ranks } from "./ranks.ts";
import type { Told } from "./reports.ts";
import { ScheduledRate } from "./schedule.ts";
import type { Bounds } from "./state.ts";
import type { StepState, WatchedStep } from "./watched_step.ts";

/** The weights of a training: a model's, or those of a list of parameters. */
export interface Weights {
  /** Reads them. */
  stateDict(): Promise<StateDict>;
  /** Throws where they are not those of a dict. */
  checkStateDict(dict: StateDict): void;
  /** Takes them over. */
  loadStateDict(dict: StateDict): void;
}

/** A step that was given. */
export interface StepPlace {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
  /** The step within the epoch, from 1. */
  readonly step: number;
}

/** What the loop runs over. `Item` is what a step is of, `Report` what is told. */
export abstract class Course<Item, Report, Setting extends object> implements Disposable {
  /** The options that were checked. */
  readonly settings: LoopSettings;
  /** Where the parameters lie. */
  readonly device: Device;
  /** Ends it; where there are several ranks, all of them behind the same step. */
  readonly signal: AbortSignal | undefined;
  /** Who else trains. */
  readonly ranks: Ranks | undefined;
  /** Where they meet. */
  readonly #meeting: Meeting | undefined;
  /** The caller's. */
  readonly #signal: AbortSignal | undefined;
  readonly #schedule: LoopOptions["schedule"];
  /** Time since the last report. */
  readonly clock: TrainClock = new TrainClock();
  /** Moves the parameters; the caller's, or Adam. */
  optimizer!: Optimizer;
  /** Its rate. */
  rate!: ScheduledRate;
  /** What is freed with it, in the order in which it was made. */
  readonly #owned: Disposable[] = [];

  /**
   * Takes nothing yet.
   *
   * @param device Where the parameters lie.
   * @param options The signal, the schedule, and the ranks.
   * @param settings The options that were checked.
   */
  constructor(
    device: Device,
    { signal, schedule, ranks }: LoopOptions & { ranks?: Ranks | undefined },
    settings: LoopSettings,
  ) {
    this.device = device;
    this.settings = settings;
    this.ranks = ranks;
    this.#signal = signal;
    this.#schedule = schedule;
    this.#meeting = ranks && new Meeting(ranks);
    this.signal = this.#meeting?.signal ?? signal;
  }

  /** Meets the other ranks, where there are some: before the first step of a loop, and behind each. */
  meet(): Promise<void> | undefined {
    return this.#meeting?.meet({ signal: this.#signal, passed: this.clock.passed });
  }

  /** Milliseconds since the last report, on all ranks the same. */
  get passed(): number {
    return this.#meeting?.passed ?? this.clock.passed;
  }

  /** Checks that all ranks are of one training, before the first step of a loop. */
  begin(): Promise<void> | undefined {
    const { ranks } = this;
    return ranks && this.facts().then((facts) => assertAlike(ranks, facts));
  }

  /** What all ranks must have alike: what decides which steps are taken, and how many collective calls there are. */
  protected async facts(): Promise<Facts> {
    const { epochs, patience, clip, logEvery } = this.settings;
    const weights = await this.weights.stateDict();
    return {
      ...this.setting,
      epochs,
      patience: String(patience),
      clipGradNorm: String(clip),
      logEvery: String(logEvery),
      schedule: JSON.stringify(this.#schedule),
      "the device": `${this.device.name} ${this.device.build}`,
      "the optimizer": String(this.optimizer),
      "the weights": await digestOf(...Object.values(weights).map(({ data }) => data)),
    };
  }

  /** A validation's loss as rank 0 has it: what all go by is one number, whatever computed it. */
  protected async agreed({ loss }: { loss: number }): Promise<{ loss: number }> {
    const [first] = await ofFirst([loss], this.ranks);
    return { loss: first! };
  }

  /**
   * Takes what all courses have.
   *
   * @param parameters What is trained.
   * @param options The optimizer, the schedule.
   * @throws {RangeError} If a rate, or a number of the schedule, is out of range.
   * @throws {TypeError} If the schedule's unit does not suit it, or the optimizer is of another device.
   */
  protected take(parameters: readonly Parameter[], options: LoopOptions): void {
    const { learningRate = 1e-3, optimizer, schedule } = options;
    this.optimizer = optimizer ?? this.own(new Adam(parameters, { learningRate }));
    assertOn("an optimizer", this.optimizer, this.device);
    this.rate = new ScheduledRate(this.optimizer, schedule);
  }

  /** Frees something with the course. */
  protected own<D extends Disposable>(made: D): D {
    this.#owned.push(made);
    return made;
  }

  /** The step that is given again and again. */
  abstract readonly step: WatchedStep & { state(): Promise<StepState> };
  /** The weights, by name. */
  abstract readonly weights: Weights;
  /** What must not change from a training to the one that goes on from it. */
  abstract readonly setting: Setting;
  /** What a state's place must fit. */
  abstract readonly bounds: Bounds;

  /** Claims the parameters while the loop runs, where they are not claimed from the beginning. */
  claim(): Disposable | undefined {
    return undefined;
  }

  /** An epoch begins, with its first step. */
  beginEpoch(): void {
    this.step.loss.reset();
  }

  /** What the steps of an epoch are of. */
  abstract items(epoch: number): Iterable<Item>;

  /** What must be waited for before a step, where something must. */
  prepare(_item: Item): Promise<void> | undefined {
    return undefined;
  }

  /** Gives the device a step. It yields between parts of it. */
  abstract give(item: Item): Iterable<unknown>;

  /** Gives the end of a step, which may have to be waited for. */
  update(): Promise<void> | undefined {
    return undefined;
  }

  /** What the clock counts of a step. */
  tokensOf(_item: Item): number {
    return 0;
  }

  /** Tells that a step was given. */
  abstract tellStep(place: StepPlace): void | Promise<void>;

  /** The loss of the validation, where there is one. */
  abstract validate(epoch: number): Promise<{ loss: number }> | undefined;

  /** What is trained, for a line. */
  abstract describe(): string;

  /** Makes a report. */
  abstract reportOf(told: Told, validationLoss?: number): Report;

  /** Frees what it made. */
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
