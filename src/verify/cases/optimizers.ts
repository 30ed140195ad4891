/**
 * Cases of the kernels of clipping and optimizers: random parameters, gradients and moments, with the health of training
 * as it is before step 8.
 *
 * @module
 */
import { CHUNK, type Params } from "../../kernels.ts";
import { uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** count 2 * 4096 + 1027. */
export function sumSquaresCase({ count = 2 * CHUNK + 1027 } = {}): Case<"sum_squares"> {
  return {
    kernel: "sum_squares",
    params: { count },
    buffers: { x: uniformNumbers(count, 1), partials: uniformNumbers(Math.ceil(count / CHUNK), 2) },
    tolerance: TOLERANCES.sum_squares,
  };
}

/** health (8) as it is before step 8, the latch open or set. */
export function healthBefore(latched = false): Float64Array {
  return latched
    ? Float64Array.of(0.5, 1, 7, 4, Infinity, 0, 0, 0)
    : Float64Array.of(0.5, 0, 7, 0, 0, 0, 0, 0);
}

/** Elements of which overflowing() makes an update that float32 cannot hold: in the first and the last lanes too. */
export const OVERFLOWING = [0, 5, CHUNK + 1026] as const;

/** The same case with results beyond float32 at OVERFLOWING: by size, by a NaN, and by an infinite gradient. */
export function overflowing<K extends "adam" | "rmsprop" | "sgd">(given: Case<K>): Case<K> {
  const { parameters, gradients } = given.buffers as unknown as Record<string, Float64Array>;
  OVERFLOWING.forEach((element, i) => {
    gradients![element] = [Math.fround(-3e38), NaN, -Infinity][i]!;
  });
  parameters![0] = Math.fround(3.4e38);
  return given;
}

/** count 2 * 4096 + 1027. */
export function clipGradNormCase(
  options: Partial<Params<"clip_grad_norm">> & { partials?: Float64Array; health?: Float64Array } = {},
): Case<"clip_grad_norm"> {
  const { count = 2 * CHUNK + 1027, maxNorm = 0.01, health = healthBefore() } = options;
  const partials = options.partials ?? uniformNumbers(Math.ceil(count / CHUNK), 1, 1, 5);
  return {
    kernel: "clip_grad_norm",
    params: { count, maxNorm },
    buffers: { partials, gradients: uniformNumbers(count, 2), health },
    tolerance: TOLERANCES.clip_grad_norm(partials.length),
  };
}

/** count 4096 + 1027. */
export function sgdCase(options: Partial<Params<"sgd">> & { health?: Float64Array } = {}): Case<"sgd"> {
  const { count = CHUNK + 1027, momentumFactor = 0.9, nesterov = 0, weightDecay = 0.01 } = options;
  return {
    kernel: "sgd",
    params: { count, momentumFactor, nesterov, weightDecay },
    buffers: {
      gradients: uniformNumbers(count, 1),
      rates: Float64Array.of(Math.fround(0.1)),
      health: options.health ?? healthBefore(),
      parameters: uniformNumbers(count, 2),
      // Where there is no momentum the buffer is not touched, whatever is in it.
      momentum: momentumFactor ? uniformNumbers(count, 3) : Float64Array.of(NaN),
    },
    tolerance: TOLERANCES.sgd,
  };
}

/** count 4096 + 1027. */
export function adamCase(
  options: Partial<Params<"adam">> & { step?: number; health?: Float64Array } = {},
): Case<"adam"> {
  const { count = CHUNK + 1027, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = 0 } =
    options;
  const step = options.step ?? 3;
  const learningRate = 1e-3;
  return {
    kernel: "adam",
    params: {
      count,
      beta1,
      beta2,
      complement1: 1 - beta1,
      complement2: 1 - beta2,
      epsilon,
      weightDecay,
      decoupled,
    },
    buffers: {
      gradients: uniformNumbers(count, 1),
      rates: Float64Array.of(
        learningRate / (1 - beta1 ** step),
        1 / Math.sqrt(1 - beta2 ** step),
        1 - learningRate * weightDecay,
      ).map(Math.fround),
      health: options.health ?? healthBefore(),
      parameters: uniformNumbers(count, 2),
      m: step === 1 ? new Float64Array(count) : uniformNumbers(count, 3),
      v: step === 1 ? new Float64Array(count) : uniformNumbers(count, 4, 0, 1),
    },
    tolerance: TOLERANCES.adam,
  };
}

/** count 4096 + 1027. */
export function rmspropCase(
  options: Partial<Params<"rmsprop">> & { health?: Float64Array } = {},
): Case<"rmsprop"> {
  const { count = CHUNK + 1027, momentumFactor = 0.9, weightDecay = 0.01 } = options;
  const alpha = 0.99;
  return {
    kernel: "rmsprop",
    params: { count, alpha, complement: 1 - alpha, epsilon: 1e-8, weightDecay, momentumFactor },
    buffers: {
      gradients: uniformNumbers(count, 1),
      rates: Float64Array.of(Math.fround(0.01)),
      health: options.health ?? healthBefore(),
      parameters: uniformNumbers(count, 2),
      v: uniformNumbers(count, 3, 0, 1),
      momentum: momentumFactor ? uniformNumbers(count, 4) : Float64Array.of(NaN),
    },
    tolerance: TOLERANCES.rmsprop,
  };
}
