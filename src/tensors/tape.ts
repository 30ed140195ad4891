/**
 * Autograd as a coarse tape: a layer's forward pass pushes one closure that runs its hand-written backward kernels;
 * backward() runs the closures in reverse. No graph, no broadcasting rules, and nothing is read back.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { assertOn } from "../device/same_device.ts";
import { copy } from "./copy.ts";
import { counted, Printable } from "../messages/printable.ts";
import { formatShape, sameShape } from "./shape.ts";
import type { Accumulator, BatchPart, TapeBuilder } from "./tape_builder.ts";
import type { DType, Tensor } from "./tensor.ts";

/** A batch that is run at once. */
const WHOLE: BatchPart = { part: 0, parts: 1 };

/**
 * Records what forward passes did, to take it back for gradients. A state that a layer returned has history on the tape of
 * its pass alone: to carry it on without, as `state.detach()` does in PyTorch, take a new tape for each batch. Users make a tape, pass it on and go backward(); the other
 * methods are those of TapeBuilder in `@refrain/refrain/kernels`, for makers of layers.
 *
 * @example The gradient of a loss with respect to an input
 * ```ts
 * import { crossEntropy, Dense, openDevice, Tape, Tensor } from "@refrain/refrain";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
 * const x = Tensor.from(device, [1, 2], [1, 2]);
 * using tape = new Tape(device);
 * const loss = crossEntropy(dense.forward(x, tape), Tensor.from(device, new Uint32Array([1]), [1, 1]), tape);
 * tape.backward(loss);
 * const gradients = await dense.gradients();
 * assertAlmostEquals(gradients["bias"]!.data.reduce((sum, value) => sum + value), 0, 1e-6);
 * ```
 */
export class Tape extends Printable implements TapeBuilder, Disposable {
  /** Where the tensors lie. */
  readonly device: Device;
  readonly #closures: (() => void)[] = [];
  /** By the tensor's block: a tensor and its reshaped self are one. */
  readonly #gradients: Map<Block, Block> = new Map();
  readonly #kept: Disposable[] = [];
  /** Keys of dropout masks with the seeds they were made from. */
  readonly #keys: { block: Block; seed: number }[] = [];
  #one: Block | undefined;
  /** Blocks of tensors that are data. */
  readonly #data: Set<Block> = new Set();
  /** Of the tensors from which it goes backwards, those whose gradient no pass has asked for. */
  readonly #unknown: Set<Block> = new Set();

  /**
   * Makes an empty tape.
   *
   * @param device The device on which the tensors lie.
   */
  constructor(device: Device) {
    super();
    this.device = device;
  }

