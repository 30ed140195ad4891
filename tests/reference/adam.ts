/** Float64 reference of the kernel adam. @module */
import type { Buffers, Params } from "../../src/kernels.ts";

/** m and v move towards g and g^2; parameters -= rates[0] * m / (sqrt(v) * rates[1] + epsilon). */
export function adam(
  { gradients, rates, health, parameters, m, v }: Buffers<"adam", Float64Array>,
  params: Params<"adam">,
): void {
  const { count, beta1, beta2, complement1, complement2, epsilon, weightDecay, decoupled } = params;
  if (health[1]) return;
  for (let i = 0; i < count; i++) {
    const g = gradients[i]! + (decoupled ? 0 : weightDecay * parameters[i]!);
    if (decoupled) parameters[i]! *= rates[2]!;
    m[i] = beta1 * m[i]! + complement1 * g;
    v[i] = beta2 * v[i]! + complement2 * g * g;
    parameters[i]! -= rates[0]! * m[i]! / (Math.sqrt(v[i]!) * rates[1]! + epsilon);
  }
}
