/** Float64 reference of the kernel pointwise_loss. @module */
import { type Buffers, CHUNK, type Params } from "../../kernels.ts";
import { HUBER, SQUARED } from "../../kernels/numbers.ts";

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Sums of losses by chunk; where `gradient`, dx[i] = scale * slope. */
export function pointwise_loss(
  { x, goals, weights, dx, partials }: Buffers<"pointwise_loss", Float64Array>,
  { count, columns, kind, delta, scale, gradient }: Params<"pointwise_loss">,
): void {
  partials.fill(0, 0, Math.ceil(count / CHUNK));
  for (let i = 0; i < count; i++) {
    const d = x[i]! - goals[i]!;
    const wrong = 1 - goals[i]!;
    const right = (columns ? weights[i % columns]! : 1) * goals[i]!;
    const far = Math.abs(d) >= delta;
    const [loss, slope] = kind === SQUARED
      ? [d * d, 2 * d]
      : kind === HUBER
      ? [far ? delta * (Math.abs(d) - delta / 2) : d * d / 2, far ? Math.sign(d) * delta : d]
      : [
        wrong * softplus(x[i]!) + right * softplus(-x[i]!),
        wrong * sigmoid(x[i]!) - right * sigmoid(-x[i]!),
      ];
    partials[Math.floor(i / CHUNK)]! += loss;
    if (gradient) dx[i] = scale * slope;
  }
}
