/**
 * Functions of single elements, as layers take them between two products: PyTorch's of the same names.
 *
 * @module
 */
import { ACTIVATION_KINDS } from "../kernels.ts";
import { quote } from "../messages/quote.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";

/** y = f(x); the way back takes f' of x again instead of keeping it. */
function activate(name: (typeof ACTIVATION_KINDS)[number], x: Tensor, tape: Tape | undefined): Tensor {
  const device = x?.device;
  checkTensor("an input", x, { dtype: "f32", device });
  checkTape(tape, device);
  const count = x.size;
  const kind = ACTIVATION_KINDS.indexOf(name);
  const y = new Tensor(device, device.alloc(count), x.shape);
  const params = { count, kind, gradient: 0, accumulate: 0 };
  device.run("activation", { x: x.block, dy: x.block, y: y.block }, params);
  tape?.push(() => {
    const dy = tape.upstream(y);
    if (!dy) return;
    const { block, accumulate } = tape.accumulator(x);
    device.run("activation", { x: x.block, dy, y: block }, { ...params, gradient: 1, accumulate });
  });
  return y;
}

/**
 * max(x, 0), of each element: PyTorch's torch.relu. A NaN stays one, and nothing goes back where x <= 0.
 *
 * @param x The input, f32 of any shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns The shape of x.
 * @throws {TypeError} If x is not "f32", or the tape is of another device.
 *
 * @example Usage
 * ```ts
 * import { openDevice, relu, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * assertEquals([...await relu(Tensor.from(device, [-2, 0, 3], [3])).data()], [0, 0, 3]);
 * ```
 */
export function relu(x: Tensor, tape?: Tape): Tensor {
  return activate("relu", x, tape);
}

/**
 * (e^x - e^-x) / (e^x + e^-x), of each element: PyTorch's torch.tanh.
 *
 * @param x The input, f32 of any shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns The shape of x.
 * @throws {TypeError} If x is not "f32", or the tape is of another device.
 *
 * @example Usage
 * ```ts
 * import { openDevice, tanh, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const [y] = await tanh(Tensor.from(device, [0.5], [1])).data();
 * assertAlmostEquals(y!, Math.tanh(0.5), 1e-6);
 * ```
 */
export function tanh(x: Tensor, tape?: Tape): Tensor {
  return activate("tanh", x, tape);
}

/**
 * σ(x) = 1 / (1 + e^-x), of each element: PyTorch's torch.sigmoid.
 *
 * @param x The input, f32 of any shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns The shape of x.
 * @throws {TypeError} If x is not "f32", or the tape is of another device.
 *
 * @example Usage
 * ```ts
 * import { openDevice, sigmoid, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * assertEquals([...await sigmoid(Tensor.from(device, [0, 100], [2])).data()], [0.5, 1]);
 * ```
 */
export function sigmoid(x: Tensor, tape?: Tape): Tensor {
  return activate("sigmoid", x, tape);
}

/** Options of gelu(). */
export interface GeluOptions {
  /**
   * "none": Φ by erf, exact to float32; "tanh": Φ(x) ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
   *
   * @default {"none"}
   */
  approximate?: "none" | "tanh";
}

/**
 * x Φ(x), Φ(x) = (1 + erf(x / √2)) / 2 being the normal distribution's: PyTorch's nn.functional.gelu, of each element.
 * Source: Hendrycks and Gimpel 2016. At -∞ it is NaN, as there.
 *
 * @param x The input, f32 of any shape.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `approximate`: by which equation.
 * @returns The shape of x.
 * @throws {TypeError} If x is not "f32", the tape is of another device, or an option is unknown.
 * @throws {RangeError} If `approximate` is another word.
 *
 * @example Usage
 * ```ts
 * import { gelu, openDevice, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1], [1]);
 * assertAlmostEquals((await gelu(x).data())[0]!, 0.8413447, 1e-6);
 * assertAlmostEquals((await gelu(x, undefined, { approximate: "tanh" }).data())[0]!, 0.841192, 1e-6);
 * ```
 */
export function gelu(x: Tensor, tape?: Tape, options: GeluOptions = {}): Tensor {
  const { approximate = "none" } = options;
  refuseUnknown("apply gelu", options, { approximate });
  if (approximate !== "none" && approximate !== "tanh") {
    throw new RangeError(
      `Cannot apply gelu as approximate must be "none" or "tanh": current value is ${quote(approximate)}`,
    );
  }
  return activate(approximate === "tanh" ? "gelu_tanh" : "gelu", x, tape);
}
