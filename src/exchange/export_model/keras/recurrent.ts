/**
 * Recurrent layers as Keras's: gates r, z, n of a GRU become z, r, h; two biases become one where their sum counts alone.
 *
 * @module
 */
import type { Kind } from "../../../layers/recurrent/cell.ts";
import type { HostTensor } from "../../../tensors/module.ts";
import { reordered, transposed } from "../../import_model/arrays.ts";
import type { PlainRecurrent } from "../../import_model/plain.ts";
import { serialized, type WrittenLayer } from "./written.ts";

/** The cells: the class, which of PyTorch's gates each block of its columns is, and which of PyTorch's are the candidate. */
const CELLS: Readonly<Record<Kind, { className: string; order: readonly number[]; candidate: number }>> = {
  rnn: { className: "SimpleRNN", order: [0], candidate: 0 },
  gru: { className: "GRU", order: [1, 0, 2], candidate: 2 },
  lstm: { className: "LSTM", order: [0, 1, 2, 3], candidate: 2 },
};

/**
 * Keras 3 means clip(x/6 + 1/2) by a hard sigmoid: gates of clip(x/5 + 1/2) have sums that are 6/5 times as large there.
 */
const STEEPER = 6 / 5;

/**
 * Makes a layer.
 *
 * @param layer The layer.
 * @returns Keras's, within Bidirectional where it has two directions.
 */
export function recurrentLayer(layer: PlainRecurrent): WrittenLayer {
  const { name, cell, nonlinearity, resetAfter, gateActivation, hiddenSize, bias } = layer;
  const { className } = CELLS[cell];
  const config = {
    name,
    units: hiddenSize,
    activation: nonlinearity,
    ...cell === "rnn"
      ? {}
      : { recurrent_activation: gateActivation === "sigmoid" ? "sigmoid" : "hard_sigmoid" },
    ...cell === "gru" ? { reset_after: resetAfter } : {},
    use_bias: bias,
    return_sequences: layer.outputs === "all",
  };
  const forward = arraysOf(layer, "l0");
  if (!layer.bidirectional) return { className, config, arrays: forward };
  const inner = serialized({ className, config: { ...config, name: `${name}_direction` } });
  return {
    className: "Bidirectional",
    config: { name, merge_mode: "concat", layer: inner },
    arrays: [...forward, ...arraysOf(layer, "l0_reverse")],
  };
}

/** The arrays of one direction: kernel (I, G·H), recurrent kernel (H, G·H), and perhaps bias (G·H) or (2, G·H). */
function arraysOf(
  { cell, resetAfter, gateActivation, bias, arrays }: PlainRecurrent,
  suffix: string,
): HostTensor[] {
  const { order, candidate } = CELLS[cell];
  const turned = ({ shape, data }: HostTensor): HostTensor => {
    const scaled = gateActivation === "hardSigmoid5" ? steeper(data, order.length, candidate) : data;
    return { shape, data: reordered(scaled, order).data };
  };
  const [ih, hh, biasIh, biasHh] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((stem) => {
    const array = arrays[`${stem}_${suffix}`];
    return array && turned(array);
  });
  const weights = [transposed(ih!), transposed(hh!)];
  if (!bias) return weights;
  const [rows] = biasIh!.shape as [number];
  if (cell === "gru" && resetAfter) {
    const data = new Float32Array(2 * rows);
    data.set(biasIh!.data);
    data.set(biasHh!.data, rows);
    return [...weights, { shape: [2, rows], data }];
  }
  return [...weights, { shape: [rows], data: biasIh!.data.map((value, i) => value + biasHh!.data[i]!) }];
}

/** Blocks of rows, all but the candidate's times 6/5. */
function steeper(data: Float32Array, gates: number, candidate: number): Float32Array {
  const block = data.length / gates;
  return data.map((value, i) => Math.floor(i / block) === candidate ? value : value * STEEPER);
}
