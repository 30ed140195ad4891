/** Float64 reference of the kernel clip_grad_norm. @module */
import { type Buffers, CHUNK, type Params } from "../../kernels.ts";

/** norm = sqrt(sum of partials); gradients *= min(1, maxNorm / (norm + 1e-6)); keeps health. */
export function clip_grad_norm(
  { partials, gradients, health }: Buffers<"clip_grad_norm", Float64Array>,
  { count, maxNorm }: Params<"clip_grad_norm">,
): void {
  let sum = 0;
  for (let k = 0; k < Math.ceil(count / CHUNK); k++) sum += partials[k]!;
  const norm = Math.sqrt(Math.fround(sum)); // devices sum in f32: an overflow is an infinite norm
  const finite = Number.isFinite(norm);

  if (!health[1] && health[5]) {
    health[1] = 2;
    health[3] = health[2]!;
  }
  health[2]! += 1;
  if (finite && !health[1]) health[0] = norm;
  if (!finite && !health[1]) {
    health[1] = 1;
    health[3] = health[2]!;
    health[4] = norm;
  }
  if (!finite) return;
  const scale = Math.min(1, maxNorm / (norm + 1e-6));
  for (let i = 0; i < count; i++) gradients[i]! *= scale;
}
