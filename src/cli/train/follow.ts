/**
 * A rank that does not lead: it trains as the others do, and keeps nothing.
 *
 * @module
 */
import type { KeptRun, RunState } from "./kept_run.ts";
import type { AnyReport, AnyTraining } from "./subject.ts";
import type { Team } from "./team.ts";

/** What the loop of `train` does with a run. */
export type Keeping = Pick<
  KeptRun,
  "pending" | "isNew" | "best" | "failure" | "isDue" | "begin" | "end" | "save"
>;

/** The run of a rank that follows: where rank 0 saves, its part of the state is asked for. */
export class FollowedRun implements Keeping {
  readonly #training: AnyTraining;
  readonly #team: Team;
  readonly best = Infinity;
  readonly failure = undefined;
  readonly isNew = true;
  pending: AnyReport | undefined;

  /**
   * Keeps nothing.
   *
   * @param training The training.
   * @param team The ranks.
   * @param from What the checkpoint kept, where the run goes on from one.
   */
  constructor(training: AnyTraining, team: Team, from?: RunState) {
    this.#training = training;
    this.#team = team;
    this.pending = from?.pending;
  }

  /** Rank 0 knows. */
  isDue(): boolean {
    return false;
  }

  /** Samples are drawn by rank 0. */
  begin(): void {}

  /** A report has ended; rank 0 may save. */
  async end(): Promise<void> {
    this.pending = undefined;
    if (await this.#team.decide(false)) await this.save();
  }

  /** Gives this rank's part. */
  async save(): Promise<void> {
    await this.#training.state();
  }

  /** Gives it as often as rank 0 tries to save what it could not. */
  async saveAtLast(): Promise<void> {
    while (await this.#team.decide(false)) await this.save();
  }
}
