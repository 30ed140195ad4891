/** Float64 reference of the kernel adam. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** m and v move towards g and g^2; parameters -= rates[0] * m / (sqrt(v) * rates[1] + epsilon). */
export function adam(
  { gradients, rates, health, parameters, m, v }: Buffers<"adam", Float64Array>,
  params: Params<"adam">,
): void {
  const { count, beta1, beta2, complement1, complement2, epsilon, weightDecay, decoupled } = params;
  if (health[1]) return;
  for (let i = 0; i < count; i++) {
    const g = gradients[i]! + (decoupled ? 0 : weightDecay * parameters[i]!);
    const mean = beta1 * m[i]! + complement1 * g;
    const variance = beta2 * v[i]! + complement2 * g * g;
    const value = parameters[i]! * (decoupled ? rates[2]! : 1) -
      rates[0]! * mean / (Math.sqrt(variance) * rates[1]! + epsilon);
    if ([mean, variance, value].every((x) => Number.isFinite(Math.fround(x)))) {
      [m[i], v[i], parameters[i]] = [mean, variance, value];
    } else health[5] = 1;
  }
}
