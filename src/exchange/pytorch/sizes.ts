/**
 * What the shapes of a recurrent layer say: its cell and its sizes. Only as much is read as is needed; checkShapes() of
 * model/config.ts holds the rest against the result.
 *
 * @module
 */
import type { Kind } from "../../layers/recurrent/cell.ts";
import { listed } from "../../model/config.ts";
import { formatShape } from "../../tensors/shape.ts";
import type { Recurrent } from "./names.ts";
import { unfit } from "./unfit.ts";

/** The cell and the sizes of a recurrent layer. */
export interface Sizes {
  /** "rnn", "gru" or "lstm". */
  readonly kind: Kind;
  /** I: what the first layer reads. */
  readonly inputSize: number;
  /** H: units of a layer. */
  readonly hiddenSize: number;
  /** L: layers. */
  readonly numLayers: number;
  /** R of an LSTM with projections, else 0. */
  readonly projSize: number;
}

/** Rows of weight_hh, in units of H. */
const KINDS: Readonly<Record<number, Kind>> = { 1: "rnn", 3: "gru", 4: "lstm" };

/**
 * Reads the sizes of a recurrent layer.
 *
 * @param recurrent Its tensors.
 * @param prefix How its names begin in the file.
 * @returns The sizes that its first layer has, and the number of layers.
 * @throws {TypeError} If a weight is missing or no matrix, or no cell has such sizes.
 */
export function inferSizes(recurrent: Recurrent, prefix: string): Sizes {
  const matrix = (name: string): readonly [number, number] => {
    const tensor = recurrent.get(name);
    if (!tensor) throw new TypeError(`Cannot load a state dict: missing keys ${listed([prefix + name])}`);
    if (tensor.shape.length !== 2 || tensor.shape.includes(0)) {
      throw unfit(
        `${listed([prefix + name])} must be a matrix: current shape is ${formatShape(tensor.shape)}`,
      );
    }
    return tensor.shape as [number, number];
  };
  const [, inputSize] = matrix("weight_ih_l0");
  const [rows, outputSize] = matrix("weight_hh_l0");
  const projected = recurrent.has("weight_hr_l0");
  const hiddenSize = projected ? matrix("weight_hr_l0")[1] : outputSize;
  const kind = KINDS[rows / hiddenSize];
  const hidden = listed([`${prefix}weight_hh_l0`]);
  if (kind === undefined || (projected && kind !== "lstm")) {
    throw unfit(
      projected
        ? `${hidden} of a layer with projections must have 4 rows for each of ${hiddenSize} hidden units ` +
          `(LSTM): it has ${rows}`
        : `${hidden} must have 1, 3 or 4 rows a column (RNN, GRU, LSTM): current shape is ${
          formatShape([rows, outputSize])
        }`,
    );
  }
  const numLayers = [...recurrent.keys()].filter((name) => name.startsWith("weight_hh_")).length;
  return { kind, inputSize, hiddenSize, numLayers, projSize: projected ? outputSize : 0 };
}
