/**
 * THE TABLE, in part (src/kernels.ts): one vector of all time steps of a row, and the way back.
 *
 * @module
 */
import { ceil } from "./ceil.ts";

/** What pools take of a row's steps, in the order of their parameter `kind`. */
export const POOL_KINDS = ["mean", "max", "last"] as const;

/** Pools over time. */
export const POOLS = {
  // y (B, columns): the mean, the largest or the last of the first lengths[b] steps of x (T, B, columns), whose steps and
  // rows lie stepStride and rowStride words apart
  pool_forward: {
    buffers: { x: "read f32", lengths: "read u32", y: "read_write f32" },
    params: { steps: "u32", batch: "u32", columns: "u32", stepStride: "u32", rowStride: "u32", kind: "u32" },
    constants: ["kind"],
    extent: ({ batch }: { batch: number }): number => batch,
    workgroups: (
      { batch, columns }: { batch: number; columns: number },
    ): [number, number] => [ceil(columns, 64), batch],
  },
  // dx (T, B, columns) of dy (B, columns), as x lies, added to where `accumulate`
  pool_backward: {
    buffers: { x: "read f32", lengths: "read u32", dy: "read f32", dx: "read_write f32" },
    params: {
      steps: "u32",
      batch: "u32",
      columns: "u32",
      stepStride: "u32",
      rowStride: "u32",
      kind: "u32",
      accumulate: "u32",
    },
    constants: ["kind"],
    extent: ({ batch }: { batch: number }): number => batch,
    workgroups: (
      { batch, columns }: { batch: number; columns: number },
    ): [number, number] => [ceil(columns, 64), batch],
  },
} as const;
