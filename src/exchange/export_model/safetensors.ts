/**
 * A state dict of PyTorch: its names, plain.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import { encodeSafetensors } from "../../files/safetensors.ts";
import type { LayerConfig } from "../../model/config.ts";
import type { StateDict } from "../../tensors/module.ts";

/**
 * Writes weights.
 *
 * @param weights Weights by their names.
 * @param layers The options of the recurrent layers among what has them.
 * @param vocabulary The tokens, where they are known.
 * @returns The file's bytes.
 * @throws {TypeError} If a layer of PyTorch with these weights would answer otherwise.
 */
export function encodeStateDict(
  weights: StateDict,
  layers: readonly Pick<LayerConfig, "resetAfter" | "gateActivation" | "layerNorm">[],
  vocabulary: Vocabulary | undefined,
): Uint8Array<ArrayBuffer> {
  for (const { resetAfter, gateActivation, layerNorm } of layers) {
    if (layerNorm) {
      throw new TypeError(
        "Cannot export the model as a state dict of PyTorch as its recurrent cells are normalized (layerNorm), which no layer " +
          "of PyTorch has: refrain's own file holds them",
      );
    }
    const other = !resetAfter
      ? "its reset gate acts before the product"
      : gateActivation === "sigmoid"
      ? undefined
      : "its gates are hard sigmoids";
    if (other !== undefined) {
      throw new TypeError(
        `Cannot export the model as a state dict of PyTorch as ${other}, which no layer of PyTorch has: ONNX and Keras hold it`,
      );
    }
  }
  const tokens: Record<string, string> = vocabulary ? { vocabulary: JSON.stringify(vocabulary) } : {};
  return encodeSafetensors(weights, { format: "pt", ...tokens });
}
