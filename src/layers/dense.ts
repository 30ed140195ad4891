/**
 * The affine layer: PyTorch's nn.Linear.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Sentence } from "../messages/naming.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { optionsText } from "../messages/printable.ts";
import { storageDemand, totalWords } from "../tensors/demand.ts";
import { Module } from "../tensors/module.ts";
import { checkRoom } from "../tensors/room.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { formatShape, sameShape, sizeOf } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { checkSizes, checkTape, checkTensor } from "../tensors/arguments.ts";
import { anySeed, uniformValues } from "./initial.ts";
import { addGradients, matmul } from "../tensors/matmul.ts";

/** Options of a dense layer. */
export interface DenseOptions {
  /** I: the size of an input. */
  inputSize: number;
  /** O: the size of an output. */
  outputSize: number;
  /**
   * Whether there is a bias.
   *
   * @default {true}
   */
  bias?: boolean;
  /**
   * Seed of the first weights.
   *
   * @default {a random one}
   */
  seed?: number;
}

/** The streams of a dense layer's weights: a model gives its layers one seed, and they must not start alike. */
const STREAM = 2 ** 16;

/**
 * y = x W^T + b, with weight (O, I) and bias (O) from U(-1/√I, 1/√I).
 *
 * @example Usage
 * ```ts
 * import { Dense, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 3, outputSize: 2, seed: 0 });
 * assertEquals(dense.forward(Tensor.from(device, new Float32Array(12), [4, 3])).shape, [4, 2]);
 * ```
 */
export class Dense extends Module {
  /** What it was made with. */
  readonly options: Required<DenseOptions>;

  /**
   * Makes a layer with first weights.
   *
   * @param device The device on which it computes.
   * @param options The sizes, the bias and the seed.
   * @param tied `weight`: another layer's (O, I), to be this layer's too, which the other one frees.
   * @throws {RangeError} If a size is not positive.
   * @throws {TypeError} If a size is not an integer, an option is unknown, or the tied weight has another shape or lies
   * on another device.
   */
  constructor(device: Device, options: DenseOptions, tied: { weight?: Parameter } = {}) {
    super(device);
    assertOptions("make a Dense", options);
    const { weight } = tied;
    const { inputSize, outputSize, bias = true, seed = anySeed() } = options;
    this.options = { inputSize, outputSize, bias, seed };
    refuseUnknown("make a Dense", options, this.options);
    refuseUnknown("tie a Dense", tied, { weight });
    checkSizes("a Dense", { inputSize, outputSize });
    const shape = [outputSize, inputSize];
    if (weight && !sameShape(weight.shape, shape)) {
      throw new TypeError(
        `Cannot tie a Dense to a weight as its shape must be ${formatShape(shape)}: current shape is ${
          formatShape(weight.shape)
        }`,
      );
    }
    const shapes = { ...(weight ? {} : { weight: shape }), ...(bias ? { bias: [outputSize] } : {}) };
    const sizes: Sentence = (option) =>
      `make a Dense of ${option("inputSize", inputSize)} and ${option("outputSize", outputSize)}`;
    const words = totalWords(Object.values(shapes).map(sizeOf));
    checkRoom(device, sizes, [storageDemand(words)]);
    if (weight) this.share("weight", weight);
    if (!weight || bias) {
      this.create(uniformValues(shapes, 1 / Math.sqrt(inputSize), { seed, stream: STREAM }));
    }
  }

  /** Its class and sizes: its line without the parameters. */
  override describe(): string {
    const { inputSize, outputSize, bias } = this.options;
    return `Dense(${[inputSize, outputSize, ...optionsText({ bias }, { bias: true })].join(", ")})`;
  }

  /**
   * Applies the layer to every row.
   *
   * @param x The input, f32 (…, I).
   * @param tape The tape that records it; without one nothing is kept.
   * @returns The output, f32 (…, O).
   * @throws {TypeError} If the last size is not I, x is not "f32", or something lies on another device.
   */
  forward(x: Tensor, tape?: Tape): Tensor {
    const { device } = this;
    const { inputSize, outputSize, bias } = this.options;
    checkTensor("an input", x, { dtype: "f32", device });
    checkTape(tape, device);
    if (x.shape.at(-1) !== inputSize) {
      throw new TypeError(
        `Cannot use an input of shape ${formatShape(x.shape)} as its last size must be ${inputSize}`,
      );
    }
    const rows = x.size / inputSize;
    const weight = this.parameter("weight");
    const y = new Tensor(device, device.alloc(rows * outputSize), [...x.shape.slice(0, -1), outputSize]);
    const vector = bias ? this.parameter("bias") : undefined;
    matmul(device, { a: x.block, b: weight.value, c: y.block, bias: vector?.value }, {
      M: rows,
      N: outputSize,
      K: inputSize,
      transposeB: 1,
    });
    tape?.push(() => {
      const dy = tape.upstream(y);
      if (!dy) return;
      // dW += dy^T x; db += sum of dy over rows; dx = dy W
      const sizes = { M: outputSize, N: inputSize, K: rows };
      addGradients(device, { dy, x: x.block, weight, bias: vector }, sizes);
      if (!tape.wants(x)) return;
      const { block, accumulate } = tape.accumulator(x);
      matmul(device, { a: dy, b: weight.value, c: block }, {
        M: rows,
        N: inputSize,
        K: outputSize,
        accumulate,
      });
    });
    return y;
  }
}
