/**
 * Tensors joined along a dimension: PyTorch's torch.cat.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { quote } from "../messages/quote.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkTape, checkTensor } from "../tensors/arguments.ts";
import { copy } from "../tensors/copy.ts";
import { formatShape, sameShape, sizeOf } from "../tensors/shape.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";

/** Options of concatenate(). */
export interface ConcatenateOptions {
  /**
   * Which dimension grows, from 0; -1 is the last one.
   *
   * @default {0}
   */
  dim?: number;
}

/** The dimension that is meant, from 0. */
function dimensionOf(dim: number, tensors: readonly Tensor[]): number {
  const dimensions = tensors[0]!.shape.length;
  if (!Number.isInteger(dim) || dim < -dimensions || dim >= dimensions) {
    throw new RangeError(
      `Cannot concatenate as dim must be a whole number from ${-dimensions} to ${
        dimensions - 1
      }: current value is ${quote(dim)}`,
    );
  }
  const axis = dim < 0 ? dim + dimensions : dim;
  const others = (tensor: Tensor): number[] => tensor.shape.filter((_, index) => index !== axis);
  for (const tensor of tensors) {
    if (tensor.shape.length === dimensions && sameShape(others(tensor), others(tensors[0]!))) continue;
    throw new TypeError(
      `Cannot concatenate tensors of shapes ${
        tensors.map(({ shape }) => formatShape(shape)).join(" and ")
      }: ` +
        `they must be the same but for dimension ${axis}`,
    );
  }
  return axis;
}

/**
 * Joins tensors along one dimension: PyTorch's torch.cat.
 *
 * @param tensors At least one tensor, f32, their shapes the same but for one dimension. One may come several times.
 * @param tape The tape that records it; without one nothing is kept.
 * @param options `dim`: which dimension that is.
 * @returns The tensors side by side, in their order.
 * @throws {TypeError} If shapes do not fit, a tensor is not "f32", something lies on another device, or an option is
 * unknown.
 * @throws {RangeError} If there is no such dimension.
 *
 * @example Usage
 * ```ts
 * import { concatenate, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const a = Tensor.from(device, [1, 2], [2, 1]), b = Tensor.from(device, [3, 4, 5, 6], [2, 2]);
 * const y = concatenate([a, b], undefined, { dim: -1 });
 * assertEquals([y.shape, [...await y.data()]], [[2, 3], [1, 3, 4, 2, 5, 6]]);
 * ```
 */
export function concatenate(
  tensors: readonly Tensor[],
  tape?: Tape,
  options: ConcatenateOptions = {},
): Tensor {
  const { dim = 0 } = options;
  refuseUnknown("concatenate", options, { dim });
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(
      `Cannot concatenate what is not an array of at least one Tensor: current value is ${quote(tensors)}`,
    );
  }
  const all = [...tensors] as Tensor[];
  const device = all[0]?.device as Device; // no Tensor is refused next
  for (const tensor of all) checkTensor("an input", tensor, { dtype: "f32", device });
  checkTape(tape, device);
  const axis = dimensionOf(dim, all);
  const rows = sizeOf(all[0]!.shape.slice(0, axis));
  const widths = all.map((tensor) => tensor.size / rows);
  const ld = widths.reduce((sum, width) => sum + width);
  const shape = all[0]!.shape.with(axis, all.reduce((sum, tensor) => sum + tensor.shape[axis]!, 0));
  const y = new Tensor(device, device.alloc(rows * ld), shape);
  const eachPlace = (run: (tensor: Tensor, columns: number, offset: number) => void): void => {
    let offset = 0;
    all.forEach((tensor, index) => {
      run(tensor, widths[index]!, offset);
      offset += widths[index]!;
    });
  };
  eachPlace(({ block }, columns, offset) =>
    copy(device, { block }, { block: y.block, offset, ld }, { rows, columns })
  );
  tape?.push(() => {
    const dy: Block | undefined = tape.upstream(y);
    if (!dy) return;
    eachPlace((tensor, columns, offset) => {
      const { block, accumulate } = tape.accumulator(tensor);
      copy(device, { block: dy, offset, ld }, { block }, { rows, columns, accumulate });
    });
  });
  return y;
}
