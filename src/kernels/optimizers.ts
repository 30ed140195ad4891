/**
 * THE TABLE, in part (src/kernels.ts): clipping by norm, and the updates of parameters.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CHUNK } from "./numbers.ts";

/** Clipping by norm, and the updates of parameters. */
export const OPTIMIZERS = {
  // partials (⌈count / CHUNK⌉): the sum of squares of each chunk of x (count)
  sum_squares: {
    buffers: { x: "read f32", partials: "read_write f32" },
    params: { count: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, CHUNK), 1],
  },
  // scales gradients (count) so that their norm is at most maxNorm, and keeps the health of training
  clip_grad_norm: {
    buffers: { partials: "read f32", gradients: "read_write f32", health: "read_write u32" },
    params: { count: "u32", maxNorm: "f32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, CHUNK), 1],
  },
  // stochastic gradient descent with momentum; changes nothing once the latch in `health` is set, and no
  // element to what is not finite
  sgd: {
    buffers: {
      gradients: "read f32",
      rates: "read f32",
      health: "read_write u32",
      parameters: "read_write f32",
      momentum: "read_write f32",
    },
    params: { count: "u32", momentumFactor: "f32", nesterov: "u32", weightDecay: "f32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
  // RMSprop with momentum; changes nothing once the latch in `health` is set, and no
  // element to what is not finite
  rmsprop: {
    buffers: {
      gradients: "read f32",
      rates: "read f32",
      health: "read_write u32",
      parameters: "read_write f32",
      v: "read_write f32",
      momentum: "read_write f32",
    },
    params: {
      count: "u32",
      alpha: "f32",
      complement: "f32",
      epsilon: "f32",
      weightDecay: "f32",
      momentumFactor: "f32",
    },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
  // Adam, or AdamW where `decoupled`; changes nothing once the latch in `health` is set, and no
  // element to what is not finite
  adam: {
    buffers: {
      gradients: "read f32",
      rates: "read f32",
      health: "read_write u32",
      parameters: "read_write f32",
      m: "read_write f32",
      v: "read_write f32",
    },
    params: {
      count: "u32",
      beta1: "f32",
      beta2: "f32",
      complement1: "f32",
      complement2: "f32",
      epsilon: "f32",
      weightDecay: "f32",
      decoupled: "u32",
    },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
} as const;
