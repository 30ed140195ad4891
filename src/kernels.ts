/**
 * THE TABLE: the only declaration of each kernel's signature, a file a family in src/kernels/. What it means stands at
 * the head of both implementations, `wgsl/<name>.wgsl` and `assembly/<name>.ts`; a test holds both to this table.
 *
 * Shape letters, here and everywhere: B batch, T time steps, I input size, H hidden size, R output size of a
 * recurrence (H, or its projection), G gates, S gate slots kept per unit, V vocabulary, L layers, D directions.
 *
 * - `buffers`: in binding order; how each is used, and the type of its 32-bit words on the GPU.
 * - `params`: in the order of the uniform's fields. Behind them a dispatch on the GPU is told its grid, `across` and
 *   `down`, and a shader that reads them, `begin` and `end`: the part of the outermost loop that this dispatch takes.
 * - `extent`: how many units of work the outermost loop has on the CPU; a thread owns a slice of them.
 * - `scratch`: words that each thread on the CPU needs for packed operands; it may depend on how many threads there are.
 * - `workgroups`: the grid on the GPU, across and down, of any size: src/device/webgpu/grid.ts folds it.
 * - `constants`: parameters that are also WGSL `override` constants, so that a pipeline is compiled for each value.
 * - `cells`: the kernel is compiled once a cell, with `cells/<cell>` of its language; parameter `cell` indexes CELLS.
 * - `resets`: false where it is not compiled for cells whose steps take two products.
 *
 * @module
 */

import { ACTIVATIONS } from "./kernels/activations.ts";
import { DROPOUT } from "./kernels/dropout.ts";
import { EMBEDDING } from "./kernels/embedding.ts";
import { GENERATION } from "./kernels/generation.ts";
import { LOSSES } from "./kernels/losses.ts";
import { NORMALIZATION } from "./kernels/normalization.ts";
import { NORMED_CELL } from "./kernels/normed_cell.ts";
import { OPTIMIZERS } from "./kernels/optimizers.ts";
import { POOLS } from "./kernels/pools.ts";
import { PRODUCTS } from "./kernels/products.ts";
import { RECURRENCE } from "./kernels/recurrence.ts";

export { ACTIVATION_KINDS } from "./kernels/activations.ts";
export { CELL_GATES, CELL_RESETS, CELL_SLOTS, CELLS } from "./kernels/cells.ts";
export { POOL_KINDS } from "./kernels/pools.ts";
export { CHUNK } from "./kernels/numbers.ts";

/**
 * The families together.
 *
 * @internal
 */
type Table =
  & typeof PRODUCTS
  & typeof EMBEDDING
  & typeof RECURRENCE
  & typeof NORMED_CELL
  & typeof DROPOUT
  & typeof NORMALIZATION
  & typeof POOLS
  & typeof ACTIVATIONS
  & typeof LOSSES
  & typeof OPTIMIZERS
  & typeof GENERATION;

/** Every kernel by name. */
export const KERNELS: Table = {
  ...PRODUCTS,
  ...EMBEDDING,
  ...RECURRENCE,
  ...NORMED_CELL,
  ...DROPOUT,
  ...NORMALIZATION,
  ...POOLS,
  ...ACTIVATIONS,
  ...LOSSES,
  ...OPTIMIZERS,
  ...GENERATION,
};

/** What a dispatch on the GPU is told behind the kernel's own parameters: its grid, and its part of the outermost loop. */
export const TOLD = ["across", "down", "begin", "end"] as const;

/** The name of a kernel. */
export type KernelName = keyof typeof KERNELS;
/** How a kernel uses a buffer, and the type of its words. */
export type Access = `${"read" | "read_write"} ${"u32" | "f32"}`;
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
  /** False where it has no cells whose steps take two products. */
  readonly resets?: boolean;
  /** What is wrong where parameters contradict each other, as the end of "Cannot run gemm …". */
  refusal?(params: Readonly<Record<string, number>>): string | undefined;
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
 * @param name The kernel.
 * @returns Its entry.
 */
export function kernelEntry(name: KernelName): KernelEntry {
  return KERNELS[name] as unknown as KernelEntry;
}

/**
 * Whether a kernel writes a buffer.
 *
 * @param access An entry of `buffers`.
 * @returns Whether it does.
 */
export function isWritten(access: Access): boolean {
  return access.startsWith("read_write ");
}
