/**
 * Whether a model's device has room to train it, before anything is allocated.
 *
 * @module
 */
import type { Sentence } from "../messages/naming.ts";
import { thousands } from "../messages/printable.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import {
  type BatchSizes,
  evaluationDemand,
  linesDemand,
  type LinesSizes,
  modelWords,
  optimizerDemand,
  stepDemand,
} from "../model/demand.ts";
import type { Corpus } from "../data/corpus.ts";
import { batchChoices } from "../model/room.ts";
import { blocksOf, type Demand, together } from "../tensors/demand.ts";
import { checkRoom } from "../tensors/room.ts";
import { validationReading } from "./reading.ts";
import { runSizes } from "./text_pass.ts";
import type { State } from "../layers/recurrent/arguments.ts";

/**
 * Checks that there is room for a step of training.
 *
 * @param model The model.
 * @param sizes B and T of a batch.
 * @param beside `validation`: the text that is evaluated beside it, where there is one; `adam`: whether the training makes its optimizer.
 * @throws {DeviceError} If there is not.
 */
export function checkTrainingRoom<S extends State>(
  model: RNNModel<S>,
  sizes: BatchSizes,
  beside: { validation: Corpus | undefined; adam: boolean },
): void {
  const { device } = model;
  const config = configOf(model);
  const more = besideOf(model, beside);
  const demands = (batch: BatchSizes): Demand[] => [together(stepDemand(config, batch), more)];
  checkRoom(device, batchSentence(sizes), demands(sizes), { choices: batchChoices(sizes, demands) });
}

/** What there is beside the step. */
function besideOf<S extends State>(
  model: RNNModel<S>,
  { validation, adam }: { validation: Corpus | undefined; adam: boolean },
): Demand {
  const { device } = model;
  const config = configOf(model);
  return together(
    adam ? optimizerDemand(modelWords(config), { optimizer: "adam", momentum: 0 }) : blocksOf({}),
    validation
      ? evaluationDemand(config, runSizes(device, config, validationReading(validation)))
      : blocksOf({}),
  );
}

/**
 * Checks that there is room for steps of training on lines, recorded for each length.
 *
 * @param model The model.
 * @param sizes B and all T of the batches.
 * @param beside As for checkTrainingRoom().
 * @throws {DeviceError} If there is not.
 */
export function checkLinesRoom<S extends State>(
  model: RNNModel<S>,
  sizes: LinesSizes,
  beside: { validation: Corpus | undefined; adam: boolean },
): void {
  const config = configOf(model);
  const demands = (changed: object): Demand[] => [
    together(linesDemand(config, { ...sizes, ...changed }), besideOf(model, beside)),
  ];
  const choices = batchChoices({ ...sizes, numSteps: 1 }, demands);
  checkRoom(model.device, linesSentence(sizes), demands({}), { choices });
}

/** What is to be taken at once, with what its longest line has. */
function linesSentence({ batchSize, lengths }: LinesSizes): Sentence {
  return (option) =>
    `take batches of ${option("batchSize", batchSize)} lines, of ${
      thousands(lengths.at(-1)!)
    } steps the longest`;
}

function batchSentence({ batchSize, numSteps, accumulateSteps = 1 }: BatchSizes): Sentence {
  return (option) => {
    const batch = `a batch of ${option("batchSize", batchSize)} and ${option("numSteps", numSteps)}`;
    return accumulateSteps > 1
      ? `take ${batch}, with ${option("accumulateSteps", accumulateSteps)}`
      : `take ${batch}`;
  };
}
