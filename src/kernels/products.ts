/**
 * THE TABLE, in part (src/kernels.ts): matrix products, sums over rows and copies of rectangles.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { BLOCK_K, BLOCK_M, BLOCK_N, COLUMNS, EDGE, ROWS, UNIT_M, UNIT_N } from "./numbers.ts";

/** Flags of a product that do not go together in all ways. */
type Flag = "accumulate" | "biased" | "summed" | "transposeA";

/** Matrix products, sums over rows and copies of rectangles. */
export const PRODUCTS = {
  // c (M, N) = op(a) (M, K) op(b) (K, N), added to c where `accumulate`, to rows of bias (N) where `biased`; sums of op(a)'s
  // rows where `summed`. The CPU slices the longer side of c.
  gemm: {
    buffers: { a: "read f32", b: "read f32", bias: "read f32", c: "read_write f32" },
    params: {
      M: "u32",
      N: "u32",
      K: "u32",
      transposeA: "u32",
      transposeB: "u32",
      accumulate: "u32",
      biased: "u32",
      summed: "u32",
      lda: "u32",
      ldb: "u32",
      ldc: "u32",
      offsetA: "u32",
      offsetB: "u32",
      offsetC: "u32",
      offsetSums: "u32",
    },
    constants: ["transposeA", "transposeB", "accumulate", "biased", "summed"],
    refusal: (
      { accumulate, biased, summed, transposeA }: Record<Flag, number>,
    ): string | undefined => {
      if (accumulate && biased) {
        return `with "accumulate" and "biased": add the bias in a product that does not accumulate`;
      }
      if (summed && !transposeA) {
        return `with "summed" and without "transposeA": only rows of a transposed a are summed`;
      }
      return undefined;
    },
    extent: ({ M, N }: { M: number; N: number }): number => M >= N ? ceil(M, UNIT_M) : ceil(N, UNIT_N),
    // a tile for edges, a block of op(a), one of op(b), both in panels: assembly/gemm.ts
    scratch: (): number => EDGE + BLOCK_M * BLOCK_K + BLOCK_K * BLOCK_N,
    workgroups: (
      { M, N }: { M: number; N: number },
    ): [number, number] => [ceil(N, 64), ceil(M, 64)],
  },
  // y (columns) = scale * sum over rows of x (rows, columns), or += where `accumulate`
  sum_rows: {
    buffers: { x: "read f32", y: "read_write f32" },
    params: { rows: "u32", columns: "u32", ld: "u32", offset: "u32", scale: "f32", accumulate: "u32" },
    extent: ({ columns }: { columns: number }): number => ceil(columns, COLUMNS),
    workgroups: ({ columns }: { columns: number }): [number, number] => [ceil(columns, 8), 1],
  },
  // y (rows, columns) = x (rows, columns), or += where `accumulate`; each with its own stride and offset
  copy_columns: {
    buffers: { x: "read f32", y: "read_write f32" },
    params: {
      rows: "u32",
      columns: "u32",
      ldX: "u32",
      offsetX: "u32",
      ldY: "u32",
      offsetY: "u32",
      accumulate: "u32",
    },
    extent: ({ rows }: { rows: number }): number => ceil(rows, ROWS),
    workgroups: (
      { rows, columns }: { rows: number; columns: number },
    ): [number, number] => [ceil(columns, 64), ceil(rows, 16)],
  },
} as const;
