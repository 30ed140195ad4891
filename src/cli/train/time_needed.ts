/**
 * How long a run will take: said once, when its first seconds have shown how fast it goes.
 *
 * @module
 */
import { counted, durationText, thousands } from "../../messages/printable.ts";
import type { TrainProgress } from "../../train.ts";
import type { Settings } from "../flags.ts";
import { stepsLeft, stepsOf } from "./time_left.ts";

/** Seconds that are watched: by then a GPU has been waited for. */
const WATCHED = 3;

/** Watches the first steps. */
export class TimeNeeded {
  readonly #settings: Pick<Settings<"train">, "epochs" | "stopAfter" | "timeBudget">;
  readonly #kind: string;
  readonly #now: () => number;
  /** When the first step had been given, and how many there were by then. */
  #from: { at: number; steps: number } | undefined;
  #said = false;

  /**
   * Has watched nothing yet.
   *
   * @param settings The run's flags.
   * @param kind What speed is counted in.
   * @param now The time in milliseconds.
   */
  constructor(
    settings: Pick<Settings<"train">, "epochs" | "stopAfter" | "timeBudget">,
    kind: string,
    now: () => number = () => performance.now(),
  ) {
    this.#settings = settings;
    this.#kind = kind;
    this.#now = now;
  }

  /**
   * Watches a step. The first one is left out, as it warms up.
   *
   * @param progress Where the training is.
   * @returns The line, once.
   */
  after(progress: TrainProgress): string | undefined {
    if (this.#said) return undefined;
    const steps = stepsOf(progress);
    this.#from ??= { at: this.#now(), steps };
    const from = this.#from;
    const seconds = (this.#now() - from.at) / 1000;
    if (seconds < WATCHED) return undefined;
    this.#said = true;
    const { timeBudget = Infinity } = this.#settings;
    const left = stepsLeft(progress, this.#settings);
    const perStep = seconds / (steps - from.steps);
    const needed = left * perStep;
    const speed = `at ${thousands(Math.round(progress.tokensPerSecond))} ${this.#kind}s/s`;
    const work = `${counted(left, "step")} to come ${speed}, reports not counted`;
    const budget = needed + seconds > timeBudget
      ? `; the time budget of ${durationText(timeBudget)} ends before`
      : "";
    const epoch = about(progress.stepsPerEpoch * perStep);
    return `time    ${epoch} an epoch, ${about(needed)} for the ${work}${budget}`;
  }
}

/** A time that is not measured to the second. */
function about(seconds: number): string {
  return seconds < 1 ? "less than a second" : `about ${durationText(seconds)}`;
}
