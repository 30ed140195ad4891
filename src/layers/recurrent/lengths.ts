/**
 * How many steps of each row count, as PyTorch's packed sequences: numbers, or a tensor that a recorded program reads anew
 * at each run.
 *
 * @module
 */
import type { Block, Device } from "../../device/device.ts";
import { copy } from "../../tensors/copy.ts";
import { Tensor } from "../../tensors/tensor.ts";

/** (B) The steps of each row, from 1 to T. */
export type Lengths = readonly number[] | Tensor<"u32">;

/**
 * Where kernels read them.
 *
 * @param device The layer's device.
 * @param lengths The steps of each row, (B).
 * @param keep Keeps what is allocated for as long as the backward pass needs it.
 * @returns The block, (B) u32.
 */
export function lengthsBlock(device: Device, lengths: Lengths, keep: (block: Block) => Block): Block {
  if (lengths instanceof Tensor) return lengths.block;
  const block = keep(device.alloc(lengths.length));
  device.write(block, new Uint32Array(lengths));
  return block;
}

/** Outputs of one direction, and where among those of all directions they go. */
interface Outputs {
  /** (T, B, R) */
  readonly y: Block;
  /** (T, B, D·R), its first word of this direction, and its words a row. */
  readonly target: { readonly block: Block; readonly offset: number; readonly ld: number };
  readonly steps: number;
  readonly batch: number;
  /** R */
  readonly columns: number;
}

/**
 * Copies of each row as many steps as count; beyond them zeros stay, or are written.
 *
 * @param device The layer's device.
 * @param outputs From where to where.
 * @param lengths The steps of each row, (B); all count where absent.
 */
export function copyCounted(
  device: Device,
  { y, target, steps, batch, columns }: Outputs,
  lengths: Lengths | undefined,
): void {
  const rows = steps * batch;
  if (!lengths) return copy(device, { block: y }, target, { rows, columns });
  if (lengths instanceof Tensor) {
    const counted = gatherCounted(device, { y, steps, batch, columns }, lengths);
    return copy(device, { block: counted }, target, { rows, columns });
  }
  const { block, offset, ld } = target;
  lengths.forEach((rows, row) => {
    const source = { block: y, offset: row * columns, ld: batch * columns };
    copy(device, source, { block, offset: offset + row * ld, ld: batch * ld }, { rows, columns });
  });
}

/** y (T·B, columns) with zeros beyond each row's length: rows of a table whose last one is zero, by indices of the host. */
function gatherCounted(
  device: Device,
  { y, steps, batch, columns }: Omit<Outputs, "target">,
  lengths: Tensor<"u32">,
): Block {
  const rows = steps * batch;
  const [ids] = lengths.derive(`rows of ${steps} steps`, (values) => {
    return [
      Uint32Array.from(
        { length: rows },
        (_, row) => Math.floor(row / batch) < values[row % batch]! ? row : rows,
      ),
    ];
  });
  const table = device.alloc((rows + 1) * columns);
  const counted = device.alloc(rows * columns);
  copy(device, { block: y }, { block: table }, { columns: rows * columns });
  device.run("embedding_forward", { table, ids: ids!, bias: table, y: counted }, {
    batch: rows,
    steps: 1,
    columns,
    idStride: columns,
    columnStride: 1,
    ld: columns,
    biased: 0,
  });
  return counted;
}
