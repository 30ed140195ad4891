/**
 * What fit() is told, and what it tells.
 *
 * @module
 */
import type { Measured } from "../../losses/accuracy.ts";
import type { Names } from "../../messages/options.ts";
import type { Tape } from "../../tensors/tape.ts";
import type { Tensor } from "../../tensors/tensor.ts";
import { LOOP_OPTIONS, type LoopOptions } from "../loop_options.ts";
import type { TrainProgress, TrainReport } from "../options.ts";
import type { BatchTensors } from "./batch.ts";

/** The batches of every epoch, or a function that gives those of an epoch, counted from 1. */
export type Batches<B> = Iterable<B> | ((epoch: number) => Iterable<B>);

/** Options of fit(). */
export interface FitOptions<B> extends LoopOptions {
  /**
   * Gives the loss of a batch, one element. It is recorded once for each shape and replayed, so that what it reads of
   * JavaScript (a counter, the clock, a random number) stays as it was; it must neither await nor read tensors, nor the
   * `values` of ids. The tape goes to each layer and to the loss; a validation has none.
   */
  step: (batch: BatchTensors<B>, tape?: Tape) => Tensor;
  /**
   * Batches with the same arrays from which nothing is learnt: their mean loss is taken at each report that ends an epoch;
   * for the schedule "plateau" after each epoch, as what it watches.
   */
  validation?: Batches<B>;
  /**
   * What else a validation tells of a batch beside its loss, such as accuracy(): a sum, and of how many. It may await and
   * read, and has no tape; the sums of all batches, divided by how many, are a report's `validationMeasure`.
   */
  measure?: (batch: BatchTensors<B>) => Measured | Promise<Measured>;
  /**
   * Called after each step that the device was given: a sign of life between reports. It should be quick; a promise is
   * waited for, so that what it reads is of this step.
   */
  onStep?: (progress: FitProgress) => void | Promise<void>;
}

/** The names of fit()'s options. */
export const FIT_OPTIONS: Names<FitOptions<unknown>> = {
  ...LOOP_OPTIONS,
  step: true,
  validation: true,
  measure: true,
  onStep: true,
};

/** Where a fit() is. */
export interface FitProgress extends Pick<TrainProgress, "epoch" | "epochs" | "step"> {
  /** Steps a second, since the last report. */
  readonly stepsPerSecond: number;
  /** Mean loss over the steps that were waited for last, some hundredths of a second of them or 64; absent before that. */
  readonly loss?: number;
}

/** What is known at a report of fit(). */
export interface FitReport
  extends Pick<TrainReport, "epoch" | "step" | "steps" | "gradNorm" | "learningRate"> {
  /** Mean of the losses: over this epoch where `logEvery` counts epochs, else over all steps since the last report. */
  loss: number;
  /** Mean of the losses over the epoch that has ended, where `loss` may be another one. */
  epochLoss?: number;
  /** Mean of the losses over the validation's batches, where there are any. */
  validationLoss?: number;
  /** What `measure` comes to over the validation's batches, where it is given. */
  validationMeasure?: number;
  /** Steps a second, since the last report. */
  stepsPerSecond: number;
}

/** What must not change from a fit() to the one that goes on from it. */
export interface FitSetting {
  /** Batches of an epoch, where they are an array. */
  batches?: number;
}
