/**
 * One vector of all time steps of a row, for a layer that judges whole sequences.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { POOL_KINDS } from "../kernels.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { formatShape } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { checkLengths } from "./recurrent/arguments.ts";
import { type Lengths, lengthsBlock } from "./recurrent/lengths.ts";

/** Options of meanPool(), maxPool() and lastStep(). */
export interface PoolOptions {
  /**
   * (B) How many steps of each row count, each at least 1; a recorded program reads them anew at each run where they are a
   * tensor, u32.
   *
   * @default {all}
   */
  lengths?: Lengths;
  /**
   * Whether x is (B, T, F) rather than (T, B, F).
   *
   * @default {false}
   */
  batchFirst?: boolean;
}

function pool(
  name: (typeof POOL_KINDS)[number],
  x: Tensor,
  tape: Tape | undefined,
  options: PoolOptions,
): Tensor {
  const { lengths, batchFirst = false } = options;
  refuseUnknown("pool over time", options, { lengths, batchFirst });
  const device = x?.device;
  checkTensor("an input", x, { dtype: "f32", device });
  checkTape(tape, device);
  const { shape } = x;
  if (shape.length !== 2 && shape.length !== 3) {
    throw new TypeError(
      `Cannot pool an input of shape ${formatShape(shape)} over time: it must be ${
        batchFirst ? "(B, T, F)" : "(T, B, F)"
      }, or (T, F) without a batch`,
    );
  }
  const columns = shape.at(-1)!;
  const unbatched = shape.length === 2;
  const [first, second] = shape as [number, number];
  const [steps, batch] = unbatched ? [first, 1] : batchFirst ? [second, first] : [first, second];
  checkLengths(lengths, { batch, steps, device });
  const strides = unbatched || batchFirst
    ? { stepStride: columns, rowStride: steps * columns }
    : { stepStride: batch * columns, rowStride: columns };
  const params = { steps, batch, columns, ...strides, kind: POOL_KINDS.indexOf(name) };
  const forward = (): { y: Tensor; counts: Block } => {
    const y = new Tensor(device, device.alloc(batch * columns), unbatched ? [columns] : [batch, columns]);
    const keep = (block: Block): Block => tape ? tape.keep(block) : block;
    const counts = lengthsBlock(device, lengths ?? Array<number>(batch).fill(steps), keep);
    device.run("pool_forward", { x: x.block, lengths: counts, y: y.block }, params);
    return { y, counts };
  };
  if (!tape) return device.scope(() => forward().y);
  const { y, counts } = forward();
  tape.push(() => {
    const dy = tape.upstream(y);
    if (!dy) return;
    const { block, accumulate } = tape.accumulator(x);
    const buffers = { x: x.block, lengths: counts, dy, dx: block };
    device.run("pool_backward", buffers, { ...params, accumulate });
  });
  return y;
}

/**
 * The mean of each row's steps, of each feature: PyTorch's `(x * mask).sum(0) / lengths`. Nothing beyond a row's length
 * counts, whatever lies there.
 *
 * @param x The steps, f32 (T, B, F), with `batchFirst` (B, T, F), or (T, F).
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `lengths`, and the order of x's axes.
 * @returns The means (B, F), or (F).
 * @throws {TypeError} If x has another shape or type, the tape is of another device, or an option is unknown.
 * @throws {RangeError} If a length is out of range.
 *
 * @example Usage
 * ```ts
 * import { meanPool, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1, 3, 8, 2, 4, 9], [2, 3, 1]); // (B, T, F)
 * const y = meanPool(x, undefined, { lengths: [3, 2], batchFirst: true });
 * assertEquals([...await y.data()], [4, 3]);
 * ```
 */
export function meanPool(x: Tensor, tape?: Tape, options: PoolOptions = {}): Tensor {
  return pool("mean", x, tape, options);
}

/**
 * The largest of each row's steps, of each feature: PyTorch's `x.masked_fill(~mask, -inf).max(0).values`. A NaN is the
 * result where one counts; of equal steps the first has the gradient.
 *
 * @param x The steps, f32 (T, B, F), with `batchFirst` (B, T, F), or (T, F).
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `lengths`, and the order of x's axes.
 * @returns The largest (B, F), or (F).
 * @throws {TypeError} If x has another shape or type, the tape is of another device, or an option is unknown.
 * @throws {RangeError} If a length is out of range.
 *
 * @example Usage
 * ```ts
 * import { maxPool, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1, 3, 8, 2, 4, 9], [2, 3, 1]); // (B, T, F)
 * const y = maxPool(x, undefined, { lengths: [3, 2], batchFirst: true });
 * assertEquals([...await y.data()], [8, 4]);
 * ```
 */
export function maxPool(x: Tensor, tape?: Tape, options: PoolOptions = {}): Tensor {
  return pool("max", x, tape, options);
}

/**
 * The last of each row's steps: PyTorch's `x[lengths - 1, torch.arange(B)]`. Of outputs of two directions take lastState()
 * instead: at the last step the one that runs backwards has only begun.
 *
 * @param x The steps, f32 (T, B, F), with `batchFirst` (B, T, F), or (T, F).
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `lengths`, and the order of x's axes.
 * @returns The steps (B, F), or (F).
 * @throws {TypeError} If x has another shape or type, the tape is of another device, or an option is unknown.
 * @throws {RangeError} If a length is out of range.
 *
 * @example Usage
 * ```ts
 * import { lastStep, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1, 3, 8, 2, 4, 9], [2, 3, 1]); // (B, T, F)
 * const y = lastStep(x, undefined, { lengths: [3, 2], batchFirst: true });
 * assertEquals([...await y.data()], [8, 4]);
 * ```
 */
export function lastStep(x: Tensor, tape?: Tape, options: PoolOptions = {}): Tensor {
  return pool("last", x, tape, options);
}
