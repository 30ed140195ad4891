/**
 * What train() is told, and what it tells.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { ScheduleOptions } from "../optimizers/schedule.ts";
import { errorNaming } from "../messages/naming.ts";
import { type Names, refuseUnknown } from "../messages/options.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { assertLogEvery, type LogEvery } from "./log_every.ts";

/** Options of train(). */
export interface TrainOptions {
  /** Passes over the corpus. */
  epochs: number;
  /**
   * B: rows of a batch.
   *
   * @default {32}
   */
  batchSize?: number;
  /**
   * T: steps of a batch.
   *
   * @default {35}
   */
  numSteps?: number;
  /**
   * Batches whose gradients make a step: their mean is that of one batch of as many times the rows, which is what the corpus
   * is cut for, each batch having its share of the rows. Losses agree with those of the large batch to rounding, masks of
   * dropout included, and the device needs the memory of the small one.
   *
   * @default {1}
   */
  accumulateSteps?: number;
  /**
   * The learning rate of Adam.
   *
   * @default {1e-3}
   */
  learningRate?: number;
  /** The largest norm of the gradients; absent, they are not clipped. */
  clipGradNorm?: number;
  /**
   * Another optimizer of the model's parameters, which the caller disposes.
   *
   * @default {Adam with learningRate}
   */
  optimizer?: Optimizer;
  /**
   * How the learning rate changes, from what the optimizer begins with.
   *
   * @default {it does not}
   */
  schedule?: TrainSchedule;
  /**
   * A text, at least two tokens, that is evaluated at each report that ends an epoch; for the schedule "plateau" after each
   * epoch, as what it watches. It is read in one stream from a zero state or, where it has more than 1,024 tokens, in
   * rows side by side, one for 512 tokens and 64 at most, each warmed by the 256 tokens before it.
   */
  validation?: Corpus;
  /**
   * Where batches begin: side by side, the state carried on, or anywhere, from a zero state.
   *
   * @default {"consecutive"}
   */
  sampling?: "consecutive" | "random";
  /**
   * Whether the state is kept from one epoch to the next, with consecutive sampling.
   *
   * @default {false}
   */
  carryState?: boolean;
  /**
   * How likely the state of a row is set to zero before a step, drawn for each row and step, with consecutive sampling.
   * Else a model meets the zero state once an epoch, and the beginnings of its texts are poor; `--preset auto` of the
   * command line takes 0.2.
   *
   * @default {0}
   */
  resetProbability?: number;
  /**
   * Epochs from one report to the next; the last epoch has one always. `"500steps"`, `"30s"`, `"2m"` or `"1h"` has reports
   * within epochs too, behind so many steps, or where the last one is so long ago; beside them ends of epochs have reports,
   * about 20 in a training, with the validation. When reports come changes no weight.
   *
   * @default {1}
   */
  logEvery?: LogEvery;
  /**
   * Reports at ends of epochs without a better loss, of the validation where there is one, that end the training.
   *
   * @default {Infinity}
   */
  patience?: number;
  /**
   * Seed of random sampling, and of resets.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * Ends the training after the step that runs, with the signal's reason: `AbortSignal.timeout(300_000)` gives it five
   * minutes. A Training's state() has where it was.
   */
  signal?: AbortSignal;
  /**
   * Called after each step that the device was given: a sign of life between reports. It should be quick; a promise is
   * waited for, so that what it reads is of this step.
   */
  onStep?: (progress: TrainProgress) => void | Promise<void>;
  /**
   * Called between two runs of a validation, as onStep between steps: a training that goes on from a state of there
   * validates anew.
   */
  onValidation?: (progress: ValidationProgress) => void | Promise<void>;
}

/** The names of train()'s options. */
export const TRAIN_OPTIONS: Names<TrainOptions> = {
  epochs: true,
  batchSize: true,
  numSteps: true,
  accumulateSteps: true,
  sampling: true,
  carryState: true,
  resetProbability: true,
  seed: true,
  learningRate: true,
  clipGradNorm: true,
  optimizer: true,
  schedule: true,
  validation: true,
  logEvery: true,
  patience: true,
  signal: true,
  onStep: true,
  onValidation: true,
};

