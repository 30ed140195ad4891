/**
 * The gated recurrent unit. Source: Cho et al. 2014, where the reset gate acts before the product, and PyTorch's nn.GRU,
 * where it acts behind it.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Tensor } from "../tensors/tensor.ts";
import { Recurrent } from "./recurrent.ts";
import type { GRUOptions } from "./recurrent/options.ts";

/**
 * r = σ(W_ir x + b_ir + W_hr h + b_hr), z = σ(W_iz x + b_iz + W_hz h + b_hz),
 * n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn)), h' = (1 - z) ∘ n + z ∘ h; with resetAfter false,
 * n = tanh(W_in x + b_in + W_hn (r ∘ h) + b_hn). With hard gates a line that is cut off stands for σ. Where another
 * program means h' = (1 - z) ∘ h + z ∘ n, the z rows of weights and biases change their signs: σ(-a) = 1 - σ(a), and so
 * do hard gates.
 *
 * Parameters of each layer l, the gates in the order r z n: weight_ih_l (3H, I), weight_hh_l (3H, H), bias_ih_l,
 * bias_hh_l (3H), all from U(-1/√H, 1/√H). With layerNorm norm_weight_l and norm_bias_l (6H) stand for the biases: see
 * RecurrentOptions.
 *
 * @example Usage
 * ```ts
 * import { GRU, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const gru = new GRU(device, { inputSize: 5, hiddenSize: 4, numLayers: 2, seed: 0 });
 * const [y, state] = gru.forward(Tensor.from(device, new Float32Array(30), [3, 2, 5]));
 * assertEquals([y.shape, state.shape], [[3, 2, 4], [2, 2, 4]]);
 * ```
 */
export class GRU extends Recurrent<Tensor> {
  /**
   * Makes a layer with first weights.
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's nn.GRU takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of layer.
   * @throws {RangeError} If a size, dropout or projSize is out of range.
   */
  constructor(device: Device, options: GRUOptions) {
    super("gru", device, options);
  }
}
