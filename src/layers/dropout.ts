/**
 * Dropout with masks from the counter generator: the backward pass draws the same ones again instead of keeping them.
 * Source: Srivastava et al. 2014.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import { Printable } from "../messages/printable.ts";
import type { Tape } from "../tensors/tape.ts";
import { Random } from "../random.ts";
import { Tensor } from "../tensors/tensor.ts";
import { checkProbability, checkTape, checkTensor } from "../tensors/arguments.ts";
import { anySeed } from "./initial.ts";

/**
 * y = x, each element zeroed with `probability` or scaled by 1 / (1 - probability).
 *
 * @param x The input, f32 of any shape.
 * @param options `seed` (4) u32: the masks' key; `stream`: a number of its own for each place where dropout is used;
 * `columns`: words of the rows of a batch that lie side by side, all of x where it is one row after the other.
 * @param tape The tape that records it, and keeps y.
 * @returns The shape of x.
 */
export function dropout(
  x: Tensor,
  { probability, seed, stream, columns }: {
    probability: number;
    seed: Block;
    stream: number;
    columns: number;
  },
  tape: Tape,
): Tensor {
  const { device } = x;
  const count = x.size;
  const y = new Tensor(device, tape.keep(device.alloc(count)), x.shape);
  const params = { count, probability, stream, columns };
  device.run("dropout", { x: x.block, seed, y: y.block }, { ...params, accumulate: 0 });
  tape.push(() => {
    const upstream = tape.upstream(y);
    if (!upstream) return;
    const { block, accumulate } = tape.accumulator(x);
    device.run("dropout", { x: upstream, seed, y: block }, { ...params, accumulate });
  });
  return y;
}

/** Options of a dropout layer. */
export interface DropoutOptions {
  /**
   * The probability of an element being zeroed, in [0, 1].
   *
   * @default {0.5}
   */
  probability?: number;
  /**
   * Seed of the masks, of which the low 32 bits count.
   *
   * @default {a random one}
   */
  seed?: number;
}

/** The stream of layers of their own, apart from those of weights of the same seed. */
const STREAM = 2 ** 18;

/**
 * Dropout as a layer: acts with a tape only, and leaves its input alone without one.
 *
 * @example Usage
 * ```ts
 * import { Dropout, openDevice, Tape, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * using tape = new Tape(device);
 * const dropout = new Dropout({ probability: 1 });
 * const x = Tensor.from(device, [1, 2, 3], [3]);
 * assertEquals([...await dropout.forward(x, tape).data()], [0, 0, 0]);
 * assertEquals(dropout.forward(x), x);
 * ```
 */
export class Dropout extends Printable {
  /** What it was made with. */
  readonly options: Required<DropoutOptions>;
  #passes = 0;

  /**
   * Makes a layer without parameters.
   *
   * @param options The probability and the seed.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If the probability is not in [0, 1], or the seed is none.
   */
  constructor(options: DropoutOptions = {}) {
    super();
    const { probability = 0.5, seed = anySeed() } = options;
    refuseUnknown("make a Dropout", options, { probability, seed });
    checkProbability("a Dropout", "probability", probability);
    new Random(seed); // throws
    this.options = { probability, seed };
  }

  /**
   * The layer in a line: `Dropout(0.5)`.
   *
   * @returns Its class and its probability.
   */
  override toString(): string {
    return `Dropout(${this.options.probability})`;
  }

  /**
   * Drops elements out.
   *
   * @param x The input, f32 of any shape.
   * @param tape The tape that records it; without one nothing is dropped.
   * @param options `batchFirst`: whether the outermost dimension is the batch rather than time. Masks of a batch that is run
   * part by part, as train() does with accumulateSteps, follow from it; others do not.
   * @returns The shape of x: x itself where nothing is dropped, else a tensor that goes with the tape.
   * @throws {TypeError} If x is not "f32", the tape is of another device, or an option is unknown.
   */
  forward(x: Tensor, tape?: Tape, options: { batchFirst?: boolean } = {}): Tensor {
    const { probability, seed } = this.options;
    const { batchFirst = false } = options;
    refuseUnknown("drop elements out", options, { batchFirst });
    checkTensor("an input", x, { dtype: "f32", device: x?.device });
    checkTape(tape, x.device);
    if (!tape || probability === 0) return x;
    const columns = batchFirst ? x.size : x.size / (x.shape[0] ?? 1);
    const key = tape.maskKey(seed, this.#passes++);
    return dropout(x, { probability, seed: key, stream: STREAM, columns }, tape);
  }
}
