/**
 * Layer normalization: PyTorch's nn.LayerNorm.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { optionsText } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import { isIn, RANGES, wordsOf } from "../ranges.ts";
import { checkSizes, checkTape, checkTensor } from "../tensors/arguments.ts";
import { storageDemand } from "../tensors/demand.ts";
import { Module, type StateDict } from "../tensors/module.ts";
import { checkRoom } from "../tensors/room.ts";
import { formatShape, sameShape, sizeOf } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";

/** Options of a layer normalization. */
export interface LayerNormOptions {
  /** F: the size of an input's last dimension, or the sizes of its last dimensions, which are normalized together. */
  normalizedShape: number | readonly number[];
  /**
   * What is added to the variance, at least 0.
   *
   * @default {1e-5}
   */
  epsilon?: number;
  /**
   * Whether there is a weight, and a bias unless `bias` says otherwise.
   *
   * @default {true}
   */
  elementwiseAffine?: boolean;
  /**
   * Whether there is a bias beside the weight.
   *
   * @default {true}
   */
  bias?: boolean;
}

/** What most have. */
const DEFAULTS = { epsilon: 1e-5, elementwiseAffine: true, bias: true };

/**
 * y = (x - E[x]) / √(Var[x] + ε) · weight + bias, mean and variance being those of each vector by itself; weight begins as
 * ones, bias as zeros. Source: Ba, Kiros and Hinton 2016. A pass with a tape keeps two words a vector.
 *
 * @example Usage
 * ```ts
 * import { LayerNorm, openDevice, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const norm = new LayerNorm(device, { normalizedShape: 2 });
 * const y = await norm.forward(Tensor.from(device, [1, 3, 50, 10], [2, 2])).data();
 * [-1, 1, 1, -1].forEach((value, i) => assertAlmostEquals(y[i]!, value, 1e-4));
 * ```
 */
export class LayerNorm extends Module {
  /** What it was made with. */
  readonly options: Required<LayerNormOptions>;
  readonly #shape: readonly number[];

  /**
   * Makes a layer with ones as weight and zeros as bias.
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's layer takes.
   * @throws {RangeError} If a size is not positive, or epsilon is no such number.
   * @throws {TypeError} If a size is not an integer, or an option is unknown.
   */
  constructor(device: Device, options: LayerNormOptions) {
    super(device);
    assertOptions("make a LayerNorm", options);
    const { normalizedShape } = options;
    const { epsilon = DEFAULTS.epsilon, elementwiseAffine = true, bias = true } = options;
    this.options = { normalizedShape, epsilon, elementwiseAffine, bias };
    refuseUnknown("make a LayerNorm", options, this.options);
    const shape = Array.isArray(normalizedShape) ? [...normalizedShape] : [normalizedShape];
    for (const size of shape.length > 0 ? shape : [undefined]) {
      checkSizes("a LayerNorm", { normalizedShape: size });
    }
    if (!isIn(RANGES.rate, epsilon)) {
      throw new RangeError(
        `Cannot make a LayerNorm as epsilon must be ${wordsOf(RANGES.rate)}: current value is ${
          quote(epsilon)
        }`,
      );
    }
    this.#shape = shape;
    if (!elementwiseAffine) return;
    const size = sizeOf(shape);
    checkRoom(device, () => `make a LayerNorm of ${formatShape(shape)}`, [
      storageDemand((bias ? 2 : 1) * size),
    ]);
    const initial: StateDict = { weight: { shape, data: new Float32Array(size).fill(1) } };
    if (bias) initial["bias"] = { shape, data: new Float32Array(size) };
    this.create(initial);
  }

  /** Its class and sizes: its line without the parameters. */
  override describe(): string {
    const { normalizedShape: _, ...others } = this.options;
    const sizes = this.#shape.length === 1 ? `${this.#shape[0]}` : formatShape(this.#shape);
    return `LayerNorm(${[sizes, ...optionsText(others, DEFAULTS)].join(", ")})`;
  }

  /**
   * Normalizes every vector.
   *
   * @param x The input, f32 (…, F).
   * @param tape The tape that records it; without one nothing is kept.
   * @returns The shape of x.
   * @throws {TypeError} If the last sizes are not `normalizedShape`, x is not "f32", or something lies on another device.
   */
  forward(x: Tensor, tape?: Tape): Tensor {
    const { device } = this;
    const { epsilon, elementwiseAffine, bias } = this.options;
    checkTensor("an input", x, { dtype: "f32", device });
    checkTape(tape, device);
    if (!sameShape(x.shape.slice(-this.#shape.length), this.#shape)) {
      const sizes = this.#shape.length === 1 ? "its last size must be" : "its last sizes must be";
      throw new TypeError(
        `Cannot use an input of shape ${formatShape(x.shape)} as ${sizes} ${this.#shape.join(", ")}`,
      );
    }
    const columns = sizeOf(this.#shape);
    const rows = x.size / columns;
    const weight = elementwiseAffine ? this.parameter("weight") : undefined;
    const shift = elementwiseAffine && bias ? this.parameter("bias") : undefined;
    const scaled = weight ? 1 : 0;
    const factor = weight?.value ?? x.block; // is not read where nothing is scaled
    const run = (): { y: Tensor; statistics: Tensor["block"] } => {
      const y = new Tensor(device, device.alloc(x.size), x.shape);
      const statistics = device.alloc(2 * rows);
      const buffers = { x: x.block, weight: factor, bias: shift?.value ?? x.block, y: y.block, statistics };
      const params = { rows, columns, epsilon, scaled, shifted: shift ? 1 : 0 };
      device.run("layer_norm_forward", buffers, params);
      return { y, statistics };
    };
    if (!tape) return device.scope(() => run().y);
    const { y, statistics } = run();
    tape.keep(statistics);
    tape.push(() => {
      const dy = tape.upstream(y);
      if (!dy) return;
      const { block: dx, accumulate } = tape.accumulator(x);
      device.scope(() => {
        const products = device.alloc(weight ? rows * columns : 1);
        const buffers = { x: x.block, weight: factor, statistics, dy, dx, products };
        device.run("layer_norm_backward", buffers, { rows, columns, scaled, accumulate });
        const sums = { rows, columns, ld: columns, offset: 0, scale: 1, accumulate: 1 };
        if (weight) device.run("sum_rows", { x: products, y: weight.gradientOfPass() }, sums);
        if (shift) device.run("sum_rows", { x: dy, y: shift.gradientOfPass() }, sums);
      });
    });
    return y;
  }
}
