/**
 * What stops a training: losses, gradients or weights that float32 does not hold.
 *
 * @module
 */
import { errorNaming, type Naming } from "../messages/naming.ts";
import { health } from "../optimizers/clip_grad_norm.ts";
import type { Parameter } from "../tensors/parameters.ts";

/**
 * Reads whether all steps so far were good.
 *
 * @param parameters The parameters that are trained.
 * @param clip The largest norm of their gradients; Infinity where they are not clipped.
 * @returns The norm of the last step's gradients.
 * @throws {RangeError} If some step was not; its sentence says which, what the weights are since then, and what helps.
 */
export async function assertHealthy(parameters: readonly Parameter[], clip: number): Promise<number> {
  const { norm, brokenAt, brokenBy } = await health(parameters);
  if (brokenAt === undefined) return norm;
  const before = brokenAt > 1 ? `the norm of the step before was ${norm}, and ` : "";
  const [what, weights] = brokenBy === "gradients"
    ? [`the gradients were not finite at step ${brokenAt}`, `${before}the weights are as they were then`]
    : [
      `the update at step ${brokenAt} would have made weights that float32 cannot hold`,
      `the norm of its gradients was ${norm}, and these weights are as they were before it, the others have taken it`,
    ];
  throw errorNaming(
    RangeError,
    (option) => `Cannot go on training as ${what}: ${weights}; ${advice(option, clip)}`,
  );
}

/**
 * Checks a loss that was read anyway.
 *
 * @param loss The loss, or a sum of losses.
 * @param at `norm`: that of the last step's gradients; `step`: the last one, from 1; `clip`: the largest norm; `of`: what
 * the loss is one of.
 * @throws {RangeError} If it is not finite; gradients and weights may be.
 */
export function assertFiniteLoss(
  loss: number,
  { norm, step, clip, of }: { norm: number; step: number; clip: number; of: string },
): void {
  if (Number.isFinite(loss)) return;
  const last = norm > 0 ? `the norm of the last gradients was ${norm}; ` : ""; // the first step may not have come to it
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot go on training as the loss${of} is ${loss} at step ${step}: ` +
      `${last}${advice(option, clip)}`,
  );
}

/** What to try. */
function advice(option: Naming, clip: number): string {
  return clip === Infinity
    ? `a smaller ${option("learningRate")} may help, or clipping by ${option("clipGradNorm")}`
    : `a smaller ${option("learningRate")} or ${option("clipGradNorm")} may help`;
}
