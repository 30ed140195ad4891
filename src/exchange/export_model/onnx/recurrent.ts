/**
 * Recurrent layers as nodes of ONNX: gates i, f, g, o of an LSTM become i, o, f, c, and r, z, n of a GRU z, r, h.
 *
 * @module
 */
import type { GateActivation, Kind } from "../../../layers/recurrent/cell.ts";
import type { HostTensor } from "../../../tensors/module.ts";
import { reordered } from "../../import_model/arrays.ts";
import type { PlainRecurrent } from "../../import_model/plain.ts";
import type { AttributeValue, GraphWriter } from "./graph.ts";

/** The cells: the node, which of PyTorch's gates each block of its rows is, and its activations. */
const CELLS: Readonly<
  Record<Kind, { op: string; order: readonly number[]; activations: readonly string[] }>
> = {
  rnn: { op: "RNN", order: [0], activations: ["Tanh"] },
  gru: { op: "GRU", order: [1, 0, 2], activations: ["Sigmoid", "Tanh"] },
  lstm: { op: "LSTM", order: [0, 3, 1, 2], activations: ["Sigmoid", "Tanh", "Tanh"] },
};

/** The slopes of hard sigmoids. */
const SLOPES: Readonly<Partial<Record<GateActivation, number>>> = {
  hardSigmoid5: 1 / 5,
  hardSigmoid6: 1 / 6,
};

/** The tensors of a node beside its weights. */
export interface RecurrentNode {
  /** What it reads, (T, B, I). */
  readonly x: string;
  /** The states that it begins with, h and of an LSTM c: none where these are zero. */
  readonly states: readonly string[];
  /** What it makes: y (T, D, B, H), h and c (D, B, H). */
  readonly outputs: readonly string[];
}

/**
 * Writes a node and its weights.
 *
 * @param graph The graph.
 * @param layer The layer.
 * @param node What it reads and makes.
 */
export function writeRecurrent(
  graph: GraphWriter,
  layer: PlainRecurrent,
  { x, states, outputs }: RecurrentNode,
): void {
  const { name, cell, bias, bidirectional, hiddenSize, resetAfter } = layer;
  const { op, order } = CELLS[cell];
  const suffixes = bidirectional ? ["l0", "l0_reverse"] : ["l0"];
  const put = (key: string, names: readonly string[]): string => {
    const parts = suffixes.flatMap((suffix) => names.map((one) => layer.arrays[`${one}_${suffix}`]!));
    const [{ shape: [rows = 0, ...columns] }] = parts as [HostTensor];
    const shape = [suffixes.length, names.length * rows, ...columns];
    return graph.floats(`${name}.${key}`, shape, joined(parts, order));
  };
  const weights = [put("W", ["weight_ih"]), put("R", ["weight_hh"])];
  const biases = bias ? put("B", ["bias_ih", "bias_hh"]) : "";
  const inputs = [x, ...weights, biases, "", ...states];
  while (inputs.at(-1) === "") inputs.pop();
  graph.node(op, inputs, {
    outputs,
    attributes: {
      hidden_size: hiddenSize,
      direction: bidirectional ? "bidirectional" : undefined,
      linear_before_reset: cell === "gru" ? Number(resetAfter) : undefined,
      ...activationsOf(layer, suffixes.length),
    },
  });
}

/** Tensors one behind the other, each with its blocks of rows in another order. */
function joined(parts: readonly HostTensor[], order: readonly number[]): Float32Array {
  const data = new Float32Array(parts.reduce((length, part) => length + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(reordered(part.data, order).data, at);
    at += part.data.length;
  }
  return data;
}

/** What a node is told of its activations, where they are not those of its kind. */
function activationsOf(
  { cell, nonlinearity, gateActivation }: PlainRecurrent,
  directions: number,
): Record<string, AttributeValue> {
  const [, ...others] = CELLS[cell].activations;
  const slope = SLOPES[gateActivation];
  const each = (list: readonly string[]): string[] => Array.from({ length: directions }, () => list).flat();
  if (cell === "rnn") return nonlinearity === "relu" ? { activations: each(["Relu"]) } : {};
  if (slope === undefined) return {};
  return {
    activations: each(["HardSigmoid", ...others]),
    activation_alpha: new Float32Array(directions).fill(slope),
    activation_beta: new Float32Array(directions).fill(0.5),
  };
}
