/**
 * Where a training is, as plain data: all that it takes to go on with the same bits.
 *
 * @module
 */
import type { OptimizerState } from "../optimizers/optimizer.ts";
import type { ScheduleState } from "../optimizers/schedule.ts";
import { errorNaming } from "../messages/naming.ts";
import { isIn, RANGES } from "../ranges.ts";
import type { StateDict } from "../tensors/module.ts";
import type { ReportsState } from "./reports.ts";
import type { StepState } from "./watched_step.ts";
import { quote } from "../messages/quote.ts";
import { visible } from "../messages/visible.ts";

/** What must not change from a training on a text to the one that goes on from it. */
export interface TrainingSetting {
  /** Tokens of the corpus. */
  tokens: number;
  /** B: rows of a batch. */
  batchSize: number;
  /** T: steps of a batch. */
  numSteps: number;
  /** Batches that make a step. */
  accumulateSteps: number;
  /** Where batches begin. */
  sampling: "consecutive" | "random";
  /** Whether the state is kept from one epoch to the next. */
  carryState: boolean;
  /** How likely a row begins a step from a zero state. */
  resetProbability: number;
  /** Seed of random sampling, and of resets. */
  seed: number;
  /** Whether each line of the corpus is an example of its own. */
  lines?: boolean;
}

/** Where a training is, between two steps: plain data, of numbers, strings and typed arrays. */
export interface TrainingState<Setting extends object = TrainingSetting> extends StepState, ReportsState {
  /** The epoch that runs, from 1; one more than there are, where all have ended. */
  epoch: number;
  /** Steps of this epoch that have ended. */
  step: number;
  /** Steps since training began. */
  steps: number;
  /** What the training was of. */
  setting: Setting;
  /** The weights. */
  weights: StateDict;
  /** The optimizer's running means and steps. */
  optimizer: OptimizerState;
  /** Where the schedule is, where there is one. */
  schedule?: ScheduleState;
}

/** What a state's place must fit. */
export interface Bounds {
  /** Steps of an epoch, where that is known. */
  readonly stepsPerEpoch?: number;
  /** Runs of the recorded step that a step is made of. */
  readonly runsPerStep: number;
}

/** Parts of a state that have parts of their own. */
const PARTS = ["setting", "weights", "optimizer", "carried", "loss", "health"] as const;

/**
 * How far a training has come.
 *
 * @param place The epoch that runs, its steps, and steps since training began.
 * @returns The epoch of the last step, 0 before the first, and steps since training began.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reachedBy({ epoch: 3, step: 0, steps: 12 }), { epoch: 2, step: 12 });
 * assertEquals(reachedBy({ epoch: 3, step: 1, steps: 13 }), { epoch: 3, step: 13 });
 * ```
 */
export function reachedBy(
  { epoch, step, steps }: Pick<TrainingState, "epoch" | "step" | "steps">,
): { epoch: number; step: number } {
  return { epoch: step === 0 ? epoch - 1 : epoch, step: steps };
}

/**
 * Checks that a training can go on from a state.
 *
 * @param state What Training.state() gave, not trusted to be of this training.
 * @param setting What this training is of.
 * @param bounds Its steps an epoch, and their runs.
 * @throws {RangeError} If the state is of another text or batch, or of a place that there is not.
 * @throws {TypeError} If it lacks a part.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const sizes = { tokens: 9, batchSize: 2, numSteps: 2, accumulateSteps: 1 };
 * const setting = { ...sizes, sampling: "random", carryState: false, resetProbability: 0, seed: 0 } as const;
 * const parts = { weights: {}, carried: [], health: [], loss: { total: 0, runs: 0, rows: new Float32Array(4) } };
 * const optimizer = { steps: 0, learningRate: 0.1, moments: {} };
 * const state = { ...parts, optimizer, epoch: 1, step: 0, steps: 0, best: 2.5, worse: 0, setting };
 * const bounds = { stepsPerEpoch: 2, runsPerStep: 1 };
 * checkState(state, setting, bounds);
 * assertThrows(() => checkState(state, { ...setting, seed: 1 }, bounds), RangeError, "seed is 1, and was 0");
 * ```
 */
export function checkState<Setting extends object>(
  state: TrainingState<Setting>,
  setting: Setting,
  bounds: Bounds,
): void {
  for (const name of PARTS) {
    const part: unknown = state?.[name];
    if (typeof part === "object" && part !== null) continue;
    throw new TypeError(
      `Cannot restore the training as its state must have ${name}: state() gives plain data`,
    );
  }
  for (const name of Object.keys({ ...state.setting, ...setting })) {
    const value: unknown = setting[name as keyof Setting];
    const was: unknown = state.setting[name as keyof Setting];
    if (was === value) continue;
    // A function of the epoch does not tell how many it will give.
    if (name === "batches" && (was === undefined || value === undefined)) continue;
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot restore the training as it is of another ${name === "tokens" ? "text" : "setting"}: ` +
        `${option(visible(name))} is ${value === undefined ? "not told" : quote(value)}, and was ` +
        `${was === undefined ? "not told" : quote(was)}`,
    );
  }
  checkReports(state);
  checkPlace(state, bounds);
}

function checkPlace(
  { epoch, step, steps, loss }: TrainingState<object>,
  { stepsPerEpoch, runsPerStep }: Bounds,
): void {
  const fits = Number.isSafeInteger(epoch) && epoch >= 1 && Number.isSafeInteger(step) && step >= 0 &&
    step <= (stepsPerEpoch ?? step);
  if (!fits) {
    const limit = stepsPerEpoch === undefined ? "places are counted" : `an epoch has ${stepsPerEpoch} steps`;
    throw new RangeError(
      `Cannot restore the training as ${limit}: its place is step ${quote(step)} of epoch ${quote(epoch)}`,
    );
  }
  const before = stepsPerEpoch === undefined ? undefined : (epoch - 1) * stepsPerEpoch + step;
  const counted = before === undefined ? Number.isSafeInteger(steps) && steps >= step : steps === before;
  if (!counted) {
    throw new RangeError(
      `Cannot restore the training as it has taken ${before ?? `at least ${step}`} steps: steps is ${
        quote(steps)
      }`,
    );
  }
  const runs = step * runsPerStep;
  if (Number.isFinite(loss.total) && (step === 0 || loss.runs === runs)) return;
  throw new RangeError(
    `Cannot restore the training as its loss must be a sum of ${runs} batches: it is ${
      quote(loss.total)
    } of ${quote(loss.runs)}`,
  );
}

/** Old states, and those of reports at ends of epochs alone, tell nothing of what was reported within one. */
function checkReports({ best, worse, reported, step, loss }: TrainingState<object>): void {
  if (typeof best !== "number" || Number.isNaN(best) || !isIn(RANGES.amount, worse)) {
    throw new RangeError(
      "Cannot restore the training as its best loss, or the reports since then, are no numbers",
    );
  }
  if (reported === undefined) return;
  const most = step === 0 ? 0 : loss.runs;
  if (Number.isFinite(reported?.sum) && Number.isSafeInteger(reported?.runs) && reported.runs <= most) return;
  throw new RangeError(
    `Cannot restore the training as what was reported of its epoch must be a sum of its batches: current value is ${
      quote(reported)
    }`,
  );
}
