/**
 * Products of matrices in blocks: the kernel `gemm` with what is mostly the same left out.
 *
 * @module
 */
import { align, type Block, type Device } from "../device/device.ts";
import type { Params } from "../kernels.ts";
import { blocksOf, type Demand, times } from "./demand.ts";
import type { Parameter } from "./parameters.ts";

/** The depth that a kernel adds up by itself: the error of a longer sum would grow with it. */
const DEEPEST = 4096;

/** The matrices of a product. */
export interface Operands {
  /** op(a) (M, K) */
  a: Block;
  /** op(b) (K, N) */
  b: Block;
  /** (M, N) */
  c: Block;
  /** (N): where it is given, c starts with it in every row. */
  bias?: Block | undefined;
}

/** Sizes and flags; strides are those of matrices without gaps, all else is 0, where it is not given. */
export type Product = Pick<Params<"gemm">, "M" | "N" | "K"> & Partial<Omit<Params<"gemm">, "biased">>;

/**
 * c = op(a) op(b), as the kernel says. A deep product is the sum of two halves, each a product of its own, so that its
 * error grows with the logarithm of the depth.
 *
 * @param device The device on which all lie.
 * @param operands The blocks.
 * @param product The sizes and flags of the product.
 *
 * @example (1, 2) times (2, 1)
 * ```ts
 * import { openDevice, Tensor } from "@refrain/refrain";
 * import { matmul } from "@refrain/refrain/kernels";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const a = Tensor.from(device, [1, 2], [1, 2]), b = Tensor.from(device, [3, 4], [2, 1]);
 * const c = new Tensor(device, device.alloc(1), [1, 1]);
 * matmul(device, { a: a.block, b: b.block, c: c.block }, { M: 1, N: 1, K: 2 });
 * assertEquals([...await c.data()], [11]);
 * ```
 */
export function matmul(device: Device, { a, b, c, bias }: Operands, product: Product): void {
  const { M, N, K, transposeA = 0, transposeB = 0 } = product;
  const whole = {
    transposeA,
    transposeB,
    accumulate: 0,
    summed: 0,
    lda: transposeA ? M : K,
    ldb: transposeB ? K : N,
    ldc: N,
    offsetA: 0,
    offsetB: 0,
    offsetC: 0,
    offsetSums: 0,
    ...product,
  };
  if (K <= DEEPEST) {
    device.run("gemm", { a, b, bias: bias ?? b, c }, { ...whole, biased: bias ? 1 : 0 });
    return;
  }
  const half = align(K / 2);
  matmul(device, { a, b, c, bias }, { ...whole, K: half });
  device.scope(() => addRest(device, { a, b, c }, whole, half));
}

/** What matmul() allocates for the rests of a deep product. */
export function restsOf({ M, N, K }: Pick<Product, "M" | "N" | "K">): Demand {
  return times(splitsOf(K, new Map()), blocksOf({ products: restWords(M, N) }));
}

/** How often a depth is halved, all in all. */
function splitsOf(depth: number, known: Map<number, number>): number {
  if (depth <= DEEPEST) return 0;
  const half = align(depth / 2);
  const splits = known.get(depth) ?? 1 + splitsOf(half, known) + splitsOf(depth - half, known);
  known.set(depth, splits);
  return splits;
}

/** A rest (M, N), and behind it the sums (M). */
function restWords(M: number, N: number): number {
  return align(M * N) + M;
}

/** Adds the part of a product from depth `from` on: (M, N), and behind it the sums (M) where there are some. */
function addRest(device: Device, { a, b, c }: Operands, whole: Required<Product>, from: number): void {
  const { M, N, K, transposeA, transposeB, lda, ldb, ldc, offsetA, offsetB, offsetC, offsetSums } = whole;
  const sums = align(M * N);
  const rest = device.alloc(restWords(M, N));
  if (whole.summed) device.clear(rest); // a program runs again
  matmul(device, { a, b, c: rest }, {
    ...whole,
    K: K - from,
    accumulate: 0,
    ldc: N,
    offsetC: 0,
    offsetSums: sums,
    offsetA: offsetA + from * (transposeA ? lda : 1),
    offsetB: offsetB + from * (transposeB ? 1 : ldb),
  });
  const add = (rows: number, columns: number, ld: number, [offsetX, offsetY]: [number, number]): void =>
    device.run("copy_columns", { x: rest, y: c }, {
      rows,
      columns,
      ldX: columns,
      offsetX,
      ldY: ld,
      offsetY,
      accumulate: 1,
    });
  add(M, N, ldc, [0, offsetC]);
  if (whole.summed) add(1, M, M, [sums, offsetSums]);
}

/**
 * The gradients of a layer y = x W^T + bias: dW (M, N) += dy^T x, and dbias (M) += the sums of dy over its K rows.
 *
 * @param device The device on which all lie.
 * @param operands The blocks dy (K, M) and x (K, N), the weight, and its bias where there is one.
 * @param product The sizes, strides and offsets, those of the parameters counted from their first word.
 */
export function addGradients(
  device: Device,
  { dy, x, weight, bias }: { dy: Block; x: Block; weight: Parameter; bias: Parameter | undefined },
  product: Product,
): void {
  const { M, K, lda: ld = M, offsetA: offset = 0, offsetC = 0, offsetSums = 0 } = product;
  weight.noteGradient();
  bias?.noteGradient();
  const summed = bias?.storage === weight.storage; // not so where another layer's weight is shared, before a model joins them
  if (bias && !summed) {
    const sums = { rows: K, columns: M, ld, offset, scale: 1, accumulate: 1 };
    device.run("sum_rows", { x: dy, y: bias.gradientOfPass() }, sums);
  }
  matmul(device, { a: dy, b: x, c: weight.storage.gradients }, {
    ...product,
    transposeA: 1,
    accumulate: 1,
    summed: summed ? 1 : 0,
    offsetC: weight.offset + offsetC,
    offsetSums: summed ? bias!.offset + offsetSums : 0,
  });
}
