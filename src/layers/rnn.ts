/**
 * The Elman network. Source: Elman 1990, "Finding structure in time"; PyTorch's nn.RNN.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { Recurrent } from "./recurrent.ts";
import type { RNNOptions } from "./recurrent/options.ts";

/**
 * h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), or max(0, ·) with nonlinearity "relu".
 *
 * Parameters of each layer l: weight_ih_l (H, I; D·H above the first), weight_hh_l (H, H), bias_ih_l, bias_hh_l (H), all
 * from U(-1/√H, 1/√H). With layerNorm norm_weight_l and norm_bias_l (2H) stand for the biases: see RecurrentOptions.
 *
 * @example Usage
 * ```ts
 * import { openDevice, RNN, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const rnn = new RNN(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
 * const x = Tensor.from(device, new Float32Array(3 * 2 * 5), [3, 2, 5]); // (T, B, I)
 * const [y, state] = rnn.forward(x);
 * assertEquals([y.shape, state.shape], [[3, 2, 4], [1, 2, 4]]);
 * ```
 */
export class RNN extends Recurrent<Tensor> {
  /**
   * Makes a layer with first weights.
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's nn.RNN takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of layer.
   * @throws {RangeError} If a size, dropout or projSize is out of range.
   */
  constructor(device: Device, options: RNNOptions) {
    super("rnn", device, options);
  }
}
