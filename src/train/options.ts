/**
 * What train() is told, and what it tells.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { errorNaming } from "../messages/naming.ts";
import type { Names } from "../messages/options.ts";
import { assertIn, RANGES } from "../ranges.ts";
import {
  checkCalls,
  LOOP_OPTIONS,
  type LoopOptions,
  type LoopSettings,
  loopSettingsOf,
} from "./loop_options.ts";
import type { Ranks } from "./ranks.ts";

/** Options of train(). */
export interface TrainOptions extends LoopOptions {
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
   * Seed of random sampling, and of resets.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * Other processes that train the same model on the same text with the same options: each takes as many rows of every
   * batch, gradients are summed before they are clipped, and all have the same weights and reports. `batchSize` and what
   * state() gives are of all ranks together. All of them ask for reports and states at the same places; a signal of one
   * ends all behind the same step.
   */
  ranks?: Ranks;
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
  ...LOOP_OPTIONS,
  batchSize: true,
  numSteps: true,
  accumulateSteps: true,
  sampling: true,
  carryState: true,
  resetProbability: true,
  seed: true,
  validation: true,
  ranks: true,
  onStep: true,
  onValidation: true,
};

/** Options once their defaults are filled in, as far as the loop over epochs needs them. */
export type TrainSettings =
  & LoopSettings
  & Required<
    Pick<
      TrainOptions,
      "batchSize" | "numSteps" | "accumulateSteps" | "sampling" | "carryState" | "seed" | "resetProbability"
    >
  >;

/**
 * Checks the options' names, and fills in the defaults of what the loop over epochs needs.
 *
 * @param options What train() is told.
 * @returns The settings; those of a batch are checked where the corpus is cut.
 * @throws {RangeError} If an option of all loops is out of range, `seed` no whole number from 0, or `resetProbability` no
 * probability, or none but 0 with random sampling.
 * @throws {TypeError} If an option is unknown, or of another type.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(settingsOf({ epochs: 3 }).batchSize, 32);
 * ```
 */
export function settingsOf(options: TrainOptions): TrainSettings {
  const loop = loopSettingsOf("train", options, TRAIN_OPTIONS);
  checkCalls("train", { onStep: options.onStep, onValidation: options.onValidation });
  const { batchSize = 32, numSteps = 35, accumulateSteps = 1, sampling = "consecutive" } = options;
  const { carryState = false, resetProbability = 0, seed = 0 } = options;
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
  return { ...loop, ...sizes, sampling, carryState, resetProbability, seed };
}

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
