// Matrix product: c = op(a) op(b), or c += op(a) op(b) where `accumulate`.
// op(a) (M, K): a stored (M, K), or (K, M) where `transposeA`; op(b) (K, N): b stored (K, N), or (N, K) where
// `transposeB`; c (M, N). Rows of the stored matrices lie lda, ldb, ldc words apart, the first of them at word
// offsetA, offsetB, offsetC.

import { packColumns, packRows } from "./lib/pack";
import { EDGE, multiplyPanels } from "./lib/panels";
import { multiplyFewRows } from "./lib/few_rows";
import { scratch } from "./lib/scratch";

// Blocks of a product: as deep as a panel stays in the first cache, BLOCK_M rows of packed A in the second. The scratch
// in src/kernels.ts is made of these. Depth 256: see lib/panels.ts.
const BLOCK_K: u32 = 256;
const BLOCK_M: u32 = 60;
const BLOCK_N: u32 = 2016;

// Units: 4 rows of c where M >= N, else 8 columns: each thread packs the shorter operand whole, the longer in its part.
export function gemm(
  a: usize,
  b: usize,
  c: usize,
  M: u32,
  N: u32,
  K: u32,
  transposeA: u32,
  transposeB: u32,
  accumulate: u32,
  lda: u32,
  ldb: u32,
  ldc: u32,
  offsetA: u32,
  offsetB: u32,
  offsetC: u32,
  begin: u32,
  end: u32,
): void {
  const byRows = M >= N;
  const row0: u32 = byRows ? begin * 4 : 0;
  const row1 = byRows ? min(end * 4, M) : M;
  const column0: u32 = byRows ? 0 : begin * 8;
  const column1 = byRows ? N : min(end * 8, N);
  a += (offsetA << 2) as usize;
  b += (offsetB << 2) as usize;
  c += (offsetC << 2) as usize;
  if (M < 4 && transposeB && !transposeA) {
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
      accumulate != 0,
    );
    return;
  }
  const edge = scratch();
  const packedA = edge + EDGE;
  const packedB = packedA + ((BLOCK_M * BLOCK_K) << 2) as usize;
  for (let column = column0; column < column1; column += BLOCK_N) {
    const columns = min(BLOCK_N, column1 - column);
    for (let from: u32 = 0; from < K; from += BLOCK_K) {
      const depth = min(BLOCK_K, K - from);
      if (transposeB) {
        packRows(b + ((column * ldb + from) << 2) as usize, ldb, columns, depth, false, packedB, depth, 0);
      } else packColumns(b + ((from * ldb + column) << 2) as usize, ldb, columns, depth, false, packedB);
      for (let row = row0; row < row1; row += BLOCK_M) {
        const rows = min(BLOCK_M, row1 - row);
        if (transposeA) packColumns(a + ((from * lda + row) << 2) as usize, lda, rows, depth, true, packedA);
        else packRows(a + ((row * lda + from) << 2) as usize, lda, rows, depth, true, packedA, depth, 0);
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
