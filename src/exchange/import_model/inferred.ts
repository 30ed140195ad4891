/**
 * A language model that was told by PyTorch's names and shapes, as a plain one.
 *
 * @module
 */
import { checkShapes, listed } from "../../model/config.ts";
import type { StateDict } from "../../tensors/module.ts";
import type { Inferred } from "../pytorch.ts";
import type { Framework, PlainLayer, PlainModel } from "./plain.ts";

/**
 * Makes a plain model.
 *
 * @param framework What wrote it.
 * @param inferred What its names and shapes told.
 * @returns The model, sequences being (B, T, ·).
 * @throws {TypeError} If a shape does not fit.
 */
export function plainOf(
  framework: Framework,
  { config, tensors, supposed, leftAside }: Inferred,
): PlainModel {
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