  /**
   * Runs the backward pass from one tensor or several.
   *
   * @param tensor A loss of one element, or any tensors that a forward pass with this tape gave.
   * @param gradient The upstream gradient of each, in its shape; a single element takes 1.
   * @throws {TypeError} If a gradient is missing or has another shape, or nothing was recorded since the last time, or
   * no tensor is of a pass with this tape, or one lies on another device.
   */
  backward(tensor: Tensor | readonly Tensor[], gradient?: Tensor | readonly Tensor[]): void {
    if (this.#closures.length === 0) {
      throw new TypeError(
        "Cannot go backwards: no pass was recorded on this tape since it last went backwards",
      );
    }
    const tensors = Array.isArray(tensor) ? tensor as Tensor[] : [tensor as Tensor];
    const gradients = gradient === undefined
      ? []
      : Array.isArray(gradient)
      ? gradient as Tensor[]
      : [gradient as Tensor];
    for (const output of tensors) assertOn("a tensor", output, this.device);
    for (const given of gradients) if (given) assertOn("a gradient", given, this.device);
    tensors.forEach((output, index) => this.#seed(output, gradients[index]));
    this.#unknown.clear();
    for (const { block } of tensors) this.#unknown.add(block);
    const { size } = this.#unknown;
    for (const closure of this.#closures.splice(0).reverse()) closure();
    if (size > 0 && this.#unknown.size === size) {
      throw new TypeError(
        "Cannot go backwards from what no pass on this tape gave: the tape goes to each layer and to the loss",
      );
    }
  }

  #seed(output: Tensor, gradient: Tensor | undefined): void {
    if (gradient) {
      if (!sameShape(output.shape, gradient.shape)) {
        throw new TypeError(
          `Cannot take a gradient of shape ${formatShape(gradient.shape)} backwards: the tensor's shape is ${
            formatShape(output.shape)
          }`,
        );
      }
      return this.give(output, gradient.block);
    }
    if (output.size !== 1) {
      throw new TypeError(
        `Cannot go backwards from a tensor of shape ${
          formatShape(output.shape)
        } without a gradient: only one element may go without`,
      );
    }
    const { block } = this.accumulator(output);
    this.device.write(block, new Float32Array([1]));
    this.#one = output.block;
  }

  /**
   * Takes tensors for data, of which no layer then computes a gradient: what PyTorch does where `requires_grad` is not set.
   * It saves the first layer a product a pass. fit() does so with its batches.
   *
   * @param tensors Inputs of passes that are still to come.
   */
  leaveOut(...tensors: readonly Tensor<DType>[]): void {
    for (const { block } of tensors) this.#data.add(block);
  }

  /**
   * The gradient of a tensor that took part, on the host.
   *
   * @param tensor An input, an initial state, an output.
   * @returns As many numbers as the tensor has; zeros where no gradient reached it, or it was left out.
   * @throws {TypeError} If the tensor lies on another device.
   */
  async gradient(tensor: Tensor): Promise<Float32Array> {
    assertOn("a tensor", tensor, this.device);
    const block = this.wants(tensor) && this.#gradients.get(tensor.block);
    if (!block) return new Float32Array(tensor.size);
    return new Float32Array(await this.device.read(block)).subarray(0, tensor.size);
  }

  /** For layers: pushes the backward of what was just run. */
  push(backward: () => void): void {
    this.#closures.push(backward);
  }

  /** For layers: memory that the backward pass needs, freed with the tape. */
  keep<T extends Disposable>(memory: T): T {
    this.#kept.push(memory);
    return memory;
  }

  /** For dropout: (4) words, the key of one pass' masks, kept with the tape. The same count gives the same masks. */
  maskKey(seed: number, count: number): Block {
    const block = this.keep(this.device.alloc(4));
    this.#keys.push({ block, seed });
    this.device.write(block, new Uint32Array([seed >>> 0, count >>> 0, 0, 1]));
    return block;
  }

  /**
   * For recorded programs: from the next run on, all passes of this tape have the dropout masks of `count`, or those of a
   * part of it.
   */
  reseed(count: number, { part, parts }: BatchPart = WHOLE): void {
    this.#keys.forEach(({ block, seed }, index) => {
      const word = count * this.#keys.length + index;
      this.device.write(block, new Uint32Array([seed >>> 0, word >>> 0, part, parts]));
    });
  }

  /** For layers: the gradient that has reached a tensor, or undefined when none has. */
  upstream(tensor: Tensor): Block | undefined {
    this.#unknown.delete(tensor.block);
    return this.#gradients.get(tensor.block);
  }

  /** For layers: whether a tensor's gradient is of use to anybody. */
  wants(tensor: Tensor): boolean {
    return !this.#data.has(tensor.block);
  }

  /** For losses: whether the gradient that reached a tensor is the 1 that backward() began with. */
  isOne(tensor: Tensor): boolean {
    return this.#one === tensor.block;
  }

  /** For layers: where to put, or to add, a gradient of a tensor. */
  accumulator(tensor: Tensor): Accumulator {
    const block = this.#gradients.get(tensor.block);
    if (block) return { block, accumulate: 1 };
    const fresh = this.keep(this.device.alloc(tensor.size));
    this.#gradients.set(tensor.block, fresh);
    return { block: fresh, accumulate: 0 };
  }

  /** For layers: adds a gradient (in the tensor's shape) that lies in `source`. */
  give(tensor: Tensor, source: Block): void {
    const { block, accumulate } = this.accumulator(tensor);
    copy(this.device, { block: source }, { block }, { columns: tensor.size, accumulate });
  }

  /** For losses: takes a block that already holds a tensor's gradient, when it is the first. */
  adopt(tensor: Tensor, block: Block): void {
    if (this.#gradients.has(tensor.block)) this.give(tensor, block);
    else this.#gradients.set(tensor.block, block);
  }

  /**
   * What a scope leaves alone from which the tape is returned: memory that was kept for the backward pass, and gradients.
   * Tensors between two layers are not among them, so a pass goes backwards within its scope only.
   */
  blocks(): Disposable[] {
    return [...this.#kept, ...this.#gradients.keys(), ...this.#gradients.values()];
  }

  /**
   * The tape in a line: `Tape on wasm, 2 passes, 0 gradients`.
   *
   * @returns Its place, the passes that backward() would take back, and how many tensors have gradients.
   */
  override toString(): string {
    const { length } = this.#closures;
    const { size } = this.#gradients;
    return `Tape on ${this.device.name}, ${counted(length, "pass", "passes")}, ${counted(size, "gradient")}`;
  }

  /** Frees what was kept for the backward pass, and the gradients of tensors. */
  [Symbol.dispose](): void {
    for (const memory of this.#kept.splice(0)) memory[Symbol.dispose]();
    this.#gradients.clear();
    this.#data.clear();
    this.#keys.length = 0;
  }
}
