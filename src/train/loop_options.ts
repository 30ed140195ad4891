/**
 * What every loop over epochs is told, whatever it trains on.
 *
 * @module
 */
import { type Names, refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { ScheduleOptions } from "../optimizers/schedule.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { assertLogEvery, type LogEvery } from "./log_every.ts";

/** A schedule, and what its steps are. "plateau" watches the validation's loss, else the epoch's, after each epoch. */
export type TrainSchedule = ScheduleOptions & {
  /**
   * Whether the rate changes from epoch to epoch, as PyTorch's examples do it, or from step to step.
   *
   * @default {"epoch"}
   */
  unit?: "epoch" | "step";
};

/** Options that train() and fit() share. */
export interface LoopOptions {
  /** Passes over the data. */
  epochs: number;
  /**
   * The learning rate of Adam; another `optimizer` has its own.
   *
   * @default {1e-3}
   */
  learningRate?: number;
  /** The largest norm of the gradients; absent, they are not clipped. */
  clipGradNorm?: number;
  /**
   * Another optimizer of the parameters, which the caller disposes.
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
   * Ends the training after the step that runs, with the signal's reason: `AbortSignal.timeout(300_000)` gives it five
   * minutes. A Training's state() has where it was.
   */
  signal?: AbortSignal;
}

/** Their names. */
export const LOOP_OPTIONS: Names<LoopOptions> = {
  epochs: true,
  learningRate: true,
  clipGradNorm: true,
  optimizer: true,
  schedule: true,
  logEvery: true,
  patience: true,
  signal: true,
};

/** The options once their defaults are filled in, as far as the loop itself needs them. */
export interface LoopSettings {
  readonly epochs: number;
  readonly logEvery: LogEvery;
  readonly patience: number;
  /** The largest norm of the gradients; Infinity where they are not clipped. */
  readonly clip: number;
}

/**
 * Checks the options' names and those that all loops have.
 *
 * @param action For sentences: "train".
 * @param options What a loop is told.
 * @param known The options that it knows.
 * @returns The settings.
 * @throws {RangeError} If `epochs` or `patience` is no whole number from 1, `logEvery` no rhythm, or `clipGradNorm` not
 * above 0.
 * @throws {TypeError} If an option is unknown, or schedule or signal is none.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(loopSettingsOf("train", { epochs: 3 }, LOOP_OPTIONS).patience, Infinity);
 * ```
 */
export function loopSettingsOf<T extends LoopOptions>(
  action: string,
  options: T,
  known: Names<T>,
): LoopSettings {
  refuseUnknown(action, options, known);
  const { epochs, logEvery = 1, clipGradNorm: clip = Infinity, patience = Infinity } = options;
  assertIn(RANGES.count, epochs, { action, name: "epochs" });
  assertLogEvery(logEvery);
  if (clip !== Infinity) assertIn(RANGES.positive, clip, { action, name: "clipGradNorm" });
  if (patience !== Infinity) assertIn(RANGES.count, patience, { action, name: "patience" });
  checkObjects(action, options);
  return { epochs, logEvery, patience, clip };
}

/** What is made elsewhere: something else would fail far from here, or in the middle of the training. */
function checkObjects(action: string, { schedule, signal }: LoopOptions): void {
  const refuse = (name: string, form: string, value: unknown): never => {
    throw new TypeError(`Cannot ${action} as ${name} must be ${form}: current value is ${quote(value)}`);
  };
  if (schedule !== undefined && (typeof schedule !== "object" || schedule === null)) {
    refuse("schedule", 'an object with its kind, such as { kind: "exponential", gamma: 0.9 }', schedule);
  }
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== "function") {
    refuse("signal", "an AbortSignal", signal);
  }
}

/**
 * Checks what the loop is to call.
 *
 * @param action For the sentence: "fit".
 * @param calls What was given, by the names of the options.
 * @throws {TypeError} If one is there that is no function.
 *
 * @example Usage
 * ```ts
 * checkCalls("fit", { onStep: undefined });
 * ```
 */
export function checkCalls(action: string, calls: Readonly<Record<string, unknown>>): void {
  for (const [name, call] of Object.entries(calls)) {
    if (call === undefined || typeof call === "function") continue;
    throw new TypeError(`Cannot ${action} as ${name} must be a function: current value is ${quote(call)}`);
  }
}
