/**
 * THE TABLE: the only declaration of each kernel's signature. What it means stands at the head of both
 * implementations, `wgsl/<name>.wgsl` and `assembly/<name>.ts`; a test holds both to this table.
 *
 * Shape letters, here and everywhere: B batch, T time steps, I input size, H hidden size, R output size of a
 * recurrence (H, or its projection), G gates, S gate slots kept per unit, V vocabulary, L layers, D directions.
 *
 * - `buffers`: in binding order; 32-bit words each.
 * - `params`: in the order of the uniform's fields.
 * - `extent`: how many units of work the outermost loop has on the CPU; a thread owns a slice of them.
 * - `scratch`: words that each thread on the CPU needs for packed operands; it may depend on how many threads there are.
 * - `workgroups`: the grid on the GPU, across and down, of any size: src/device/webgpu/grid.ts folds it.
 * - `constants`: parameters that are also WGSL `override` constants, so that a pipeline is compiled for each value.
 * - `cells`: the kernel is compiled once a cell, with `cells/<cell>` of its language; parameter `cell` indexes CELLS.
 *
 * @module
 */

import { EDGE, generateScratch, type GenerateSizes, SHARES } from "./kernels/scratch.ts";

/** The cells of a recurrence, in the order of the parameter `cell`. */
export const CELLS = ["tanh", "relu", "gru", "lstm"] as const;
/** Gate rows of `weight_hh`, in units of H, for each of CELLS. */
export const CELL_GATES = [1, 1, 3, 4] as const;
/** Slots of H words a row of `gates` has, for each of CELLS (LSTM with projection has one more). */
export const CELL_SLOTS = [1, 1, 4, 4] as const;
/** Elements that make one partial sum of `sum_squares`, and one unit of an element-wise kernel on the CPU. */
export const CHUNK = 4096;

const ceil = (count: number, unit: number): number => Math.ceil(count / unit);

/** Words that a thread of `recurrent_forward` or `_backward` needs: panels that all share, a tile, gates, weights. */
function recurrentScratch(
  { cell, batch, hidden, projection }: { cell: number; batch: number; hidden: number; projection: number },
): number {
  const gates = CELL_GATES[cell]! * (hidden + 16), outputs = (projection || hidden) + 16;
  const shared = (batch + 3) * (2 * Math.max(gates, outputs) + (projection ? Math.max(hidden, outputs) : 0));
  return shared + EDGE + batch * gates + gates * outputs + (projection ? (hidden + 16) * outputs : 0);
}

