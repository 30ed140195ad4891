/**
 * The least work of each kernel: floating-point operations of its products, and bytes that it must read or write, each
 * word once. What a kernel does beyond that shows as a lower rate. And a kernel's shape in words.
 *
 * @module
 */
import type { Part } from "../device/device.ts";
import {
  ACTIVATION_KINDS,
  CELL_GATES,
  CELL_SLOTS,
  CELLS,
  type KernelName,
  type Params,
  POOL_KINDS,
} from "../kernels.ts";

/** A kernel of a program, or a clear. */
export type Command = Pick<Part, "kernel" | "params" | "lengths">;

/** What one run of a kernel takes. */
export interface Work {
  /** Of products, 2 for a multiplication with its addition; 0 where a kernel has none. */
  flop: number;
  /** Read and written. */
  bytes: number;
  /** Bytes of all buffers: from a set of this size the words come. */
  workingSet: number;
}

/** Steps that a run of `generate_steps` is counted with: its settings say how many there are, its parameters do not. */
export const STEPS_OF_GENERATION = 16;

/** All weights once, and their products with each row at each step. */
function generation(params: Params<"generate_steps">): { flop: number; words: number } {
  const { batch, hidden: H, layers, columns: V, embedding } = params;
  const weights = CELL_GATES[params.cell]! * H * (embedding + (2 * layers - 1) * H) + V * H;
  return { flop: 2 * STEPS_OF_GENERATION * batch * weights, words: STEPS_OF_GENERATION * weights };
}

/** The same of int8: a byte a weight. */
function int8Generation(params: Params<"generate_steps_int8">): { flop: number; words: number } {
  const { flop, words } = generation(params);
  return { flop, words: Math.ceil(words / 4) };
}

/** Words read and written; flop where there are products. */
type Count<K extends KernelName> = (
  params: Params<K>,
  lengths: Readonly<Record<string, number>>,
) => { flop?: number; words: number };

/** A product (M, K) (K, N) for each of T * B rows, its weights read once, slots read and written, states. */
function recurrence(params: Omit<Params<"recurrent_forward">, "carry">): { flop: number; words: number } {
  const { steps: T, batch: B, hidden: H, projection } = params;
  const R = projection || H;
  const weights = CELL_GATES[params.cell]! * H * R + (projection ? R * H : 0);
  const states = R + (CELLS[params.cell] === "lstm" ? H : 0);
  return { flop: 2 * T * B * weights, words: weights + T * B * (2 * CELL_SLOTS[params.cell]! * H + states) };
}

/** Of a row: both products and the cell's slots read and written, and states. */
function normedCell(
  { cell, batch, hidden: H }: { cell: number; batch: number; hidden: number },
): { words: number } {
  return {
    words: batch * H * (2 * (2 * CELL_GATES[cell]! + CELL_SLOTS[cell]!) + (CELLS[cell] === "lstm" ? 2 : 1)),
  };
}

const COUNTS: { readonly [K in KernelName]: Count<K> } = {
  gemm: ({ M, N, K, accumulate, biased, summed }) => ({
    flop: 2 * M * N * K,
    words: M * K + K * N + (1 + accumulate) * M * N + biased * N + summed * 2 * M,
  }),
  sum_rows: ({ rows, columns, accumulate }) => ({ words: rows * columns + (1 + accumulate) * columns }),
  copy_columns: ({ rows, columns, accumulate }) => ({ words: (2 + accumulate) * rows * columns }),
  embedding_forward: ({ batch, steps, columns, biased }) => ({
    words: batch * steps * (1 + 2 * columns) + biased * columns,
  }),
  embedding_backward: ({ vocabulary, columns }, { order }) => ({
    words: order! + columns * (order! + 2 * Math.min(vocabulary, order!)),
  }),
  recurrent_forward: recurrence,
  recurrent_backward: recurrence,
  normed_cell_forward: normedCell,
  normed_cell_backward: normedCell,
  dropout: ({ count, accumulate }) => ({ words: (2 + accumulate) * count }),
  layer_norm_forward: ({ rows, columns, scaled, shifted }) => ({
    words: 2 * rows * (columns + 1) + (scaled + shifted) * columns,
  }),
  layer_norm_backward: ({ rows, columns, scaled, accumulate }) => ({
    words: rows * (2 + (3 + scaled + accumulate) * columns) + scaled * columns,
  }),
  pool_forward: ({ steps, batch, columns, kind }) => ({
    words: batch * columns * (1 + (POOL_KINDS[kind] === "last" ? 1 : steps)),
  }),
  pool_backward: ({ steps, batch, columns, kind, accumulate }) => ({
    words: batch * columns * (1 + (POOL_KINDS[kind] === "max" ? 2 : 1) * steps + accumulate * steps),
  }),
  activation: ({ count, gradient, accumulate }) => ({ words: (2 + gradient + accumulate) * count }),
  pointwise_loss: ({ count, columns, gradient }) => ({ words: (2 + gradient) * count + columns }),
  combine: ({ count, accumulate }) => ({ words: (3 + accumulate) * count }),
  softmax_cross_entropy: ({ batch, steps, columns, gradient, accumulate }) => ({
    words: batch * steps * (2 + accumulate + (1 + gradient) * columns),
  }),
  sum_squares: ({ count }) => ({ words: count }),
  clip_grad_norm: ({ count }) => ({ words: 2 * count }),
  sgd: ({ count, momentumFactor }) => ({ words: (momentumFactor ? 5 : 3) * count }),
  adam: ({ count }) => ({ words: 7 * count }),
  rmsprop: ({ count, momentumFactor }) => ({ words: (momentumFactor ? 7 : 5) * count }),
  sample: ({ batch, columns }) => ({ words: batch * columns }),
  generate_steps: generation,
  generate_steps_int8: int8Generation,
};

