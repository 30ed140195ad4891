/**
 * What may be made smaller where a device has no room for a model or a batch of it: for the sentences that say so.
 *
 * @module
 */
import type { Demand } from "../tensors/demand.ts";
import type { Choice } from "../tensors/room.ts";
import type { BatchSizes, ModelSizes } from "./demand.ts";

/**
 * The sizes of a model that its maker chooses.
 *
 * @param sizes The model as it was asked for.
 * @param demands What another one demands.
 */
export function modelChoices(
  sizes: ModelSizes,
  demands: (sizes: ModelSizes) => readonly Demand[],
): Choice[] {
  const { layer, model: { embeddingSize, tieWeights } } = sizes;
  const { hiddenSize, numLayers, projSize } = layer;
  const embedded = (size: number): ModelSizes => ({
    ...sizes,
    layer: { ...layer, inputSize: size },
    model: { ...sizes.model, embeddingSize: size },
  });
  const tied = tieWeights && projSize === 0;
  const hidden = (size: number): ModelSizes | undefined => {
    const base = tied ? embedded(size) : sizes;
    return size > projSize ? { ...base, layer: { ...base.layer, hiddenSize: size } } : undefined;
  };
  const layers = (count: number): ModelSizes => ({ ...sizes, layer: { ...layer, numLayers: count } });
  const choice = (
    options: readonly string[],
    value: number,
    change: (value: number) => ModelSizes | undefined,
  ): Choice => ({
    options,
    value,
    demands: (value) => {
      const changed = change(value);
      return changed && demands(changed);
    },
  });
  return [
    choice(tied ? ["hiddenSize", "embeddingSize"] : ["hiddenSize"], hiddenSize, hidden),
    choice(["numLayers"], numLayers, layers),
    ...(embeddingSize > 0 && !tieWeights ? [choice(["embeddingSize"], embeddingSize, embedded)] : []),
  ];
}

/**
 * The sizes of a batch.
 *
 * @param sizes The batch as it was asked for.
 * @param demands What another one demands.
 */
export function batchChoices<S extends BatchSizes>(
  sizes: S,
  demands: (sizes: S) => readonly Demand[],
): Choice[] {
  const { batchSize, numSteps, accumulateSteps = 1 } = sizes;
  const values = { ...(accumulateSteps > 1 ? { accumulateSteps } : {}), batchSize, numSteps };
  return Object.entries(values).map(([name, value]) => ({
    options: [name],
    value,
    demands: (value) => demands({ ...sizes, [name]: value }),
  }));
}
