/**
 * Whether a model's device has room to train it, before anything is allocated.
 *
 * @module
 */
import type { Sentence } from "../messages/naming.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import {
  type BatchSizes,
  evaluationDemand,
  modelWords,
  optimizerDemand,
  stepDemand,
} from "../model/demand.ts";
import type { Corpus } from "../data/corpus.ts";
import { batchChoices } from "../model/room.ts";
import { blocksOf, type Demand, together } from "../tensors/demand.ts";
import { checkRoom } from "../tensors/room.ts";
import { ofValidation } from "./reading.ts";
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
  { validation, adam }: { validation: Corpus | undefined; adam: boolean },
): void {
  const { device } = model;
  const config = configOf(model);
  const beside = together(
    adam ? optimizerDemand(modelWords(config), { optimizer: "adam", momentum: 0 }) : blocksOf({}),
    validation ? evaluationDemand(config, runSizes(device, config, ofValidation(validation))) : blocksOf({}),
  );
  const demands = (batch: BatchSizes): Demand[] => [together(stepDemand(config, batch), beside)];
  checkRoom(device, batchSentence(sizes), demands(sizes), { choices: batchChoices(sizes, demands) });
}

function batchSentence({ batchSize, numSteps, accumulateSteps = 1 }: BatchSizes): Sentence {
  return (option) => {
    const batch = `a batch of ${option("batchSize", batchSize)} and ${option("numSteps", numSteps)}`;
    return accumulateSteps > 1
      ? `take ${batch}, with ${option("accumulateSteps", accumulateSteps)}`
      : `take ${batch}`;
  };
}