/**
 * The least work of a kernel.
 *
 * @param command The kernel, its parameters, and the words of its buffers.
 * @returns Operations and bytes.
 */
export function workOf({ kernel, params, lengths }: Command): Work {
  const { flop = 0, words } = kernel === "clear"
    ? { words: lengths.target! }
    : (COUNTS[kernel] as Count<KernelName>)(params as Params<KernelName>, lengths);
  const unused = [...(params.projection ? [] : ["weight_hr"]), ...(params.masked ? [] : ["lengths"])];
  const used = Object.entries(lengths).filter(([name]) => !unused.includes(name));
  return { flop, bytes: 4 * words, workingSet: 4 * used.reduce((sum, [, length]) => sum + length, 0) };
}

/**
 * A kernel's shape in words, with the letters of the project's legend.
 *
 * @param command The kernel and its parameters.
 * @returns Such as "lstm T 35 B 32 H 256".
 */
export function describe({ kernel, params: p, lengths }: Command): string {
  const flags = { accumulate: " +=", biased: " + bias", summed: ", sums" };
  const more = (p.ld! > p.columns! ? " strided" : "") +
    Object.entries(flags).map(([name, text]) => p[name] ? text : "").join("");
  switch (kernel) {
    case "clear":
      return `${lengths.target}`;
    case "gemm": {
      const a = p.transposeA ? `(${p.K}, ${p.M})ᵀ` : `(${p.M}, ${p.K})`;
      const b = p.transposeB ? `(${p.N}, ${p.K})ᵀ` : `(${p.K}, ${p.N})`;
      const wide = p.ldc! > p.N! || p.lda! > (p.transposeA ? p.M! : p.K!) ? " strided" : "";
      return `${a} ${b}${more}${wide}`;
    }
    case "recurrent_forward":
    case "recurrent_backward": {
      const projection = p.projection ? ` R ${p.projection}` : "";
      return `${CELLS[p.cell!]} T ${p.steps} B ${p.batch} H ${p.hidden}${projection}`;
    }
    case "normed_cell_forward":
    case "normed_cell_backward":
      return `${CELLS[p.cell!]} B ${p.batch} H ${p.hidden}`;
    case "embedding_forward":
      return `T ${p.steps} B ${p.batch}, ${p.columns} columns${more}`;
    case "embedding_backward":
      return `V ${p.vocabulary}, ${p.columns} columns`;
    case "generate_steps":
    case "generate_steps_int8":
      return `${CELLS[p.cell!]} B ${p.batch} L ${p.layers} H ${p.hidden} V ${p.columns}`;
    case "pool_forward":
    case "pool_backward":
      return `${POOL_KINDS[p.kind!]} T ${p.steps} B ${p.batch}, ${p.columns} columns${more}`;
    case "activation":
      return `${ACTIVATION_KINDS[p.kind!]}${p.gradient ? "'s gradient" : ""}, ${p.count}${more}`;
    case "pointwise_loss":
      return `${["squared", "huber", "logistic"][p.kind!]} ${p.count}${p.gradient ? " and gradient" : ""}`;
    case "softmax_cross_entropy":
      return `(${p.batch! * p.steps!}, ${p.columns})${p.gradient ? " and gradient" : ""}`;
    default:
      return p.count ? `${p.count}` : `(${p.rows ?? p.batch}, ${p.columns})${more}`;
  }
}
