/** Float64 reference of the kernel softmax_cross_entropy. @module */
import type { Buffers, Params } from "../../kernels.ts";

/**
 * losses[n] = log sum_v exp(logits[n, v]) - logits[n, target], or += where `accumulate`; where `gradient`
 * logits[n, v] = scale * (softmax - [v = target]).
 */
export function softmax_cross_entropy(
  { targets, logits, losses }: Buffers<"softmax_cross_entropy", Float64Array>,
  { batch: B, steps: T, columns: V, ld, scale, gradient, accumulate }: Params<"softmax_cross_entropy">,
): void {
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const n = t * B + b;
      const target = targets[b * T + t]!;
      const row = logits.subarray(n * ld, n * ld + V);
      const largest = Math.max(...row);
      const exponentials = row.map((logit) => Math.exp(logit - largest));
      const sum = exponentials.reduce((total, value) => total + value, 0);
      losses[n] = (accumulate ? losses[n]! : 0) + Math.log(sum) + (largest - row[target]!);
      if (!gradient) continue;
      for (let v = 0; v < V; v++) row[v] = scale * (exponentials[v]! / sum - (v === target ? 1 : 0));
    }
  }
}
