/**
 * Whether a device has room for what a model makes of a batch, before anything is made.
 *
 * @module
 */
import { checkRoom } from "../tensors/arguments.ts";
import { cellOf } from "../layers/recurrent/cell.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import type { Sentence } from "../messages/naming.ts";

/**
 * Checks that the largest blocks of a batch are no larger than the model's device gives at once.
 *
 * @param model The model.
 * @param sizes B and T of the batch.
 * @throws {DeviceError} If one is larger.
 */
export function checkBatchRoom<S extends State>(
  { device, vocabularySize, rnn: { kind, options } }: RNNModel<S>,
  { batchSize, numSteps }: { batchSize: number; numSteps: number },
): void {
  const { nonlinearity, projSize, hiddenSize } = options;
  const { slots, hasC } = cellOf(kind, { nonlinearity, projected: projSize > 0 });
  const rows = batchSize * numSteps;
  const batch: Sentence = (option) =>
    `take a batch of ${option("batchSize", batchSize)} and ${option("numSteps", numSteps)}`;
  checkRoom(device, batch, {
    logits: rows * vocabularySize,
    gates: rows * slots * hiddenSize,
    states: batchSize * (numSteps + 1) * ((projSize || hiddenSize) + (hasC ? hiddenSize : 0)),
  });
}
