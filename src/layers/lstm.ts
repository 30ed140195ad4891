/**
 * Long short-term memory. Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; PyTorch's
 * nn.LSTM; projection: Sak et al. 2014.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { Recurrent } from "./recurrent.ts";
import type { LSTMOptions } from "./recurrent/options.ts";

/**
 * i, f, o = σ(W x + b_i + U h + b_h), g = tanh(W x + b_i + U h + b_h), c' = f ∘ c + i ∘ g, h' = o ∘ tanh(c'), each gate
 * with its own rows of W (weight_ih), U (weight_hh) and the biases; with projSize P, h' = W_hr (o ∘ tanh(c')). With hard
 * gates a line that is cut off stands for σ.
 *
 * Parameters of each layer l, the gates in the order i f g o: weight_ih_l (4H, I), weight_hh_l (4H, R), bias_ih_l,
 * bias_hh_l (4H), with projection weight_hr_l (P, H), all from U(-1/√H, 1/√H). With layerNorm norm_weight_l and
 * norm_bias_l (9H) stand for the biases: see RecurrentOptions.
 *
 * @example Usage
 * ```ts
 * import { LSTM, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const lstm = new LSTM(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
 * const [y, [h, c]] = lstm.forward(Tensor.from(device, new Float32Array(30), [3, 2, 5]));
 * assertEquals([y.shape, h.shape, c.shape], [[3, 2, 4], [1, 2, 4], [1, 2, 4]]);
 * ```
 */
export class LSTM extends Recurrent<readonly [Tensor, Tensor]> {
  /**
   * Makes a layer with first weights.
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's nn.LSTM takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of layer.
   * @throws {RangeError} If a size, dropout or projSize is out of range.
   */
  constructor(device: Device, options: LSTMOptions) {
    super("lstm", device, options);
  }
}
