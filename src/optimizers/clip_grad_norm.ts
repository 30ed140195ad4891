/**
 * Clipping by global norm, and the watch over training that comes with the norm.
 * Source: Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks".
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { CHUNK } from "../kernels.ts";
import { checkParameters, type Parameter, type Range, ranges } from "../parameters.ts";

/** The largest float32: no norm is above it. */
const NO_LIMIT = 3.4028234663852886e38;

/** What the device has seen of the gradients since it was last asked. */
export interface Health {
  /** The norm, before clipping, of the last step whose gradients were finite. */
  readonly norm: number;
  /** Steps seen. */
  readonly steps: number;
  /** The first step (from 1) whose norm was not finite; from then on nothing was updated. Undefined while all is well. */
  readonly brokenAt: number | undefined;
}

/**
 * Scales gradients so that their norm over all parameters is at most `maxNorm`, as torch.nn.utils.clip_grad_norm_; all on
 * the device. A norm that is not finite sets a latch, and from then on the optimizers change nothing: see health().
 *
 * @param parameters all of one model's: their norm is one
 * @param maxNorm the largest norm; absent, nothing is scaled and the norm is only watched
 * @throws {TypeError} when the parameters are not all of one model or layer
 * @throws {RangeError} when maxNorm is not positive
 */
export function clipGradNorm(parameters: readonly Parameter[], maxNorm: number = NO_LIMIT): void {
  checkParameters(parameters, "clipGradNorm(parameters, maxNorm)");
  if (!(maxNorm > 0)) {
    throw new RangeError(`Cannot clip gradients as maxNorm must be positive: current value is ${maxNorm}`);
  }
  const { gradients, health, length: count } = oneRange(parameters), { device } = gradients;
  device.scope(() => {
    const partials: Block = device.alloc(Math.ceil(count / CHUNK));
    device.run("sum_squares", { x: gradients, partials }, { count });
    device.run("clip_grad_norm", { partials, gradients, health }, {
      count,
      maxNorm: Math.min(maxNorm, NO_LIMIT),
    });
  });
}

function oneRange(parameters: readonly Parameter[]): Range {
  const [range, ...others] = ranges(parameters);
  if (others.length > 0) {
    throw new TypeError(
      "Cannot clip the gradients of several models at once: their parameters must lie in one of them",
    );
  }
  return range!;
}

/**
 * Reads what clipGradNorm() has seen.
 *
 * @param parameters of one model
 */
export async function health(parameters: readonly Parameter[]): Promise<Health> {
  const block = oneRange(parameters).health, words = await block.device.read(block);
  const [, latch, steps, brokenAt] = new Uint32Array(words);
  return { norm: new Float32Array(words)[0]!, steps: steps!, brokenAt: latch === 1 ? brokenAt : undefined };
}

/**
 * Forgets what clipGradNorm() has seen: steps count from 1 again, and a latch that was set is open.
 *
 * @param parameters of one model
 */
export function resetHealth(parameters: readonly Parameter[]): void {
  const block = oneRange(parameters).health;
  block.device.clear(block);
}
