/**
 * The flags of models of other frameworks and of smaller files, a part of the table in flags.ts.
 *
 * @module
 */
import { FORMATS, FORMS } from "../exchange/export_model/options.ts";
import { FRAMEWORKS } from "../exchange/import_model/plain.ts";
import { WEIGHT_TYPES } from "../exchange/weight_types.ts";

/** Heading, names and rows. */
export const EXCHANGE = {
  Exchange: {
    "file": {
      kind: "text",
      value: "FILE",
      repeatable: true,
      import: null,
      operand: ["import"],
      advice:
        "a model of another framework: of Keras .keras or .h5, of TensorFlow.js model.json and its .bin, of MLX .safetensors or .npz, of Flax .msgpack, of burn .mpk, of PyTorch .pt, of Paddle .pdparams, of ONNX .onnx and its .data",
    },
    "from": {
      kind: "choice",
      choices: FRAMEWORKS,
      import: null,
      advice: "the framework that wrote the files",
      otherwise: "told from the files",
    },
    "reset": {
      kind: "choice",
      choices: ["after", "before"],
      import: null,
      advice: "where a GRU's reset gate acts: after the product with the state, or before",
      otherwise: "that of the file, which is to tell it",
    },
    "to": {
      kind: "choice",
      choices: FORMATS,
      export: null,
      advice:
        "as a file of another framework: ONNX of opset 14, Keras 3's .keras, or safetensors with PyTorch's names",
    },
    "form": {
      kind: "choice",
      choices: FORMS,
      export: null,
      of: ["to", "onnx"],
      advice: "whether the model reads ids (B, T), or a step of ids (B)",
      otherwise: "sequence",
    },
  },
  Quantization: {
    "to": {
      kind: "choice",
      choices: WEIGHT_TYPES,
      quantize: "int8",
      advice: "what weights become: int8, a quarter of the file, or f16, half of it",
    },
  },
} as const;
