/**
 * What suits a series: sizes, rate and epochs of a training, picked from how many rows it has and what was chosen already.
 *
 * @module
 */
import { windowCount, type WindowSizes } from "../data/windows.ts";

/** What is picked where it is not given. */
export interface SeriesSettings extends WindowSizes {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly hiddenSize: number;
  /** Share of the rows at their end; undefined for none. */
  readonly validationSplit: number | undefined;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly clipGradNorm: number;
  readonly epochs: number;
}

/**
 * Steps of a training: more of them learn a few hundred rows by heart. Of three series (309 sunspots, 203 quarters of
 * consumption, 257 months of industry) 360 steps come to the best RMSE on the last fifth, or near it; of these 900 to 2,400
 * steps of the same are worse by a tenth to a half. The best model is kept anyway.
 */
const STEPS = 300;
/** Steps of a window: horizons are told from about three times as much. */
const WINDOW = { least: 24, most: 96 };
/** Learning rates of optimizers beside gradients that are clipped at 1. */
const RATES: Readonly<Record<string, number>> = { adam: 3e-3, adamw: 3e-3, rmsprop: 1e-3, sgd: 0.1 };

/**
 * Picks what is not given.
 *
 * @param series Rows there are, the optimizer, and how many batches make a step.
 * @param given What is chosen already; a split that is undefined is none.
 * @returns All of it, what was given as it was.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { numSteps, validationSplit, epochs } = pickSeries({ rows: 309, optimizer: "adam" }, { horizon: 11 });
 * assertEquals([numSteps, validationSplit, epochs], [33, 0.2, 50]);
 * ```
 */
export function pickSeries(
  { rows, optimizer, accumulateSteps: parts = 1 }: {
    rows: number;
    optimizer: string;
    accumulateSteps?: number;
  },
  given: Partial<SeriesSettings>,
): SeriesSettings {
  const { horizon = 1 } = given;
  const wanted = Math.min(WINDOW.most, Math.max(WINDOW.least, 3 * horizon));
  // A window must fit into a fifth of the rows, or nothing is held out; then into half of them.
  const numSteps = given.numSteps ?? Math.max(1, Math.min(wanted, Math.floor(rows / 4)));
  const split = Math.floor(rows * 0.2) >= numSteps + horizon ? 0.2 : undefined;
  const validationSplit = "validationSplit" in given ? given.validationSplit : split;
  const count = windowCount(rows - Math.floor(rows * (validationSplit ?? 0)), { numSteps, horizon });
  const { batchSize = Math.max(1, Math.min(32, Math.floor(count / parts))) } = given;
  const perEpoch = Math.max(1, Math.floor(count / (batchSize * parts)));
  return {
    cell: "gru",
    hiddenSize: 32,
    learningRate: RATES[optimizer]!,
    clipGradNorm: 1,
    epochs: Math.max(5, Math.ceil(STEPS / perEpoch)),
    ...given,
    horizon,
    numSteps,
    validationSplit,
    batchSize,
  };
}
