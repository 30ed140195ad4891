/** Float64 reference of the kernel softmax_cross_entropy. @module */
import type { Buffers, Params } from "../../kernels.ts";

/**
 * losses[n] = log sum_v exp(logits[n, v]) - logits[n, target], or += where `accumulate`; where `gradient`
 * logits[n, v] = scale * (softmax - [v = target]). Where `weighted` each column counts as costOf() says, all times norm.
 */
export function softmax_cross_entropy(
  { targets, weights, norm, logits, losses }: Buffers<"softmax_cross_entropy", Float64Array>,
  params: Params<"softmax_cross_entropy">,
): void {
  const { batch: B, steps: T, columns: V, ld, scale, gradient, accumulate, weighted, ignored } = params;
  const factor = weighted ? norm[0]! : 1;
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const n = t * B + b;
      const target = targets[b * T + t]!;
      const row = logits.subarray(n * ld, n * ld + V);
      const largest = Math.max(...row);
      const exponentials = row.map((logit) => Math.exp(logit - largest));
      const sum = exponentials.reduce((total, value) => total + value, 0);
      const before = accumulate ? losses[n]! : 0;
      if (weighted && target === ignored) {
        losses[n] = before + (Number.isNaN(factor) ? NaN : 0);
        if (gradient) row.fill(0);
        continue;
      }
      const costs = Float64Array.from({ length: V }, (_, v) => costOf(v, target, { weights, params }));
      const counted = costs.reduce((total, cost) => total + cost, 0);
      let loss = 0;
      for (const [v, cost] of costs.entries()) {
        if (cost) loss += cost * (Math.log(sum) + (largest - row[v]!));
      }
      losses[n] = before + factor * loss;
      if (!gradient) continue;
      for (let v = 0; v < V; v++) row[v] = factor * scale * (counted * exponentials[v]! / sum - costs[v]!);
    }
  }
}

/** How much -log softmax of column v counts in the loss of a row. */
function costOf(
  v: number,
  target: number,
  { weights, params }: { weights: Float64Array; params: Params<"softmax_cross_entropy"> },
): number {
  const { columns, weighted, smoothing } = params;
  if (!weighted) return v === target ? 1 : 0;
  return weights[v]! * ((v === target ? 1 - smoothing : 0) + smoothing / columns);
}
