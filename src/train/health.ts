/**
 * What stops a training: gradients or weights that float32 does not hold.
 *
 * @module
 */
import { errorNaming } from "../messages/naming.ts";
import { health } from "../optimizers/clip_grad_norm.ts";
import type { Parameter } from "../tensors/parameters.ts";

/**
 * Reads whether all steps so far were good.
 *
 * @param parameters The parameters that are trained.
 * @returns The norm of the last step's gradients.
 * @throws {RangeError} If some step was not; its sentence says which, what the weights are since then, and what helps.
 */
export async function assertHealthy(parameters: readonly Parameter[]): Promise<number> {
  const { norm, brokenAt, brokenBy } = await health(parameters);
  if (brokenAt === undefined) return norm;
  const before = brokenAt > 1 ? `the norm of the step before was ${norm}, and ` : "";
  const [what, weights] = brokenBy === "gradients"
    ? [`the gradients were not finite at step ${brokenAt}`, `${before}the weights are as they were then`]
    : [
      `the update at step ${brokenAt} would have made weights that float32 cannot hold`,
      "these are as they were before it, the others have taken it",
    ];
  throw errorNaming(RangeError, (option) =>
    `Cannot go on training as ${what}: ${weights}; ` +
    `a smaller ${option("learningRate")} or ${option("clipGradNorm")} may help`);
}
