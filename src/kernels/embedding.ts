/**
 * THE TABLE, in part (src/kernels.ts): rows of a table by id, and their gradient.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { COLUMNS } from "./numbers.ts";

/** Rows of a table by id, and their gradient. */
export const EMBEDDING = {
  // y (T*B, columns) = the rows of table that ids (B, T) name: a one-hot times a matrix; plus bias (columns) where `biased`
  embedding_forward: {
    buffers: { table: "read f32", ids: "read u32", bias: "read f32", y: "read_write f32" },
    params: {
      batch: "u32",
      steps: "u32",
      columns: "u32",
      idStride: "u32",
      columnStride: "u32",
      ld: "u32",
      biased: "u32",
    },
    extent: ({ columns }: { columns: number }): number => ceil(columns, COLUMNS),
    workgroups: (
      { batch, steps, columns }: { batch: number; steps: number; columns: number },
    ): [number, number] => [ceil(columns, 64), ceil(batch * steps, 16)],
  },
  // dtable (V, columns) += the sum of those rows of dy (T*B, columns) that used it, in the order of `order`
  embedding_backward: {
    buffers: { dy: "read f32", order: "read u32", starts: "read u32", dtable: "read_write f32" },
    params: { vocabulary: "u32", columns: "u32", idStride: "u32", columnStride: "u32", ld: "u32" },
    extent: ({ columns }: { columns: number }): number => ceil(columns, COLUMNS),
    workgroups: (
      { vocabulary, columns }: { vocabulary: number; columns: number },
    ): [number, number] => [ceil(columns, 64), vocabulary],
  },
} as const;
