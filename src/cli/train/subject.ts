/**
 * What a training is of, as far as the command is told it: a text (text_subject.ts), or whatever else there is a course for.
 *
 * @module
 */
import type { VocabularyJSON } from "../../data/vocabulary_json.ts";
import type { Device } from "../../device/device.ts";
import type { SaveOptions } from "../../exchange/model_file.ts";
import type { RunFolder } from "../../files/run_folder.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { TrainProgress, TrainReport, ValidationProgress } from "../../train.ts";
import type { TrainingLoop } from "../../train/loop.ts";
import type { TrainSchedule } from "../../train/loop_options.ts";
import type { Ranks } from "../../train/ranks.ts";
import type { Settings } from "../flags.ts";
import type { Line } from "../style.ts";
import type { Sample } from "./samples.ts";

/** What all reports have. */
export type AnyReport =
  & Pick<TrainReport, "epoch" | "step" | "steps" | "loss" | "epochLoss" | "validationLoss">
  & Pick<TrainReport, "gradNorm" | "learningRate" | "seconds">;

/** A training of anything. */
export type AnyTraining = TrainingLoop<AnyReport, object>;

/** What a training is begun with. */
export interface Begun {
  readonly optimizer: Optimizer;
  readonly signal: AbortSignal;
  /** Who else trains. */
  readonly ranks?: Ranks;
  readonly onStep: (progress: TrainProgress) => void | Promise<void>;
  readonly onValidation: (progress: ValidationProgress) => void | Promise<void>;
}

/** What is trained, on what, and how it is told. */
export interface Subject {
  readonly device: Device;
  /** The flags' values, with those that were picked. */
  readonly settings: Settings<"train">;
  /** What the optimizer moves. */
  readonly parameters: readonly Parameter[];
  readonly schedule: TrainSchedule | undefined;
  readonly stepsPerEpoch: number;
  /** SHA-256 of what is learnt from: of another one a run does not go on. */
  readonly hash: string;
  /** Whether there is a validation, by which a model is the best one. */
  readonly validated: boolean;
  /** What speed is counted in: "character". */
  readonly kind: string;
  /** The tokens, where there are some. */
  readonly vocabulary?: VocabularyJSON;
  /** What its line in the log has beside each report. */
  readonly beside: object;
  /** The command of which people are told once it is trained. */
  readonly next: "generate" | "forecast";

  /** Makes the training, which is the caller's. */
  begin(begun: Begun): AnyTraining;
  /** What people want to know before they wait. */
  opening(run: RunFolder): string[];
  /** The same for programs. */
  start(): object;
  /** What config.json has in place of flags' values. */
  config(): object;
  /** Facts for people in config.json. */
  facts(): object;
  /** A report as people are shown it. */
  lineOf(report: AnyReport): Line;
  /** What programs are told beside a report. */
  told(): object;
  /** A loss in words that mean more. */
  measure(loss: number): string | undefined;
  /** What the model writes at a report. */
  sample(options: { signal: AbortSignal; between: () => void | Promise<void> }): Promise<Sample[]>;
  /** The model as its file. */
  encode(origin: SaveOptions): Promise<Uint8Array>;
}
