/**
 * One-hot inputs: as a matrix, for people who want to see one, and as what a product with that matrix comes to, a gather
 * forwards and a scatter-add backwards.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { Tensor } from "../tensors/tensor.ts";
import { blocksOf } from "../tensors/demand.ts";
import { checkRoom } from "../tensors/room.ts";
import { assertIds } from "../tensors/arguments.ts";

/**
 * Ids as one-hot rows, the tutorial's first step. Layers take the ids themselves, which is the same and faster. A recorded
 * program has the rows of the ids that are written before each run.
 *
 * @param ids The ids, u32 of any shape, each below V.
 * @param vocabularySize The number of tokens V.
 * @returns The vectors, f32 (…, V).
 * @throws {RangeError} If an id is not below V.
 *
 * @example Usage
 * ```ts
 * import { oneHot, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const x = oneHot(Tensor.from(device, new Uint32Array([2, 0]), [1, 2]), 3);
 * assertEquals(x.shape, [1, 2, 3]);
 * assertEquals([...await x.data()], [0, 0, 1, 1, 0, 0]);
 * ```
 */
export function oneHot(ids: Tensor<"u32">, vocabularySize: number): Tensor {
  assertIds(ids, vocabularySize);
  const words = ids.size * vocabularySize;
  checkRoom(ids.device, () => `make ${ids.size} one-hot vectors of ${vocabularySize}`, [
    blocksOf({ vectors: words }),
  ]);
  const rowsOf = (values: Uint32Array): Float32Array => {
    const data = new Float32Array(words);
    values.forEach((id, row) => {
      data[row * vocabularySize + id] = 1;
    });
    return data;
  };
  const shape = [...ids.shape, vocabularySize];
  if (!ids.device.recording) return Tensor.from(ids.device, rowsOf(ids.values), shape);
  const wordsOf = (values: Uint32Array): Uint32Array[] => [new Uint32Array(rowsOf(values).buffer)];
  const [block] = ids.derive(`one-hot of ${vocabularySize}`, wordsOf);
  return new Tensor(ids.device, block!, shape);
}

/** target (T·B, columns) = the columns of table (columns, V) that ids (B, T) name, plus bias (columns) if given. */
export function gatherOneHot(
  device: Device,
  table: Block,
  ids: Tensor<"u32">,
  options: {
    bias: Block | undefined;
    target: Block;
    ld: number;
    columns: number;
    vocabularySize: number;
  },
): void {
  const { bias, target, ld, columns, vocabularySize } = options;
  const [batch, steps] = ids.shape as [number, number];
  device.run("embedding_forward", { table, ids: ids.block, bias: bias ?? table, y: target }, {
    batch,
    steps,
    columns,
    idStride: 1,
    columnStride: vocabularySize,
    ld,
    biased: bias ? 1 : 0,
  });
}

/** gradient (columns, V) += source (T·B, columns)^T one-hot(ids). */
export function addOneHotGradient(
  device: Device,
  ids: Tensor<"u32">,
  gradient: Block,
  options: { source: Block; ld: number; columns: number; vocabularySize: number },
): void {
  const { source, ld, columns, vocabularySize } = options;
  const [batch, steps] = ids.shape as [number, number];
  const [order, starts] = sortedRows(ids, { batch, steps, vocabularySize });
  device.run("embedding_backward", { dy: source, order, starts, dtable: gradient }, {
    vocabulary: vocabularySize,
    columns,
    idStride: 1,
    columnStride: vocabularySize,
    ld,
  });
}

/** rowsById() of a tensor as blocks, which follow what is written to the tensor. */
export function sortedRows(
  ids: Tensor<"u32">,
  sizes: { batch: number; steps: number; vocabularySize: number },
): [order: Block, starts: Block] {
  const { batch, steps, vocabularySize } = sizes;
  ids.assertBelow(vocabularySize); // they may have been written since the forward pass
  const key = `rows of ${steps} times ${batch} by id below ${vocabularySize}`;
  return ids.derive(key, (values) => rowsById(values, sizes)) as [Block, Block];
}

/**
 * A counting sort of time-major rows by id.
 *
 * @param values The ids (B, T).
 * @returns The order (T·B), rows t·B + b by id, ascending within one; and the starts (V + 1), where an id's rows begin.
 */
export function rowsById(
  values: Uint32Array,
  { batch, steps, vocabularySize }: { batch: number; steps: number; vocabularySize: number },
): [order: Uint32Array, starts: Uint32Array] {
  const starts = new Uint32Array(vocabularySize + 1);
  for (const id of values) starts[id + 1]!++;
  for (let id = 0; id < vocabularySize; id++) starts[id + 1]! += starts[id]!;
  const next = starts.slice();
  const order = new Uint32Array(values.length);
  for (let t = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) order[next[values[b * steps + t]!]!++] = t * batch + b;
  }
  return [order, starts];
}