/** Options once their defaults are filled in, as far as the loop over epochs needs them. */
export type TrainSettings = Required<
  Pick<
    TrainOptions,
    | ("epochs" | "batchSize" | "numSteps" | "accumulateSteps" | "sampling" | "carryState" | "logEvery")
    | ("seed" | "resetProbability")
  >
>;

/**
 * Checks the options' names, and fills in the defaults of what the loop over epochs needs.
 *
 * @param options What train() is told.
 * @returns The settings; those of a batch are checked where the corpus is cut.
 * @throws {RangeError} If `epochs` is no whole number from 1, `logEvery` no rhythm, `seed` no whole number from 0, or
 * `resetProbability` no probability, or none but 0 with random sampling.
 * @throws {TypeError} If an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(settingsOf({ epochs: 3 }).batchSize, 32);
 * ```
 */
export function settingsOf(options: TrainOptions): TrainSettings {
  refuseUnknown("train", options, TRAIN_OPTIONS);
  const { batchSize = 32, numSteps = 35, accumulateSteps = 1, sampling = "consecutive" } = options;
  const { epochs, carryState = false, resetProbability = 0, logEvery = 1, seed = 0 } = options;
  assertIn(RANGES.count, epochs, { action: "train", name: "epochs" });
  assertLogEvery(logEvery);
  assertIn(RANGES.seed, seed, { action: "train", name: "seed" });
  assertIn(RANGES.probability, resetProbability, { action: "train", name: "resetProbability" });
  if (sampling === "random" && resetProbability > 0) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot train with ${option("resetProbability", resetProbability)} and ${
          option("sampling", "random")
        }: its rows begin from a zero state anyway`,
    );
  }
  const sizes = { batchSize, numSteps, accumulateSteps };
  return { epochs, ...sizes, sampling, carryState, resetProbability, logEvery, seed };
}

/** A schedule, and what its steps are. "plateau" watches the validation's loss, else the epoch's, after each epoch. */
export type TrainSchedule = ScheduleOptions & {
  /**
   * Whether the rate changes from epoch to epoch, as PyTorch's examples do it, or from step to step.
   *
   * @default {"epoch"}
   */
  unit?: "epoch" | "step";
};

/** Where a training is that validates. */
export interface ValidationProgress {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
}

/** Where a training is. */
export interface TrainProgress extends ValidationProgress {
  /** The step within the epoch, from 1. */
  readonly step: number;
  /** How many steps an epoch has. */
  readonly stepsPerEpoch: number;
  /** Tokens trained on a second, since the last report. */
  readonly tokensPerSecond: number;
  /**
   * Mean cross-entropy over the steps that were waited for last, some hundredths of a second of them or 64, in nats a
   * token. It is known anyway, so that to look at it costs nothing; absent before the first wait.
   */
  readonly loss?: number;
}

/** What is known at a report. */
export interface TrainReport {
  /** The epoch that has ended, or in which the report comes, from 1. */
  epoch: number;
  /** Steps of the epoch so far, of a report that does not stand for its end. */
  step?: number;
  /**
   * Mean cross-entropy in nats a token: over this epoch where `logEvery` counts epochs, else over all steps since the last
   * report.
   */
  loss: number;
  /** e^loss */
  perplexity: number;
  /**
   * Mean cross-entropy over the epoch that has ended, in nats a token: what `patience` watches without a validation. Absent
   * where `loss` is the same by its nature, as `logEvery` counts epochs, and within an epoch.
   */
  epochLoss?: number;
  /** Mean cross-entropy over the validation text, where there is one, in nats a token. */
  validationLoss?: number;
  /** e^validationLoss */
  validationPerplexity?: number;
  /** Tokens trained on a second, since the last report. */
  tokensPerSecond: number;
  /** Seconds that an epoch takes, at the speed since the last report, validation left aside. */
  seconds: number;
  /** Steps since training began. */
  steps: number;
  /** The gradients' norm at the last step, before clipping. */
  gradNorm: number;
  /** The learning rate of the last step. */
  learningRate: number;
}
