/**
 * What profile() demands of a device: a training, and the operands and results of each recurrence's products.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { gatesOf } from "../layers/recurrent/cell.ts";
import type { Sentence } from "../messages/naming.ts";
import {
  type BatchSizes,
  modelMaking,
  type ModelSizes,
  modelStorage,
  modelWords,
  optimizerDemand,
  stepDemand,
} from "../model/demand.ts";
import { batchChoices, modelChoices } from "../model/room.ts";
import { blockBytes, blocksOf, type Demand, times, together } from "../tensors/demand.ts";
import { restsOf } from "../tensors/matmul.ts";
import { checkRoom } from "../tensors/room.ts";

/** A model of these sizes, an Adam, a step, and the products of all layers forwards and backwards. */
export function profileDemand(model: ModelSizes, sizes: BatchSizes): Demand {
  const { kind, layer: { hiddenSize, projSize, numLayers, layerNorm } } = model;
  const gates = gatesOf(kind);
  const outputs = projSize || hiddenSize;
  const rows = sizes.batchSize * sizes.numSteps;
  // (T·B, G·H), (G·H, R) and (T·B, R)
  const operands = {
    gates: rows * gates * hiddenSize,
    weights: gates * hiddenSize * outputs,
    outputs: rows * outputs,
  };
  const products = together(
    times(2, blocksOf(operands)),
    restsOf({ M: rows, N: gates * hiddenSize, K: outputs }),
    restsOf({ M: rows, N: outputs, K: gates * hiddenSize }),
  );
  return together(
    modelStorage(model),
    optimizerDemand(modelWords(model), { optimizer: "adam", momentum: 0 }),
    stepDemand(model, sizes),
    times(layerNorm ? 0 : numLayers, products), // of loops in one kernel
  );
}

/**
 * Checks that a device has room to profile a model.
 *
 * @param device The device.
 * @param model The model's sizes.
 * @param options B and T of a batch, and whether the model is there by now.
 * @throws {DeviceError} If it has not.
 */
export function checkProfileRoom(
  device: Device,
  model: ModelSizes,
  { batchSize, numSteps, made }: BatchSizes & { made: boolean },
): void {
  const { hiddenSize } = model.layer;
  const sizes = { batchSize, numSteps };
  const demands = (model: ModelSizes, sizes: BatchSizes): Demand[] =>
    made ? [profileDemand(model, sizes)] : [modelMaking(model), profileDemand(model, sizes)];
  const what: Sentence = (option) =>
    `profile ${option("hiddenSize", hiddenSize)} with ${option("batchSize", batchSize)} ` +
    `and ${option("numSteps", numSteps)}`;
  const choices = [
    ...(made ? [] : modelChoices(model, (smaller) => demands(smaller, sizes)).slice(0, 1)),
    ...batchChoices(sizes, (smaller) => demands(model, smaller)),
  ];
  const present = made ? blockBytes(modelStorage(model)) : 0;
  checkRoom(device, what, demands(model, sizes), { choices, present });
}
