/**
 * A language model that was told by PyTorch's names and shapes, as a plain one.
 *
 * @module
 */
import { errorNaming } from "../../messages/naming.ts";
import { checkShapes, listed } from "../../model/config.ts";
import type { StateDict } from "../../tensors/module.ts";
import type { Inferred } from "../pytorch.ts";
import type { Framework, PlainLayer, PlainModel } from "./plain.ts";
import { unfit } from "./unfit.ts";

/**
 * Makes a plain model.
 *
 * @param framework What wrote it.
 * @param inferred What its names and shapes told.
 * @param noted What else who uses the model should know.
 * @returns The model, sequences being (B, T, ·).
 * @throws {TypeError} If a shape does not fit.
 * @throws {RangeError} If an RNN's activation was not given.
 */
export function plainOf(
  framework: Framework,
  { config, tensors, supposed, leftAside }: Inferred,
  noted: readonly string[] = [],
): PlainModel {
  if (supposed.nonlinearity !== undefined) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot import the model without ${
          option("nonlinearity")
        }: its file does not tell the activation of its RNN, tanh or relu`,
    );
  }
  if (config.layer.projSize > 0) {
    throw unfit(
      "its LSTM has projections, which come in by load() alone: save its state dict with safetensors",
    );
  }
  checkShapes(config, tensors);
  const { kind, layer: { numLayers, hiddenSize, bias, nonlinearity, resetAfter, gateActivation }, model } =
    config;
  const stack = Array.from({ length: numLayers }, (_, layer): PlainLayer => {
    const arrays: StateDict = Object.create(null);
    for (const name of ["weight_ih", "weight_hh", ...bias ? ["bias_ih", "bias_hh"] : []]) {
      arrays[`${name}_l0`] = tensors[`rnn.${name}_l${layer}`]!;
    }
    const fixed = { kind: "recurrent", bidirectional: false, outputs: "all" } as const;
    const settings = { cell: kind, nonlinearity, resetAfter, gateActivation, hiddenSize, bias };
    return { ...fixed, ...settings, name: `layer ${layer}`, arrays };
  });
  const { "embedding.weight": table, "dense.weight": weight, "dense.bias": vector } = tensors;
  return {
    framework,
    version: undefined,
    layers: [
      ...(table ? [{ kind: "embedding", name: "the embedding", arrays: { weight: table } } as const] : []),
      ...stack,
      { kind: "dense", name: "the linear layer", arrays: { weight: weight!, bias: vector! } },
    ],
    batchFirst: true,
    notes: [
      ...noted,
      ...(model.tieWeights
        ? ["its embedding and its linear layer share weights there, and have their own here"]
        : []),
      ...(supposed.stack
        ? [`${listed(supposed.stack)} are supposed to be the layers of one stack, in this order`]
        : []),
      ...(leftAside.length > 0 ? [`left aside, as the model needs them not: ${listed(leftAside)}`] : []),
    ],
  };
}
