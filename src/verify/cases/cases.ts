/**
 * Cases of the kernels of layers and losses, but for the recurrences: random buffers that fit the parameters, which are
 * distinct primes where a test gives none. Buffers end with the last element that the contract allows.
 *
 * @module
 */
import type { Params } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** Words of a (rows, columns) matrix whose rows lie ld words apart, the first at word `offset`. */
export function matrixLength(rows: number, columns: number, ld: number, offset = 0): number {
  return offset + (rows - 1) * ld + columns;
}

/** Random f32 numbers in the place of such a matrix; the words between its rows are random, too. */
function matrix(
  seed: number,
  { rows, columns, ld = columns, offset = 0 }: {
    rows: number;
    columns: number;
    ld?: number;
    offset?: number;
  },
): Float64Array {
  return uniformNumbers(matrixLength(rows, columns, ld, offset), seed);
}

/** Options of gemmCase(): the parameters, with strides as words beyond a row. */
export interface GemmOptions extends Partial<Omit<Params<"gemm">, "lda" | "ldb" | "ldc" | "offsetSums">> {
  padA?: number;
  padB?: number;
  padC?: number;
  /** Words between the matrix c and the sums behind it. */
  gap?: number;
}

/** M 3, N 13, K 7. */
export function gemmCase(options: GemmOptions = {}): Case<"gemm"> {
  const { M = 3, N = 13, K = 7, padA = 0, padB = 0, padC = 0 } = options;
  const { transposeA = 0, transposeB = 0, accumulate = 0, biased = 0, summed = 0 } = options;
  const { offsetA = 0, offsetB = 0, offsetC = 0, gap = 0 } = options;
  const end = matrixLength(M, N, N + padC, offsetC);
  const offsetSums = summed ? end + gap : 0;
  const [rowsA, columnsA] = transposeA ? [K, M] : [M, K];
  const [rowsB, columnsB] = transposeB ? [N, K] : [K, N];
  const params = {
    M,
    N,
    K,
    transposeA,
    transposeB,
    accumulate,
    biased,
    summed,
    lda: columnsA + padA,
    ldb: columnsB + padB,
    ldc: N + padC,
    offsetA,
    offsetB,
    offsetC,
    offsetSums,
  };
  return {
    kernel: "gemm",
    params,
    buffers: {
      a: matrix(1, { rows: rowsA, columns: columnsA, ld: params.lda, offset: offsetA }),
      b: matrix(2, { rows: rowsB, columns: columnsB, ld: params.ldb, offset: offsetB }),
      // What is not used may hold anything.
      bias: biased ? uniformNumbers(N, 4) : Float64Array.of(NaN),
      c: uniformNumbers(summed ? offsetSums + M : end, 3),
    },
    tolerance: TOLERANCES.gemm(K),
    shapes: padC + offsetC + summed === 0 ? { c: [M, N] } : {},
  };
}

/** rows 5, columns 11. */
export function sumRowsCase(options: Partial<Params<"sum_rows">> = {}): Case<"sum_rows"> {
  const { rows = 5, columns = 11, ld = columns, offset = 0, scale = 1, accumulate = 0 } = options;
  return {
    kernel: "sum_rows",
    params: { rows, columns, ld, offset, scale, accumulate },
    buffers: { x: matrix(1, { rows, columns, ld, offset }), y: uniformNumbers(columns, 2) },
    tolerance: TOLERANCES.sum_rows(rows),
  };
}

/** rows 5, columns 11. */
export function copyColumnsCase(options: Partial<Params<"copy_columns">> = {}): Case<"copy_columns"> {
  const { rows = 5, columns = 11, accumulate = 0, offsetX = 0, offsetY = 0 } = options;
  const { ldX = columns, ldY = columns } = options;
  return {
    kernel: "copy_columns",
    params: { rows, columns, ldX, offsetX, ldY, offsetY, accumulate },
    buffers: {
      x: matrix(1, { rows, columns, ld: ldX, offset: offsetX }),
      y: matrix(2, { rows, columns, ld: ldY, offset: offsetY }),
    },
    tolerance: TOLERANCES.elementwise,
  };
}

/** Options of the embedding's cases. */
export interface EmbeddingOptions {
  batch?: number;
  steps?: number;
  /** V: ids of the vocabulary. */
  vocabulary?: number;
  columns?: number;
  ld?: number;
  biased?: number;
  /** Whether the table is stored (columns, V) as weight_ih is, else (V, columns). */
  transposed?: boolean;
  /** Words beyond a row of the table. */
  padTable?: number;
  /** ids (B, T); random where not given, those above half of V left out so that some rows of the table are not used. */
  ids?: Float64Array;
}

function embedding(options: EmbeddingOptions) {
  const { batch = 3, steps = 5, vocabulary = 13, columns = 11, ld = columns, biased = 0 } = options;
  const { transposed = false, padTable = 0 } = options;
  const ids = options.ids ?? integerNumbers(batch * steps, 4, Math.ceil(vocabulary / 2));
  const [rows, row] = transposed ? [columns, vocabulary] : [vocabulary, columns];
  const [idStride, columnStride] = transposed ? [1, row + padTable] : [row + padTable, 1];
  const tableLength = matrixLength(rows, row, row + padTable);
  return { batch, steps, vocabulary, columns, ld, biased, ids, idStride, columnStride, tableLength };
}

