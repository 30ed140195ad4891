/**
 * Recurrent nodes of ONNX: gates i, o, f, c of an LSTM become i, f, g, o, and z, r, h of a GRU r, z, n.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { Kind } from "../../../layers/recurrent/cell.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { checkShape, type NamedArray, reordered } from "../arrays.ts";
import type { PlainRecurrent } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { activationsOf } from "./activations.ts";
import type { OnnxNode } from "./graph.ts";
import type { Source } from "./source.ts";
import { startOf } from "./states.ts";

/** The nodes: the cell, and which block of ONNX's rows each of PyTorch's gates is. */
const CELLS: Readonly<Record<string, { cell: Kind; order: readonly number[] }>> = {
  RNN: { cell: "rnn", order: [0] },
  GRU: { cell: "gru", order: [1, 0, 2] },
  LSTM: { cell: "lstm", order: [0, 2, 3, 1] },
};

/**
 * Makes a plain layer.
 *
 * @param node The node.
 * @param source The graph.
 * @returns The layer, with the outputs of all steps, and the model's inputs that are its states.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If refrain has no such layer, or shapes do not fit.
 */
export function recurrentOf(
  node: OnnxNode,
  source: Source,
): { layer: PlainRecurrent; states: readonly string[] } {
  const { name, op, inputs, attributes } = node;
  const { cell, order } = CELLS[op]!;
  refuse(node);
  const direction = attributes.get("direction")?.texts[0] ?? "forward";
  if (direction === "reverse") {
    throw unfit(`${quote(name)} reads backwards: only a bidirectional node does so here`);
  }
  const directions = direction === "bidirectional" ? 2 : 1;
  const [, weights = "", hidden = "", biases = "", , ...starts] = inputs;
  const W = source.weight(weights);
  const R = source.weight(hidden);
  const B = biases === "" ? undefined : source.weight(biases);
  const hiddenSize = R.shape[2] ?? 0;
  const rows = order.length * hiddenSize;
  const stated = attributes.get("hidden_size")?.integers[0] ?? hiddenSize;
  if (stated !== hiddenSize) {
    throw unfit(`${quote(name)} has hidden_size ${stated}, and weights of ${hiddenSize}`);
  }
  checkShape(W, [directions, rows, W.shape[2] ?? 0]);
  checkShape(R, [directions, rows, hiddenSize]);
  if (B) checkShape(B, [directions, 2 * rows]);
  const states = starts.slice(0, 2).filter((state) => state !== "");
  const begins = states.map((state) => startOf(node, state, source));
  const other = begins.find(({ size = hiddenSize }) => size !== hiddenSize);
  if (other) {
    throw unfit(
      `${
        quote(name)
      } has ${hiddenSize} outputs and a cell state of ${other.size}: it was projected, and PyTorch's exporter dropped weight_hr; save its state_dict()`,
    );
  }
  const arrays: StateDict = Object.create(null);
  for (let index = 0; index < directions; index++) {
    const suffix = index === 0 ? "l0" : "l0_reverse";
    arrays[`weight_ih_${suffix}`] = matrix(W, index, order);
    arrays[`weight_hh_${suffix}`] = matrix(R, index, order);
    if (!B) continue;
    const both = B.data.subarray(2 * rows * index, 2 * rows * (index + 1));
    arrays[`bias_ih_${suffix}`] = reordered(both.subarray(0, rows), order);
    arrays[`bias_hh_${suffix}`] = reordered(both.subarray(rows), order);
  }
  const reset = attributes.get("linear_before_reset")?.integers[0] ?? 0;
  const layer: PlainRecurrent = {
    kind: "recurrent",
    name,
    cell,
    ...activationsOf(node, cell, directions),
    resetAfter: cell !== "gru" || reset !== 0,
    hiddenSize,
    bias: B !== undefined,
    bidirectional: directions === 2,
    outputs: "all",
    arrays,
  };
  return { layer, states: begins.flatMap(({ input }) => input ?? []) };
}

/** One direction's matrix, its blocks of rows in PyTorch's order. */
function matrix({ shape, data }: NamedArray, index: number, order: readonly number[]): HostTensor {
  const [directions, ...rest] = shape as [number, ...number[]];
  const length = data.length / directions;
  return { shape: rest, data: reordered(data.subarray(index * length, (index + 1) * length), order).data };
}

/** Refuses what no layer here has. */
function refuse({ name, inputs, attributes }: OnnxNode): void {
  const clip = attributes.get("clip")?.floats[0];
  if (clip !== undefined) {
    throw unfit(
      `${quote(name)} has clip ${Number(clip.toPrecision(7))}: the sums of gates are not cut off here`,
    );
  }
  if ((attributes.get("input_forget")?.integers[0] ?? 0) !== 0) {
    throw unfit(`${quote(name)} has input_forget: its input and forget gates are one, and two here`);
  }
  if ((inputs[7] ?? "") !== "") {
    throw unfit(`${quote(name)} has peepholes (P): gates do not read the cell state here`);
  }
  if ((inputs[4] ?? "") !== "") {
    throw unfit(`${quote(name)} has sequence_lens: export the model for sequences of one length`);
  }
}
