/**
 * THE TABLE, in part (src/kernels.ts): losses of a batch, with the gradient of what they judge.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CHUNK } from "./numbers.ts";

/** Losses of a batch, with the gradient of what they judge. */
export const LOSSES = {
  // partials (⌈count / CHUNK⌉): sums of the losses of x (count) against goals (count), SQUARED, HUBER or LOGISTIC as `kind`
  // says; dx (count) = scale times their gradient, where `gradient`; weights (columns) of the goals, of LOGISTIC alone
  pointwise_loss: {
    buffers: {
      x: "read f32",
      goals: "read f32",
      weights: "read f32",
      dx: "read_write f32",
      partials: "read_write f32",
    },
    params: { count: "u32", columns: "u32", kind: "u32", delta: "f32", scale: "f32", gradient: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, CHUNK), 1],
  },
  // losses (T*B) of logits (T*B, V) against targets (B, T), or += where `accumulate`; the logits turn into their gradient
  // where `gradient`; where `weighted` with weights (V) of classes, all times norm (1), a target to leave out, and smoothing
  softmax_cross_entropy: {
    buffers: {
      targets: "read u32",
      weights: "read f32",
      norm: "read f32",
      logits: "read_write f32",
      losses: "read_write f32",
    },
    params: {
      batch: "u32",
      steps: "u32",
      columns: "u32",
      ld: "u32",
      scale: "f32",
      gradient: "u32",
      accumulate: "u32",
      weighted: "u32",
      ignored: "u32",
      smoothing: "f32",
    },
    constants: ["weighted"],
    extent: ({ batch, steps }: { batch: number; steps: number }): number => batch * steps,
    workgroups: (
      { batch, steps }: { batch: number; steps: number },
    ): [number, number] => [batch * steps, 1],
  },
} as const;
