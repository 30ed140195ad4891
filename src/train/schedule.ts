/**
 * A schedule at work: the rate of an optimizer, from step to step or from epoch to epoch.
 *
 * @module
 */
import type { Optimizer } from "../optimizers/optimizer.ts";
import { Schedule, type ScheduleState } from "../optimizers/schedule.ts";
import { isFloat32 } from "../ranges.ts";
import type { TrainSchedule } from "./loop_options.ts";
import { quote } from "../messages/quote.ts";

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
   * @throws {RangeError} If a number of the schedule is out of range.
   * @throws {TypeError} If its unit does not suit it.
   */
  constructor(optimizer: Optimizer, options: TrainSchedule | undefined) {
    const { unit = "epoch", ...schedule } = options ?? { kind: "constant" };
    const { kind } = schedule;
    if (unit !== "epoch" && unit !== "step") {
      throw new RangeError(
        `Cannot use a schedule as unit must be "epoch" or "step": current value is ${quote(unit)}`,
      );
    }
    if (kind === "plateau" && unit === "step") {
      throw new TypeError('Cannot use schedule "plateau" from step to step: it watches the loss of an epoch');
    }
    this.watches = kind === "plateau";
    this.#optimizer = optimizer;
    this.#schedule = options && new Schedule(optimizer.learningRate, schedule);
    this.#unit = unit;
  }

  /**
   * Gives the optimizer the rate of the step that comes; one that has decayed below what float32 holds is 0.
   *
   * @throws {RangeError} If the schedule has come to a rate that float32 does not hold.
   */
  apply(): void {
    if (!this.#schedule) return;
    const computed = this.#schedule.rate;
    const rate = Math.fround(computed) === 0 ? 0 : computed;
    if (!isFloat32(rate)) {
      throw new RangeError(
        `Cannot go on training as the rate of the schedule must be a float32 number: ` +
          `at ${this.#unit} ${this.#schedule.state().steps + 1} it comes to ${rate}`,
      );
    }
    this.#optimizer.learningRate = rate;
  }

  /** Where the schedule is, where there is one. */
  state(): ScheduleState | undefined {
    return this.#schedule?.state();
  }

  /**
   * Goes on from there.
   *
   * @param state What state() gave, with a schedule of the same options.
   * @throws {TypeError} If there is a schedule and no state, or the other way round.
   */
  restore(state: ScheduleState | undefined): void {
    if (!state !== !this.#schedule) {
      throw new TypeError(
        `Cannot restore the training as ${state ? "it has no schedule" : "its schedule is missing"}`,
      );
    }
    if (state) this.#schedule!.restore(state);
  }

  /** Counts a step. */
  stepEnded(): void {
    if (this.#unit === "step") this.#advance();
  }

  /** Counts an epoch, whose loss "plateau" watches. */
  epochEnded(loss?: number): void {
    if (this.#unit === "epoch") this.#advance(loss);
  }

  #advance(loss?: number): void {
    this.#schedule?.next(loss);
  }
}
