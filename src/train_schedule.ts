/**
 * A schedule at work: the rate of an optimizer, from step to step or from epoch to epoch.
 *
 * @module
 */
import type { Optimizer } from "./optimizers/optimizer.ts";
import { Schedule } from "./optimizers/schedule.ts";
import type { TrainSchedule } from "./train_options.ts";

/** The optimizer's rate under a schedule: changed between steps, on the host. Without one it is left alone. */
export class ScheduledRate {
  /** Whether the schedule needs a loss after each epoch. */
  readonly watches: boolean;
  readonly #optimizer: Optimizer;
  readonly #schedule: Schedule | undefined;
  readonly #unit: "epoch" | "step";

  /**
   * Begins at the optimizer's rate.
   *
   * @throws {RangeError} when a number of the schedule is out of range
   * @throws {TypeError} when its unit does not suit it
   */
  constructor(optimizer: Optimizer, options: TrainSchedule | undefined) {
    const { kind, unit = "epoch" } = options ?? { kind: "constant" };
    if (kind === "plateau" && unit === "step") {
      throw new TypeError('Cannot use schedule "plateau" from step to step: it watches the loss of an epoch');
    }
    this.watches = kind === "plateau";
    this.#optimizer = optimizer;
    this.#schedule = options && new Schedule(optimizer.learningRate, options);
    this.#unit = unit;
  }

  /** Gives the optimizer the rate of the step that comes. */
  apply(): void {
    if (this.#schedule) this.#optimizer.learningRate = this.#schedule.rate;
  }

  /** Counts a step. */
  stepEnded(): void {
    if (this.#unit === "step") this.#schedule?.next();
  }

  /** Counts an epoch, whose loss "plateau" watches. */
  epochEnded(loss?: number): void {
    if (this.#unit === "epoch") this.#schedule?.next(loss);
  }
}
