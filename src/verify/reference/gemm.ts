/** Float64 reference of the kernel gemm. @module */
import type { Buffers, Params } from "../../kernels.ts";

/**
 * c (M, N) = op(a) (M, K) op(b) (K, N), added to c where `accumulate`, to bias (N) where `biased`; where `summed`, also
 * c[offsetSums + m] += sum_k op(a)[m, k].
 */
export function gemm({ a, b, bias, c }: Buffers<"gemm", Float64Array>, params: Params<"gemm">): void {
  const { M, N, K, transposeA, transposeB, accumulate, biased, summed } = params;
  const { lda, ldb, ldc, offsetA, offsetB, offsetC, offsetSums } = params;
  const opA = (m: number, k: number): number => a[offsetA + (transposeA ? k * lda + m : m * lda + k)]!;
  const opB = (k: number, n: number): number => b[offsetB + (transposeB ? n * ldb + k : k * ldb + n)]!;
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      const target = offsetC + m * ldc + n;
      let sum = accumulate ? c[target]! : biased ? bias[n]! : 0;
      for (let k = 0; k < K; k++) sum += opA(m, k) * opB(k, n);
      c[target] = sum;
    }
    if (summed) { for (let k = 0; k < K; k++) c[offsetSums + m]! += opA(m, k); }
  }
}
