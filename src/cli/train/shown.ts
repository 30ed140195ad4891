/**
 * Which reports people are shown, with samples: the log has all of them. Where reports come within epochs, ends of epochs
 * have some as well, and those of short epochs would come faster than they were asked for.
 *
 * @module
 */
import { rhythmOf } from "../../train/log_every.ts";
import type { Settings } from "../flags.ts";
import type { AnyReport } from "./subject.ts";

/** The reports that are shown. */
export class Shown {
  readonly #steps: number | undefined;
  readonly #milliseconds: number | undefined;
  readonly #now: () => number;
  /** When one was shown last. */
  #at: number;

  /**
   * Has shown nothing yet.
   *
   * @param settings The run's flags.
   * @param now The time in milliseconds.
   */
  constructor(
    { logEvery, epochs }: Pick<Settings<"train">, "logEvery" | "epochs">,
    now: () => number = () => performance.now(),
  ) {
    const { steps, milliseconds } = rhythmOf(logEvery, epochs)!;
    this.#steps = steps;
    this.#milliseconds = milliseconds;
    this.#now = now;
    this.#at = now();
  }

  /**
   * Whether a report is shown: one within an epoch, and at an end where that is due too, or it is the run's first or last.
   *
   * @param report The report.
   * @param place Whether it is the first or the last one.
   */
  takes({ step, steps }: AnyReport, place: { first: boolean; last: boolean }): boolean {
    const due = this.#milliseconds === undefined
      ? this.#steps === undefined || steps % this.#steps === 0
      : this.#now() - this.#at >= this.#milliseconds;
    const taken = due || step !== undefined || place.first || place.last;
    if (taken) this.#at = this.#now();
    return taken;
  }
}
