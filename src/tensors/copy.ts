/**
 * Rectangles copied between blocks: the one way in which layers move numbers.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";

/** A rectangle of words in a block. */
export interface Rectangle {
  /** Where it lies. */
  block: Block;
  /** Its first word. @default {0} */
  offset?: number;
  /** Words between two rows. @default {columns} */
  ld?: number;
}

/**
 * target (rows, columns) = source, or += where `accumulate`.
 *
 * @param device where both lie
 * @param source read
 * @param target written; not in the same block as the source
 * @param size rows, columns, and whether to add
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
