/**
 * THE TABLE, in part (src/kernels.ts): losses of a batch, with the gradient of what they judge.
 *
 * @module
 */

/** Losses of a batch, with the gradient of what they judge. */
export const LOSSES = {
  // losses (T*B) of logits (T*B, V) against targets (B, T), or += where `accumulate`; the logits turn into their gradient
  // where `gradient`
  softmax_cross_entropy: {
    buffers: { targets: "read u32", logits: "read_write f32", losses: "read_write f32" },
    params: {
      batch: "u32",
      steps: "u32",
      columns: "u32",
      ld: "u32",
      scale: "f32",
      gradient: "u32",
      accumulate: "u32",
    },
    extent: ({ batch, steps }: { batch: number; steps: number }): number => batch * steps,
    workgroups: (
      { batch, steps }: { batch: number; steps: number },
    ): [number, number] => [batch * steps, 1],
  },
} as const;