/** Every kernel by name. */
export const KERNELS = {
  // c (M, N) = op(a) (M, K) op(b) (K, N), added to c where `accumulate`, to rows of bias (N) where `biased`; sums of op(a)'s
  // rows where `summed`. The CPU slices the longer side of c.
  gemm: {
    buffers: { a: "read", b: "read", bias: "read", c: "read_write" },
    params: {
      M: "u32",
      N: "u32",
      K: "u32",
      transposeA: "u32",
      transposeB: "u32",
      accumulate: "u32",
      biased: "u32",
      summed: "u32",
      lda: "u32",
      ldb: "u32",
      ldc: "u32",
      offsetA: "u32",
      offsetB: "u32",
      offsetC: "u32",
      offsetSums: "u32",
    },
    constants: ["transposeA", "transposeB", "accumulate", "biased", "summed"],
    extent: ({ M, N }: { M: number; N: number }): number => M >= N ? ceil(M, 4) : ceil(N, 8),
    // a tile for edges, a block (60, 256) of a, one (256, 2016) of b, both in panels: assembly/gemm.ts
    scratch: (): number => EDGE + 60 * 256 + 256 * 2016,
    workgroups: (
      { M, N }: { M: number; N: number },
    ): [number, number] => [ceil(N, 64), ceil(M, 64)],
  },
  // y (columns) = scale * sum over rows of x (rows, columns), or += where `accumulate`
  sum_rows: {
    buffers: { x: "read", y: "read_write" },
    params: { rows: "u32", columns: "u32", ld: "u32", offset: "u32", scale: "f32", accumulate: "u32" },
    extent: ({ columns }: { columns: number }): number => ceil(columns, 16),
    workgroups: ({ columns }: { columns: number }): [number, number] => [ceil(columns, 8), 1],
  },
  // y (rows, columns) = x (rows, columns), or += where `accumulate`; each with its own stride and offset
  copy_columns: {
    buffers: { x: "read", y: "read_write" },
    params: {
      rows: "u32",
      columns: "u32",
      ldX: "u32",
      offsetX: "u32",
      ldY: "u32",
      offsetY: "u32",
      accumulate: "u32",
    },
    extent: ({ rows }: { rows: number }): number => ceil(rows, 8),
    workgroups: (
      { rows, columns }: { rows: number; columns: number },
    ): [number, number] => [ceil(columns, 64), ceil(rows, 16)],
  },
  // y (T*B, columns) = the rows of table that ids (B, T) name: a one-hot times a matrix; plus bias (columns) where `biased`
  embedding_forward: {
    buffers: { table: "read", ids: "read", bias: "read", y: "read_write" },
    params: {
      batch: "u32",
      steps: "u32",
      columns: "u32",
      idStride: "u32",
      columnStride: "u32",
      ld: "u32",
      biased: "u32",
    },
    extent: ({ columns }: { columns: number }): number => ceil(columns, 16),
    workgroups: (
      { batch, steps, columns }: { batch: number; steps: number; columns: number },
    ): [number, number] => [ceil(columns, 64), ceil(batch * steps, 16)],
  },
  // dtable (V, columns) += the sum of those rows of dy (T*B, columns) that used it, in the order of `order`
  embedding_backward: {
    buffers: { dy: "read", order: "read", starts: "read", dtable: "read_write" },
    params: { vocabulary: "u32", columns: "u32", idStride: "u32", columnStride: "u32", ld: "u32" },
    extent: ({ columns }: { columns: number }): number => ceil(columns, 16),
    workgroups: (
      { vocabulary, columns }: { vocabulary: number; columns: number },
    ): [number, number] => [ceil(columns, 64), vocabulary],
  },
  // the loop over time of one layer in one direction; `gates` turns from input part into activations
  recurrent_forward: {
    buffers: {
      weight_hh: "read",
      bias_hh: "read",
      weight_hr: "read",
      lengths: "read",
      gates: "read_write",
      states: "read_write",
    },
    params: {
      cell: "u32",
      steps: "u32",
      batch: "u32",
      hidden: "u32",
      projection: "u32",
      reverse: "u32",
      masked: "u32",
      carry: "u32",
      offsetH: "u32",
      offsetC: "u32",
    },
    cells: true,
    extent: (): number => SHARES,
    scratch: recurrentScratch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [ceil(batch, 2), 1],
  },
  // its backward; `gates` turns from activations into the gates' gradients
  recurrent_backward: {
    buffers: {
      weight_hh: "read",
      weight_hr: "read",
      lengths: "read",
      states: "read",
      gates: "read_write",
      dy: "read_write",
      dstates: "read_write",
    },
    params: {
      cell: "u32",
      steps: "u32",
      batch: "u32",
      hidden: "u32",
      projection: "u32",
      reverse: "u32",
      masked: "u32",
      offsetH: "u32",
      offsetC: "u32",
      offsetDc: "u32",
    },
    cells: true,
    extent: (): number => SHARES,
    scratch: recurrentScratch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [ceil(batch, 2), 1],
  },
  // y (count) = x, each element zeroed with `probability` or scaled by 1 / (1 - probability)
  dropout: {
    buffers: { x: "read", seed: "read", y: "read_write" },
    params: { count: "u32", probability: "f32", stream: "u32", accumulate: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
  // losses (T*B) of logits (T*B, V) against targets (B, T), or += where `accumulate`; the logits turn into their gradient
  // where `gradient`
  softmax_cross_entropy: {
    buffers: { targets: "read", logits: "read_write", losses: "read_write" },
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
  // partials (⌈count / CHUNK⌉): the sum of squares of each chunk of x (count)
  sum_squares: {
    buffers: { x: "read", partials: "read_write" },
    params: { count: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, CHUNK), 1],
  },
  // scales gradients (count) so that their norm is at most maxNorm, and keeps the health of training
  clip_grad_norm: {
    buffers: { partials: "read", gradients: "read_write", health: "read_write" },
    params: { count: "u32", maxNorm: "f32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, CHUNK), 1],
  },
  // stochastic gradient descent with momentum; changes nothing once the latch in `health` is set, and no
  // element to what is not finite
  sgd: {
    buffers: {
      gradients: "read",
      rates: "read",
      health: "read_write",
      parameters: "read_write",
      momentum: "read_write",
    },
    params: { count: "u32", momentumFactor: "f32", nesterov: "u32", weightDecay: "f32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
  // RMSprop with momentum; changes nothing once the latch in `health` is set, and no
  // element to what is not finite
  rmsprop: {
    buffers: {
      gradients: "read",
      rates: "read",
      health: "read_write",
      parameters: "read_write",
      v: "read_write",
      momentum: "read_write",
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
      gradients: "read",
      rates: "read",
      health: "read_write",
      parameters: "read_write",
      m: "read_write",
      v: "read_write",
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
  // ids (B) drawn from logits (B, V) by temperature, then top-k, then top-p; kept with their log probability
  sample: {
    buffers: { logits: "read", settings: "read", ids: "read_write", history: "read_write" },
    params: { batch: "u32", columns: "u32", ld: "u32" },
    extent: ({ batch }: { batch: number }): number => batch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
  },
  // up to as many characters of B rows as `settings` says: layers, dense, draw, and again
  generate_steps: {
    buffers: {
      weights: "read",
      plan: "read",
      settings: "read",
      ids: "read_write",
      states: "read_write",
      logits: "read_write",
      history: "read_write",
    },
    params: {
      cell: "u32",
      batch: "u32",
      hidden: "u32",
      layers: "u32",
      columns: "u32",
      embedding: "u32",
      ld: "u32",
    },
    cells: true,
    extent: (): number => SHARES,
    scratch: (sizes: GenerateSizes, threads: number): number =>
      generateScratch(sizes, { gates: CELL_GATES[sizes.cell]!, threads }),
    workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
  },
} as const;

/** The name of a kernel. */
export type KernelName = keyof typeof KERNELS;
/** How a kernel uses a buffer. */
export type Access = "read" | "read_write";
/** One entry of the table, its letters forgotten: what a device needs to run any kernel. */
export interface KernelEntry {
  /** Buffers in binding order. */
  readonly buffers: Readonly<Record<string, Access>>;
  /** Parameters in field order. */
  readonly params: Readonly<Record<string, "u32" | "f32">>;
  /** Parameters that are also WGSL override constants. */
  readonly constants?: readonly string[];
  /** Whether the kernel is compiled once a cell. */
  readonly cells?: boolean;
  /** Units of the outermost loop on the CPU. */
  extent(params: Readonly<Record<string, number>>): number;
  /** Words of a thread's own memory on the CPU, where there are so many threads. */
  scratch?(params: Readonly<Record<string, number>>, threads: number): number;
  /** The grid on the GPU. */
  workgroups(params: Readonly<Record<string, number>>): [number, number];
}
/** A value for each buffer of kernel K. */
export type Buffers<K extends KernelName, Value> = {
  readonly [Name in keyof (typeof KERNELS)[K]["buffers"]]: Value;
};
/** A number for each parameter of kernel K. */
export type Params<K extends KernelName> = { readonly [Name in keyof (typeof KERNELS)[K]["params"]]: number };

/**
 * The table entry of a kernel, its letters forgotten.
 *
 * @param name the kernel
 * @returns its entry
 */
export function kernelEntry(name: KernelName): KernelEntry {
  return KERNELS[name] as unknown as KernelEntry;
}
