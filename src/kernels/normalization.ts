/**
 * THE TABLE, in part (src/kernels.ts): rows brought to mean 0 and variance 1, and the way back.
 *
 * @module
 */

/** Normalization of rows. */
export const NORMALIZATION = {
  // y (rows, columns): each row of x less its mean, over its deviation, times weight (columns) where `scaled`, plus bias
  // (columns) where `shifted`; statistics (rows, 2) for the way back
  layer_norm_forward: {
    buffers: {
      x: "read f32",
      weight: "read f32",
      bias: "read f32",
      y: "read_write f32",
      statistics: "read_write f32",
    },
    params: { rows: "u32", columns: "u32", epsilon: "f32", scaled: "u32", shifted: "u32" },
    extent: ({ rows }: { rows: number }): number => rows,
    workgroups: ({ rows }: { rows: number }): [number, number] => [rows, 1],
  },
  // dx (rows, columns) of dy, added to where `accumulate`; products (rows, columns), whose sum over rows is dweight
  layer_norm_backward: {
    buffers: {
      x: "read f32",
      weight: "read f32",
      statistics: "read f32",
      dy: "read f32",
      dx: "read_write f32",
      products: "read_write f32",
    },
    params: { rows: "u32", columns: "u32", scaled: "u32", accumulate: "u32" },
    extent: ({ rows }: { rows: number }): number => rows,
    workgroups: ({ rows }: { rows: number }): [number, number] => [rows, 1],
  },
} as const;