/** B 3, T 5, V 13, columns 11. */
export function embeddingForwardCase(options: EmbeddingOptions = {}): Case<"embedding_forward"> {
  const { batch, steps, columns, ld, biased, ids, idStride, columnStride, tableLength } = embedding(options);
  return {
    kernel: "embedding_forward",
    params: { batch, steps, columns, idStride, columnStride, ld, biased },
    buffers: {
      table: uniformNumbers(tableLength, 1),
      ids,
      bias: biased ? uniformNumbers(columns, 3) : Float64Array.of(NaN),
      y: matrix(2, { rows: batch * steps, columns, ld }),
    },
    tolerance: TOLERANCES.elementwise,
    shapes: ld === columns ? { y: [steps, batch, columns] } : {},
  };
}

/** B 3, T 5, V 13, columns 11. */
export function embeddingBackwardCase(options: EmbeddingOptions = {}): Case<"embedding_backward"> {
  const { batch, steps, vocabulary, columns, ld, ids, idStride, columnStride, tableLength } = embedding(
    options,
  );
  const rows = batch * steps;
  const id = (n: number): number => ids[(n % batch) * steps + Math.floor(n / batch)]!;
  const order = Float64Array.from({ length: rows }, (_, n) => n).sort((a, b) => id(a) - id(b) || a - b);
  const starts = Float64Array.from(
    { length: vocabulary + 1 },
    (_, v) => order.filter((n) => id(n) < v).length,
  );
  return {
    kernel: "embedding_backward",
    params: { vocabulary, columns, idStride, columnStride, ld },
    buffers: { dy: matrix(1, { rows, columns, ld }), order, starts, dtable: uniformNumbers(tableLength, 2) },
    tolerance: TOLERANCES.embedding_backward(rows),
  };
}

/** count 1,027, p 0.5, a whole batch. */
export function dropoutCase(
  options: Partial<Params<"dropout">> & { part?: number; parts?: number } = {},
): Case<"dropout"> {
  const { count = 1027, probability = 0.5, stream = 3, accumulate = 0, columns = count } = options;
  const { part = 0, parts = 1 } = options;
  return {
    kernel: "dropout",
    params: { count, probability, stream, accumulate, columns },
    buffers: {
      x: uniformNumbers(count, 1, 1, 2),
      seed: Float64Array.of(42, 2 ** 32 - 1, part, parts),
      y: uniformNumbers(count, 2),
    },
    tolerance: TOLERANCES.elementwise,
  };
}

/** count 1,027, relu; elements up to `largest`. */
export function activationCase(
  options: Partial<Params<"activation">> & { largest?: number } = {},
): Case<"activation"> {
  const { count = 1027, kind = 0, gradient = 0, accumulate = 0, largest = 4 } = options;
  return {
    kernel: "activation",
    params: { count, kind, gradient, accumulate },
    buffers: {
      x: uniformNumbers(count, 1, -largest, largest),
      dy: uniformNumbers(count, 2),
      y: uniformNumbers(count, 3),
    },
    tolerance: TOLERANCES.activation,
    floors: { y: Math.min(largest, 1) }, // far out all slopes are next to nothing
  };
}

/** count 1,027, a sum. */
export function combineCase(options: Partial<Params<"combine">> = {}): Case<"combine"> {
  const { count = 1027, product = 0, accumulate = 0 } = options;
  return {
    kernel: "combine",
    params: { count, product, accumulate },
    buffers: { a: uniformNumbers(count, 1), b: uniformNumbers(count, 2), y: uniformNumbers(count, 3) },
    tolerance: TOLERANCES.elementwise,
  };
}

/** B 3, T 5, V 13; logits up to `largest`. */
export function softmaxCrossEntropyCase(
  options: Partial<Params<"softmax_cross_entropy">> & { largest?: number } = {},
): Case<"softmax_cross_entropy"> {
  const { batch = 3, steps = 5, columns = 13, ld = columns, scale = 1 / 15, largest = 3 } = options;
  const { gradient = 1, accumulate = 0, weighted = 0, ignored = NONE, smoothing = 0 } = options;
  const rows = batch * steps;
  const targets = integerNumbers(rows, 1, columns);
  if (weighted && ignored >= columns) targets.fill(ignored, rows - 2, rows - 1);
  return {
    kernel: "softmax_cross_entropy",
    params: { batch, steps, columns, ld, scale, gradient, accumulate, weighted, ignored, smoothing },
    buffers: {
      targets,
      // What is not used may hold anything.
      weights: weighted ? uniformNumbers(columns, 4, 0, 2) : Float64Array.of(NaN),
      norm: Float64Array.of(weighted ? 0.75 : NaN),
      logits: uniformNumbers(matrixLength(rows, columns, ld), 2, -largest, largest),
      losses: uniformNumbers(rows, 3),
    },
    tolerance: TOLERANCES.softmax_cross_entropy(columns),
    shapes: ld === columns ? { logits: [steps, batch, columns], losses: [steps, batch] } : {},
    floors: { losses: 1, ...weighted ? { logits: scale } : {} }, // of one column the gradient is 0
  };
}
