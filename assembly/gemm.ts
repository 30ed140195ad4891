// Matrix product: c = op(a) op(b), or c += op(a) op(b) where `accumulate`, or bias + op(a) op(b) where `biased`.
// op(a) (M, K): a stored (M, K), or (K, M) where `transposeA`; op(b) (K, N): b stored (K, N), or (N, K) where
// `transposeB`; c (M, N); bias (N), the same for every row. Rows of the stored matrices lie lda, ldb, ldc words apart, the
// first of them at word offsetA, offsetB, offsetC.
// Where `summed`, which goes with `transposeA`, also sums (M), which lie at word offsetSums of c's buffer:
// sums[m] += sum_k op(a)[m, k]. So one product gives the gradients of a layer's weight and of its bias.

import { LEFT, packColumns, packRows, RIGHT } from "./lib/pack";
import { edgeTile, multiplyPanels } from "./lib/panels";
import { multiplyFewRows } from "./lib/few_rows";
import { multiplyNarrow, NARROW } from "./lib/narrow";
import { freeScratch, ownWords } from "./lib/scratch";
import { BLOCK_K, BLOCK_M, BLOCK_N, COLUMNS, UNIT_M, UNIT_N } from "./numbers";
import { sum_rows } from "./sum_rows";

// Blocks of a product, BLOCK_M by BLOCK_K of op(a) and BLOCK_K by BLOCK_N of op(b): as deep as a panel stays in the first cache,
// BLOCK_M rows of packed A in the second. The scratch in src/kernels/products.ts is made of these. Depth: see lib/panels.ts.

// Units: UNIT_M rows of c where M >= N, else UNIT_N columns: each thread packs the shorter operand whole, the longer in its part.
export function gemm(
  a: usize,
  b: usize,
  bias: usize,
  c: usize,
  M: u32,
  N: u32,
  K: u32,
  transposeA: u32,
  transposeB: u32,
  accumulate: u32,
  biased: u32,
  summed: u32,
  lda: u32,
  ldb: u32,
  ldc: u32,
  offsetA: u32,
  offsetB: u32,
  offsetC: u32,
  offsetSums: u32,
  begin: u32,
  end: u32,
): void {
  const byRows = M >= N;
  const row0: u32 = byRows ? begin * UNIT_M : 0;
  const row1 = byRows ? min(end * UNIT_M, M) : M;
  const column0: u32 = byRows ? 0 : begin * UNIT_N;
  const column1 = byRows ? N : min(end * UNIT_N, N);
  a += (offsetA << 2) as usize;
  b += (offsetB << 2) as usize;
  if (summed) {
    const all = (N + UNIT_N - 1) / UNIT_N; // units where slices are columns: each thread then sums its share of the rows
    const first = byRows ? row0 : M * begin / all, rows = (byRows ? row1 : M * end / all) - first;
    sum_rows(a, c + ((offsetSums + first) << 2), K, rows, lda, first, 1, 1, 0, (rows + COLUMNS - 1) / COLUMNS);
  }
  c += (offsetC << 2) as usize;
  if (M < 4 && transposeB && !transposeA) {
    if (biased) repeatRow(bias + (column0 << 2), c + (column0 << 2), ldc, M, column1 - column0);
    multiplyFewRows(
      a,
      lda,
      M,
      b + ((column0 * ldb) << 2) as usize,
      ldb,
      column1 - column0,
      K,
      c + (column0 << 2),
      ldc,
      accumulate != 0 || biased != 0,
    );
    return;
  }
  if (transposeA && !transposeB && !biased && byRows && N <= NARROW && M > 2 * NARROW && K > 0) {
    multiplyNarrow(a, lda, row0, row1, b, ldb, N, K, c, ldc, accumulate != 0);
    return;
  }
  freeScratch();
  const edge = edgeTile();
  const packedA = ownWords(BLOCK_M * BLOCK_K);
  const packedB = ownWords(BLOCK_K * BLOCK_N);
  for (let column = column0; column < column1; column += BLOCK_N) {
    const columns = min(BLOCK_N, column1 - column);
    for (let from: u32 = 0; from < K; from += BLOCK_K) {
      const depth = min(BLOCK_K, K - from);
      if (transposeB) {
        packRows(b + ((column * ldb + from) << 2) as usize, ldb, columns, depth, RIGHT, packedB, depth, 0);
      } else packColumns(b + ((from * ldb + column) << 2) as usize, ldb, columns, depth, RIGHT, packedB);
      for (let row = row0; row < row1; row += BLOCK_M) {
        const rows = min(BLOCK_M, row1 - row);
        if (transposeA) packColumns(a + ((from * lda + row) << 2) as usize, lda, rows, depth, LEFT, packedA);
        else packRows(a + ((row * lda + from) << 2) as usize, lda, rows, depth, LEFT, packedA, depth, 0);
        const target = c + ((row * ldc + column) << 2) as usize;
        multiplyPanels(
          packedA,
          packedB,
          rows,
          columns,
          depth,
          target,
          ldc,
          accumulate != 0 || from > 0,
          edge,
          biased && from == 0 ? bias + (column << 2) : 0,
        );
      }
    }
  }
  if (K == 0 && !accumulate) {
    for (let row = row0; row < row1; row++) {
      memory.fill(c + ((row * ldc + column0) << 2) as usize, 0, ((column1 - column0) << 2) as usize);
    }
  }
}

// c (rows, columns) = row (columns) each.
function repeatRow(row: usize, c: usize, ldc: u32, rows: u32, columns: u32): void {
  for (let i: u32 = 0; i < rows; i++, c += (ldc << 2) as usize) memory.copy(c, row, (columns << 2) as usize);
}
