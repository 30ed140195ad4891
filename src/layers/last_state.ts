/**
 * What a recurrent layer has made of whole sequences: the final h of its last layer, both directions side by side.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { copy, type Rectangle } from "../tensors/copy.ts";
import { formatShape } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { Recurrent } from "./recurrent.ts";
import { type State, tensorsOf } from "./recurrent/arguments.ts";

/**
 * The final h of the last layer, its directions joined, for a Dense behind it: PyTorch's `h_n[-1]`, or
 * `torch.cat((h_n[-2], h_n[-1]), dim=1)` of two directions. With `lengths` given to forward(), h is that of each row's own
 * last step; the direction backwards has read the whole row too, which the last step of the outputs has not.
 *
 * @param layer The layer that gave the state.
 * @param state The final state of forward(): h (L·D, B, R), of an LSTM [h, c], or (L·D, R) unbatched.
 * @param tape The tape that recorded the pass; without one nothing is kept.
 * @returns The vectors (B, D·R), or (D·R) unbatched.
 * @throws {TypeError} If layer is no recurrent one, it is no state of such a layer, or something lies on another device.
 *
 * @example Usage
 * ```ts
 * import { Dense, GRU, lastState, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const gru = new GRU(device, { inputSize: 3, hiddenSize: 4, bidirectional: true, seed: 0 });
 * const head = new Dense(device, { inputSize: gru.outputFeatures, outputSize: 2, seed: 0 });
 * const x = Tensor.from(device, new Float32Array(30), [5, 2, 3]); // (T, B, I)
 * const [, state] = gru.forward(x, undefined, undefined, { lengths: [5, 3] });
 * assertEquals(head.forward(lastState(gru, state)).shape, [2, 2]);
 * ```
 */
export function lastState(layer: Recurrent<never> | Recurrent, state: State, tape?: Tape): Tensor {
  if (!(layer instanceof Recurrent)) {
    throw new TypeError(
      `Cannot use ${quote(layer)} as a recurrent layer: the call is written lastState(layer, state, tape)`,
    );
  }
  const { device, outputSize: R, outputFeatures } = layer;
  const D = outputFeatures / R;
  const entries = layer.options.numLayers * D;
  const [h] = tensorsOf(state) as [Tensor];
  checkTensor("a state", h, { dtype: "f32", device });
  checkTape(tape, device);
  const { shape } = h;
  if (shape[0] !== entries || shape.at(-1) !== R || shape.length < 2 || shape.length > 3) {
    throw new TypeError(
      `Cannot use a state of shape ${
        formatShape(shape)
      } as that of ${layer.describe()}: h must be (${entries}, B, ${R})`,
    );
  }
  const rows = h.size / (entries * R);
  const y = new Tensor(device, device.alloc(rows * D * R), [...shape.slice(1, -1), D * R]);
  /** The rows of a direction in h, and in the vectors. */
  const places = (d: number, ofH: Tensor["block"], ofY: Tensor["block"]): [Rectangle, Rectangle] => [
    { block: ofH, offset: (entries - D + d) * rows * R },
    { block: ofY, offset: d * R, ld: D * R },
  ];
  for (let d = 0; d < D; d++) copy(device, ...places(d, h.block, y.block), { rows, columns: R });
  tape?.push(() => {
    const dy = tape.upstream(y);
    if (!dy) return;
    const dh = tape.keep(device.alloc(h.size));
    device.clear(dh); // a program runs again
    for (let d = 0; d < D; d++) {
      const [target, source] = places(d, dh, dy);
      copy(device, source, target, { rows, columns: R });
    }
    tape.adopt(h, dh);
  });
  return y;
}
