/**
 * A model as it goes out: the plain layers that importers make, from refrain's own.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Kind } from "../../layers/recurrent/cell.ts";
import type { LayerConfig, ModelConfig } from "../../model/config.ts";
import type { StateDict } from "../../tensors/module.ts";
import type { PlainLayer, PlainModel, PlainRecurrent } from "../import_model/plain.ts";
import { unfit } from "./unfit.ts";

/** A model. */
export interface Outgoing extends Pick<PlainModel, "layers" | "batchFirst"> {
  /** Whether it begins with a state that is given, and gives its last one: all layers are of one size then. */
  readonly hasStates: boolean;
  /** Its tokens, where it has some. */
  readonly vocabulary: Vocabulary | undefined;
}

/**
 * A language model: ids (B, T) to logits (B, T, V).
 *
 * @param config What it is made of.
 * @param weights Its weights under refrain's names.
 * @param vocabulary Its tokens, where they are known.
 * @returns The model.
 * @throws {TypeError} If it has a projection, or its cells are normalized.
 */
export function languageModel(
  { kind, layer, vocabularySize, model }: ModelConfig,
  weights: StateDict,
  vocabulary: Vocabulary | undefined,
): Outgoing {
  const first: PlainLayer = model.embeddingSize > 0
    ? { kind: "embedding", name: "", arrays: { weight: weights["embedding.weight"]! } }
    : { kind: "one_hot", name: "", size: vocabularySize };
  const dense: PlainLayer = {
    kind: "dense",
    name: "",
    arrays: { weight: weights["dense.weight"]!, bias: weights["dense.bias"]! },
  };
  const layers = named([first, ...recurrentLayers(kind, layer, weights, "rnn."), dense]);
  return { layers, batchFirst: true, hasStates: true, vocabulary };
}

/**
 * The layers of a recurrent one, one by one.
 *
 * @param kind Its kind.
 * @param layer Its options.
 * @param weights What has its weights.
 * @param prefix What stands before their names.
 * @returns A layer each, without a name.
 * @throws {TypeError} If it has a projection, or its cells are normalized.
 */
export function recurrentLayers(
  kind: Kind,
  layer: LayerConfig,
  weights: StateDict,
  prefix: string,
): PlainRecurrent[] {
  const { hiddenSize, numLayers, bias, bidirectional, projSize } = layer;
  const { nonlinearity, resetAfter, gateActivation } = layer;
  if (layer.layerNorm) {
    throw unfit(
      "its recurrent cells are normalized (layerNorm), which neither ONNX's nor Keras's are: refrain's own file holds them",
    );
  }
  if (projSize > 0) {
    throw unfit(
      `its LSTM has a projection (projSize ${projSize}), which neither ONNX's LSTM nor Keras's has: safetensors holds it`,
    );
  }
  const stems = ["weight_ih", "weight_hh", ...bias ? ["bias_ih", "bias_hh"] : []];
  const suffixes = bidirectional ? ["", "_reverse"] : [""];
  return Array.from({ length: numLayers }, (_, index) => {
    const arrays: StateDict = Object.create(null);
    for (const suffix of suffixes) {
      for (const stem of stems) {
        arrays[`${stem}_l0${suffix}`] = weights[`${prefix}${stem}_l${index}${suffix}`]!;
      }
    }
    return {
      kind: "recurrent",
      name: "",
      cell: kind,
      nonlinearity,
      resetAfter,
      gateActivation,
      hiddenSize,
      bias,
      bidirectional,
      outputs: "all",
      arrays,
    };
  });
}

/**
 * Layers with names: what they are, and their places.
 *
 * @param layers The layers.
 */
export function named(layers: readonly PlainLayer[]): PlainLayer[] {
  return layers.map((layer, index) => ({
    ...layer,
    name: `${
      layer.kind === "recurrent" ? layer.cell : layer.kind === "activation" ? layer.function : layer.kind
    }_${index}`,
  }));
}
