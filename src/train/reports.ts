/**
 * When a training reports, which losses a report tells of, and whether they get better. Reports within epochs neither change
 * a sum nor count for patience: when they come decides nothing of what is learnt or of where it ends.
 *
 * @module
 */
import { perplexity } from "../losses/cross_entropy.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { TrainClock } from "./clock.ts";
import { type Rhythm, rhythmOf } from "./log_every.ts";
import type { LoopSettings } from "./loop_options.ts";
import type { LossSum, MeanLoss } from "./mean_loss.ts";
import type { TrainReport } from "./options.ts";

/** What goes on behind a state: plain data. */
export interface ReportsState {
  /** The best loss of an epoch that ended with a report, of the validation where there is one. */
  best: number;
  /** Such reports since then. */
  worse: number;
  /**
   * Where reports come within epochs: what of this epoch's losses the last one had, in nats and batches; less than nothing
   * where no report has had some of epochs before.
   */
  reported?: LossSum;
}

/** Where a training is. */
interface Place {
  readonly epoch: number;
  /** Whether all steps of the epoch have been taken. */
  readonly ended: boolean;
  /** Steps since training began. */
  readonly steps: number;
  /** Milliseconds since the last report. */
  readonly passed: number;
}

/** What of a report is neither the clock's, nor the optimizer's, nor the validation's. */
export type Told = Pick<TrainReport, "epoch" | "step" | "loss" | "epochLoss" | "steps" | "gradNorm">;

/** No losses. */
const NOTHING: LossSum = { sum: 0, runs: 0 };

/** The reports of a training. */
export class Reports {
  readonly #rhythm: Rhythm;
  readonly #epochs: number;
  #best = Infinity;
  #worse = 0;
  #reported = NOTHING;

  /**
   * Has reported nothing yet.
   *
   * @param settings The rhythm and the epochs.
   */
  constructor({ logEvery, epochs }: Pick<LoopSettings, "logEvery" | "epochs">) {
    this.#rhythm = rhythmOf(logEvery, epochs)!;
    this.#epochs = epochs;
  }

  /** Whether they come within epochs too. */
  get areWithin(): boolean {
    const { steps, milliseconds } = this.#rhythm;
    return steps !== undefined || milliseconds !== undefined;
  }

  /** Reports at ends of epochs since the best one. */
  get worse(): number {
    return this.#worse;
  }

  /** Where they are. */
  state(): ReportsState {
    const counts = { best: this.#best, worse: this.#worse };
    return this.areWithin ? { ...counts, reported: this.#reported } : counts;
  }

  /**
   * Goes on from there.
   *
   * @param state What state() gave, of reports in any rhythm.
   */
  restore({ best, worse, reported }: ReportsState): void {
    this.#best = best;
    this.#worse = worse;
    this.#reported = reported ?? NOTHING;
  }

  /**
   * Whether an epoch ends with a report.
   *
   * @param epoch The epoch.
   */
  endsEpoch(epoch: number): boolean {
    return epoch % this.#rhythm.epochs === 0 || epoch === this.#epochs;
  }

  /**
   * Whether a report is due that does not stand for the end of an epoch. One that was made is not made again.
   *
   * @param losses Those of the epoch.
   * @param place Where the training is.
   */
  isDue(losses: MeanLoss, { epoch, ended, steps, passed }: Place): boolean {
    const { steps: every, milliseconds = Infinity } = this.#rhythm;
    if ((every === undefined || steps % every > 0) && passed < milliseconds) return false;
    return losses.runs > this.#reported.runs && !(ended && this.endsEpoch(epoch));
  }

  /**
   * Reports within an epoch.
   *
   * @param losses Those of the epoch.
   * @param sums What they come to.
   * @returns The mean loss since the last report, in nats a token.
   */
  within(losses: MeanLoss, sums: LossSum): number {
    const loss = losses.meanOf(sums, this.#reported);
    this.#reported = sums;
    return loss;
  }

  /**
   * The mean losses that a report at the end of an epoch tells, in nats a token.
   *
   * @param losses Those of the epoch.
   * @param sums What they come to.
   */
  atEnd(losses: MeanLoss, sums: LossSum): Pick<TrainReport, "loss" | "epochLoss"> {
    const epochLoss = losses.meanOf(sums);
    if (!this.areWithin) return { loss: epochLoss };
    const tells = sums.runs > this.#reported.runs; // else all was told, in another rhythm
    return { loss: tells ? losses.meanOf(sums, this.#reported) : epochLoss, epochLoss };
  }

  /**
   * An epoch has ended.
   *
   * @param sums What its losses come to.
   * @param watched The loss of the epoch, of the validation where there is one; without a report undefined.
   */
  epochEnded(sums: LossSum, watched: number | undefined): void {
    if (watched === undefined) {
      const { sum, runs } = this.#reported;
      this.#reported = { sum: sum - sums.sum, runs: runs - sums.runs };
      return;
    }
    this.#reported = NOTHING;
    this.#worse = watched < this.#best ? 0 : this.#worse + 1;
    this.#best = Math.min(watched, this.#best);
  }
}

/**
 * Makes a report on a text.
 *
 * @param told Where it is, and what the steps came to.
 * @param beside The time since the last one, steps of an epoch, what the steps were taken by, and the loss of the validation
 * text, where it was read.
 */
export function reportOf(
  { epoch, step, loss, epochLoss, steps, gradNorm }: Told,
  { clock, stepsPerEpoch, optimizer, validationLoss }: {
    clock: TrainClock;
    stepsPerEpoch: number;
    optimizer: Optimizer;
    validationLoss?: number | undefined;
  },
): TrainReport {
  const { tokensPerSecond } = clock;
  const seconds = clock.secondsOf(stepsPerEpoch);
  return {
    epoch,
    ...(step === undefined ? undefined : { step }),
    loss,
    perplexity: perplexity(loss),
    ...(epochLoss === undefined ? undefined : { epochLoss }),
    ...(validationLoss === undefined
      ? undefined
      : { validationLoss, validationPerplexity: perplexity(validationLoss) }),
    tokensPerSecond,
    seconds,
    steps,
    gradNorm,
    learningRate: optimizer.learningRate,
  };
}
