/**
 * What makers of layers, losses and recorded programs call on a tape. Users of layers pass a tape on and call backward().
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Tensor } from "./tensor.ts";

/** Where a gradient goes: written the first time, added to afterwards. */
export interface Accumulator {
  /** The gradient, in the shape of its tensor. */
  readonly block: Block;
  /** 0 the first time, then 1: the kernels' parameter. */
  readonly accumulate: 0 | 1;
}

/** Which rows of a batch a pass has, where they are run one part after the other. */
export interface BatchPart {
  /** The part, from 0. */
  readonly part: number;
  /** How many parts there are. */
  readonly parts: number;
}

/**
 * The half of a Tape that layers are made with. Every Tape has it.
 *
 * @example A layer that doubles its input
 * ```ts
 * import { openDevice, Tape, Tensor } from "@refrain/refrain";
 * import { copy, type TapeBuilder } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * function twice(x: Tensor, tape?: TapeBuilder): Tensor {
 *   const { device, size } = x, y = new Tensor(device, device.alloc(size), x.shape);
 *   const double = (from: Tensor["block"], to: Tensor["block"], accumulate: 0 | 1): void => {
 *     copy(device, { block: from }, { block: to }, { columns: size, accumulate });
 *     copy(device, { block: from }, { block: to }, { columns: size, accumulate: 1 });
 *   };
 *   double(x.block, y.block, 0);
 *   tape?.push(() => {
 *     const dy = tape.upstream(y);
 *     if (!dy) return;
 *     const { block, accumulate } = tape.accumulator(x);
 *     double(dy, block, accumulate);
 *   });
 *   return y;
 * }
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * using tape = new Tape(device);
 * const x = Tensor.from(device, [3], [1]);
 * tape.backward(twice(x, tape));
 * assertEquals([...await tape.gradient(x)], [2]);
 * ```
 */
export interface TapeBuilder {
  /**
   * Adds a backward pass, to be run before all that were added earlier.
   *
   * @param backward Gives the kernels to run; it must not await.
   */
  push(backward: () => void): void;
  /**
   * Keeps memory that the backward pass needs: it is freed with the tape.
   *
   * @param memory A block or a tensor.
   * @returns The memory.
   */
  keep<T extends Disposable>(memory: T): T;
  /**
   * The gradient that has reached a tensor.
   *
   * @param tensor An output of the pass.
   * @returns The gradient in the tensor's shape, or undefined when none has reached it.
   */
  upstream(tensor: Tensor): Block | undefined;
  /**
   * Whether a gradient is of use to anybody: what leaveOut() was told of needs none.
   *
   * @param tensor An input of the pass.
   * @returns Whether to compute its gradient.
   */
  wants(tensor: Tensor): boolean;
  /**
   * Where to put a gradient of a tensor, or to add it to those that are there.
   *
   * @param tensor An input of the pass.
   * @returns The block, and whether to add.
   */
  accumulator(tensor: Tensor): Accumulator;
  /**
   * Adds a gradient.
   *
   * @param tensor An input of the pass.
   * @param source The gradient in the tensor's shape; it is copied.
   */
  give(tensor: Tensor, source: Block): void;
  /**
   * Adds a gradient without a copy, where it is the tensor's first.
   *
   * @param tensor An input of the pass.
   * @param block The gradient in the tensor's shape, which the tape may add others to.
   */
  adopt(tensor: Tensor, block: Block): void;
  /**
   * Tells losses whether backward() began at a tensor.
   *
   * @param tensor An output of the pass.
   * @returns Whether its gradient is 1.
   */
  isOne(tensor: Tensor): boolean;
  /**
   * The key of a pass' dropout masks, kept with the tape.
   *
   * @param seed The seed of the layer.
   * @param count The pass of the layer: the same count gives the same masks.
   * @returns The key, (4) u32 words: two of the generator, and of how many parts of a batch the pass has which one.
   */
  maskKey(seed: number, count: number): Block;
  /**
   * Gives all passes of the tape other dropout masks, from the next run of a recorded program on.
   *
   * @param count The run.
   * @param part Of how many parts of a batch the run has which one: its masks are those of the whole batch. Absent, it is
   * a whole one.
   */
  reseed(count: number, part?: BatchPart): void;
}
