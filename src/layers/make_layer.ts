/**
 * A recurrent layer by its kind, as files, flags and golden numbers name it.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { GRU } from "./gru.ts";
import { LSTM } from "./lstm.ts";
import type { Recurrent } from "./recurrent.ts";
import type { Kind } from "./recurrent/cell.ts";
import type { RecurrentOptions } from "./recurrent/options.ts";
import { RNN } from "./rnn.ts";

const LAYERS = { rnn: RNN, gru: GRU, lstm: LSTM };

/**
 * Makes a layer with first weights.
 *
 * @param device The device on which it computes.
 * @param kind The kind of layer.
 * @param options The sizes, and what PyTorch's layer of this kind takes.
 * @returns The layer, its state being h, or h and c.
 * @throws {TypeError} If a size is not an integer, or an option is of another kind of layer.
 * @throws {RangeError} If a size, dropout or projSize is out of range.
 */
export function makeLayer(device: Device, kind: Kind, options: RecurrentOptions): Recurrent {
  return new LAYERS[kind](device, options) as Recurrent;
}
