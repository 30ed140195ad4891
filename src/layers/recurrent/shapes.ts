/**
 * The parameters of a recurrent layer by name, before there is a layer: what a file must hold can be checked first.
 *
 * @module
 */
import { totalWords } from "../../tensors/demand.ts";
import { sizeOf } from "../../tensors/shape.ts";
import { gatesOf, type Kind, normsOf } from "./cell.ts";
import type { RecurrentSettings } from "./options.ts";

/** What the shapes depend on. */
type Sizes = Pick<
  RecurrentSettings,
  "inputSize" | "hiddenSize" | "numLayers" | "bias" | "projSize" | "bidirectional" | "layerNorm"
>;

/**
 * PyTorch's names and shapes, in PyTorch's order.
 *
 * @param kind The layer.
 * @param settings Its sizes; the other ones have no say.
 * @returns The shapes of weight_ih (G·H, I), weight_hh (G·H, R), biases (G·H) and weight_hr (R, H), by layer and
 * direction; where cells are normalized norm_weight and norm_bias (2 G·H, or 9 H of an LSTM) stand for the biases.
 */
export function recurrentShapes(
  kind: Kind,
  settings: Sizes,
): Record<string, number[]> {
  const { inputSize, hiddenSize, numLayers, bias, projSize, bidirectional, layerNorm } = settings;
  const norms = normsOf(kind) * hiddenSize;
  const rows = gatesOf(kind) * hiddenSize;
  const directions = bidirectional ? ["", "_reverse"] : [""];
  const outputSize = projSize || hiddenSize;
  const shapes: Record<string, number[]> = {};
  for (let layer = 0; layer < numLayers; layer++) {
    for (const direction of directions) {
      const suffix = `l${layer}${direction}`;
      shapes[`weight_ih_${suffix}`] = [rows, layer === 0 ? inputSize : outputSize * directions.length];
      shapes[`weight_hh_${suffix}`] = [rows, outputSize];
      if (layerNorm) {
        shapes[`norm_weight_${suffix}`] = [norms];
        if (bias) shapes[`norm_bias_${suffix}`] = [norms];
      } else if (bias) {
        shapes[`bias_ih_${suffix}`] = [rows];
        shapes[`bias_hh_${suffix}`] = [rows];
      }
      if (projSize > 0) shapes[`weight_hr_${suffix}`] = [projSize, hiddenSize];
    }
  }
  return shapes;
}

/**
 * The words that all parameters take in one block. Layers above the first are alike, so that no count of layers takes long.
 *
 * @param kind The layer.
 * @param settings Its sizes; the other ones have no say.
 */
export function recurrentWords(kind: Kind, settings: Sizes): number {
  const { hiddenSize, projSize, bidirectional, numLayers } = settings;
  const words = (layer: Partial<Sizes>): number =>
    totalWords(Object.values(recurrentShapes(kind, { ...settings, ...layer, numLayers: 1 })).map(sizeOf));
  const inputSize = (projSize || hiddenSize) * (bidirectional ? 2 : 1);
  return words({}) + (numLayers - 1) * words({ inputSize });
}
