/** Float64 reference of the kernel rmsprop. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** v = alpha v + complement g^2; parameters -= rates[0] * g / (sqrt(v) + epsilon). */
export function rmsprop(
  { gradients, rates, health, parameters, v, momentum }: Buffers<"rmsprop", Float64Array>,
  { count, alpha, complement, epsilon, weightDecay, momentumFactor }: Params<"rmsprop">,
): void {
  if (health[1]) return;
  for (let i = 0; i < count; i++) {
    const raw = gradients[i]! + weightDecay * parameters[i]!;
    const variance = alpha * v[i]! + complement * raw ** 2;
    let g = raw / (Math.sqrt(variance) + epsilon);
    if (momentumFactor !== 0) g += momentumFactor * momentum[i]!;
    const value = parameters[i]! - rates[0]! * g;
    if ([variance, g, value].every((x) => Number.isFinite(Math.fround(x)))) {
      [v[i], parameters[i]] = [variance, value];
      if (momentumFactor !== 0) momentum[i] = g;
    } else health[5] = 1;
  }
}
