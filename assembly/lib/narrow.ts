// Gradients of weights that read few inputs: products of a transposed left operand and a right one of at most NARROW columns.
// As tiles are wider than high, the product is made transposed: b's few columns are the left panel, and nothing is padded. An
// element's sum has the order that it has in gemm. On one core (256, 5) of 640 deep takes 0.67 of the time.
import { BLOCK_K, BLOCK_N } from "../numbers";
import { LEFT, packColumns, RIGHT } from "./pack";
import { edgeTile, multiplyPanels } from "./panels";
import { freeScratch, ownWords } from "./scratch";
import { bytes } from "./words";

// The highest tile's rows that every machine has.
export const NARROW: u32 = 5;
// Rows of the panel of so many: the next height that is a tile's.
const PANEL: u32 = 8;

// c (M, N) = a^T b, or += where `accumulate`, its rows from row0 to row1: a (K, M), b (K, N), c's rows ldc words apart.
export function multiplyNarrow(
  a: usize,
  lda: u32,
  row0: u32,
  row1: u32,
  b: usize,
  ldb: u32,
  N: u32,
  K: u32,
  c: usize,
  ldc: u32,
  accumulate: bool,
): void {
  freeScratch();
  const edge = edgeTile();
  const left = ownWords(PANEL * BLOCK_K), across = ownWords(NARROW * BLOCK_N); // gemm's scratch has room for both
  const right = ownWords(BLOCK_K * BLOCK_N);
  for (let row = row0; row < row1; row += BLOCK_N) {
    const rows = min(BLOCK_N, row1 - row);
    const target = c + bytes(row * ldc);
    if (accumulate) copy(target, ldc, 1, across, 1, rows, rows, N);
    for (let from: u32 = 0; from < K; from += BLOCK_K) {
      const depth = min(BLOCK_K, K - from);
      packColumns(b + bytes(from * ldb), ldb, N, depth, LEFT, left);
      packColumns(a + bytes(from * lda + row), lda, rows, depth, RIGHT, right);
      multiplyPanels(left, right, N, rows, depth, across, rows, accumulate || from > 0, edge);
    }
    copy(across, 1, rows, target, ldc, 1, rows, N);
  }
}

// y[i, j] = x[i, j]: words apart from i to i + 1, and from j to j + 1.
function copy(x: usize, xi: u32, xj: u32, y: usize, yi: u32, yj: u32, rows: u32, columns: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      store<f32>(y + bytes(i * yi + j * yj), load<f32>(x + bytes(i * xi + j * xj)));
    }
  }
}
