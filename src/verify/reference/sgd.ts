/** Float64 reference of the kernel sgd. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** momentum = momentumFactor * momentum + g; parameters -= rates[0] * g. */
export function sgd(
  { gradients, rates, health, parameters, momentum }: Buffers<"sgd", Float64Array>,
  { count, momentumFactor, nesterov, weightDecay }: Params<"sgd">,
): void {
  if (health[1]) return;
  for (let i = 0; i < count; i++) {
    let g = gradients[i]! + weightDecay * parameters[i]!;
    const moving = momentumFactor !== 0 ? momentumFactor * momentum[i]! + g : 0;
    if (momentumFactor !== 0) g = nesterov ? g + momentumFactor * moving : moving;
    const value = parameters[i]! - rates[0]! * g;
    if ([moving, value].every((x) => Number.isFinite(Math.fround(x)))) {
      parameters[i] = value;
      if (momentumFactor !== 0) momentum[i] = moving;
    } else health[5] = 1;
  }
}
