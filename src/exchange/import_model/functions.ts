/**
 * Functions of single elements as parts of a Sequential, by the names of plain activations.
 *
 * @module
 */
import { gelu, relu, sigmoid, tanh } from "../../layers/activations.ts";
import type { SequentialPart } from "../../layers/sequential.ts";
import type { Tape } from "../../tensors/tape.ts";
import type { Tensor } from "../../tensors/tensor.ts";
import type { PlainActivation } from "./plain.ts";

/** The functions. */
export const FUNCTIONS: Readonly<Record<Exclude<PlainActivation["function"], "softmax">, SequentialPart>> = {
  relu,
  tanh,
  sigmoid,
  gelu: function gelu_(x: Tensor, tape?: Tape): Tensor {
    return gelu(x, tape);
  },
  gelu_tanh: (x, tape) => gelu(x, tape, { approximate: "tanh" }),
};
