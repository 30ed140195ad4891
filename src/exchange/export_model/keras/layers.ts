/**
 * Layers as Keras's: their configurations, and their arrays in the order of Keras's layer.weights.
 *
 * @module
 */
import { transposed } from "../../import_model/arrays.ts";
import type { PlainLayer } from "../../import_model/plain.ts";
import { sizesOf } from "../../import_model/sizes.ts";
import { unfit } from "../unfit.ts";
import { recurrentLayer } from "./recurrent.ts";
import type { WrittenLayer } from "./written.ts";

/**
 * Makes Keras's layers of a plain one.
 *
 * @param layer The layer.
 * @returns One, or two of one-hot rows.
 * @throws {TypeError} If Keras has no such layer.
 */
export function kerasLayers(layer: PlainLayer): WrittenLayer[] {
  const { name } = layer;
  const { reads = 0, gives = 0 } = sizesOf(layer) ?? {};
  switch (layer.kind) {
    case "embedding": {
      const config = { name, input_dim: reads, output_dim: gives };
      return [{ className: "Embedding", config, arrays: [layer.arrays["weight"]!] }];
    }
    case "one_hot": // whose last axis is encoded where it is 1, as of a sequence of one step
      return [
        { className: "Reshape", config: { name: `${name}_each`, target_shape: [-1, 1] }, arrays: [] },
        {
          className: "CategoryEncoding",
          config: { name, num_tokens: reads, output_mode: "one_hot" },
          arrays: [],
        },
      ];
    case "recurrent":
      return [recurrentLayer(layer)];
    case "dense": {
      const { weight, bias } = layer.arrays;
      const config = { name, units: gives, activation: "linear", use_bias: bias !== undefined };
      return [{ className: "Dense", config, arrays: [transposed(weight!), ...bias ? [bias] : []] }];
    }
    case "activation":
      if (layer.function === "gelu_tanh") {
        throw unfit(
          "its gelu is the approximate one, which Keras has without a name for files: ONNX holds it",
        );
      }
      return [{ className: "Activation", config: { name, activation: layer.function }, arrays: [] }];
  }
}
