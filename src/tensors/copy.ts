/**
 * Rectangles copied between blocks: the one way in which layers move numbers.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";

/** A rectangle of words in a block. */
export interface Rectangle {
  /** The block that holds it. */
  block: Block;
  /**
   * Its first word.
   *
   * @default {0}
   */
  offset?: number;
  /**
   * Words between two rows.
   *
   * @default {columns}
   */
  ld?: number;
}

/**
 * target (rows, columns) = source, or += where `accumulate`.
 *
 * @param device The device on which both lie.
 * @param source The block that is read.
 * @param target The block that is written; not the source's.
 * @param size Rows, columns, and whether to add.
 *
 * @example The second column of a matrix
 * ```ts
 * import { openDevice, Tensor } from "@refrain/refrain";
 * import { copy } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = Tensor.from(device, [1, 2, 3, 4], [2, 2]), y = Tensor.from(device, [0, 0], [2]);
 * copy(device, { block: x.block, offset: 1, ld: 2 }, { block: y.block }, { rows: 2, columns: 1 });
 * assertEquals([...await y.data()], [2, 4]);
 * ```
 */
export function copy(
  device: Device,
  source: Rectangle,
  target: Rectangle,
  { rows = 1, columns, accumulate = 0 }: { rows?: number; columns: number; accumulate?: 0 | 1 },
): void {
  device.run("copy_columns", { x: source.block, y: target.block }, {
    rows,
    columns,
    ldX: source.ld ?? columns,
    offsetX: source.offset ?? 0,
    ldY: target.ld ?? columns,
    offsetY: target.offset ?? 0,
    accumulate,
  });
}
