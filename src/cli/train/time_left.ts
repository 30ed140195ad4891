/**
 * How long a run will still take: what its last minutes took a step, reports, validations and saves included.
 *
 * @module
 */
import type { TrainProgress } from "../../train.ts";
import type { Settings } from "../flags.ts";

/** Milliseconds after which a time counts for half: a machine may become busy, and idle again. */
const HALF = 120_000;
/** Milliseconds that must have been watched before anything is told. */
const LEAST = 1000;

/** What ends a run before its epochs do. */
type Goals = Pick<Settings<"train">, "epochs" | "stopAfter" | "timeBudget" | "patience">;

/** Watches steps. */
export class TimeLeft {
  readonly #goals: Goals;
  readonly #now: () => number;
  readonly #began: number;
  /** When the last step had been given, and how many there were by then. */
  #last: { at: number; steps: number } | undefined;
  /** Milliseconds and steps, what is long ago counting less. */
  #milliseconds = 0;
  #steps = 0;

  /**
   * Has watched nothing yet.
   *
   * @param goals The run's flags.
   * @param now The time in milliseconds.
   */
  constructor(goals: Goals, now: () => number = () => performance.now()) {
    this.#goals = goals;
    this.#now = now;
    this.#began = now();
  }

  /**
   * Watches a step. The first one is left out, as it warms up.
   *
   * @param progress Where the training is.
   */
  after(progress: TrainProgress): void {
    const at = this.#now();
    const steps = stepsOf(progress);
    if (this.#last) {
      const passed = at - this.#last.at;
      const kept = 2 ** (-passed / HALF);
      this.#milliseconds = this.#milliseconds * kept + passed;
      this.#steps = this.#steps * kept + steps - this.#last.steps;
    }
    this.#last = { at, steps };
  }

  /**
   * What is left behind a step.
   *
   * @param progress Where the training is.
   * @returns Seconds; undefined where too little has been watched.
   */
  seconds(progress: TrainProgress): number | undefined {
    if (this.#milliseconds < LEAST || this.#steps === 0) return undefined;
    const { timeBudget = Infinity } = this.#goals;
    const needed = stepsLeft(progress, this.#goals) * this.#milliseconds / this.#steps / 1000;
    const budget = timeBudget - (this.#now() - this.#began) / 1000;
    return Math.max(0, Math.min(needed, budget));
  }

  /**
   * What is left behind a step, for people.
   *
   * @param progress Where the training is.
   * @returns "3:12 left"; "at most 3:12 left" where patience may end the run before; undefined where nothing is known.
   */
  words(progress: TrainProgress): string | undefined {
    const seconds = this.seconds(progress);
    if (seconds === undefined) return undefined;
    return `${this.#goals.patience === undefined ? "" : "at most "}${clockText(seconds)} left`;
  }
}

/**
 * Steps since training began.
 *
 * @param progress Where the training is.
 */
export function stepsOf({ epoch, step, stepsPerEpoch }: TrainProgress): number {
  return (epoch - 1) * stepsPerEpoch + step;
}

/**
 * Steps to come, unless something else than their number ends the run before.
 *
 * @param progress Where the training is.
 * @param goals The run's flags.
 */
export function stepsLeft(
  progress: TrainProgress,
  { epochs, stopAfter = Infinity }: Pick<Settings<"train">, "epochs" | "stopAfter">,
): number {
  return Math.max(0, Math.min(epochs * progress.stepsPerEpoch, stopAfter) - stepsOf(progress));
}

/**
 * A time as a clock shows it.
 *
 * @param seconds The time.
 * @returns "0:07", "3:12", "1:02:03", or days.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([6.6, 192, 3723, 200_000].map(clockText), ["0:07", "3:12", "1:02:03", "2 days 7:33"]);
 * ```
 */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days} ${days === 1 ? "day" : "days"} ${hours}:${two(minutes)}`;
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
