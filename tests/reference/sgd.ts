/** Float64 reference of the kernel sgd. @module */
import type { Buffers, Params } from "../../src/kernels.ts";

/** momentum = momentumFactor * momentum + g; parameters -= rates[0] * g. */
export function sgd(
  { gradients, rates, health, parameters, momentum }: Buffers<"sgd", Float64Array>,
  { count, momentumFactor, nesterov, weightDecay }: Params<"sgd">,
): void {
  if (health[1]) return;
  for (let i = 0; i < count; i++) {
    let g = gradients[i]! + weightDecay * parameters[i]!;
    if (momentumFactor !== 0) {
      momentum[i] = momentumFactor * momentum[i]! + g;
      g = nesterov ? g + momentumFactor * momentum[i]! : momentum[i]!;
    }
    parameters[i]! -= rates[0]! * g;
  }
}
