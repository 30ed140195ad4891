/**
 * What a work demands of a device, added up from shapes before anything is allocated: its blocks, and the memory that threads
 * of WebAssembly need for its kernels. Knows neither layers nor models.
 *
 * @module
 */
import { align, type Device } from "../device/device.ts";
import { kernelEntry, type KernelName } from "../kernels.ts";

/** A kernel at a size: on the CPU each thread needs memory of its own for it. */
export type KernelUse = readonly [kernel: KernelName, params: Readonly<Record<string, number>>];

/** What a work demands. */
export interface Demand {
  /** Blocks: what each is called, its size in words, and how many there are of it. */
  readonly blocks: readonly { readonly name: string; readonly words: number; readonly count: number }[];
  /** The kernels that need memory for threads. */
  readonly kernels: readonly KernelUse[];
  /** Short lists of commands beside the one of all others; absent, there are none. */
  readonly lists?: number;
  /** Commands beside those that its blocks stand for; absent, there are none. */
  readonly commands?: number;
}

/** What lists of commands take on WebAssembly, about: some, a command or two a block, those of a few commands, and one more. */
const LISTS = { all: 512, each: 96, short: 256, command: 52 };

/**
 * Blocks of their own.
 *
 * @param words The size of each by its name, in words; none where it is 0.
 * @param kernels What runs on them.
 */
export function blocksOf(
  words: Readonly<Record<string, number>>,
  kernels: readonly KernelUse[] = [],
): Demand {
  const blocks = Object.entries(words).filter(([, size]) => size > 0)
    .map(([name, size]) => ({ name, words: size, count: 1 }));
  return { blocks, kernels };
}

/** Several demands that are there together. */
export function together(...demands: readonly Demand[]): Demand {
  return {
    blocks: demands.flatMap(({ blocks }) => blocks),
    kernels: demands.flatMap(({ kernels }) => kernels),
    lists: demands.reduce((sum, { lists = 0 }) => sum + lists, 0),
    commands: demands.reduce((sum, { commands = 0 }) => sum + commands, 0),
  };
}

/** A demand `count` times over: the layers of a stack are alike, and nobody counts them one by one. */
export function times(count: number, { blocks, kernels, commands = 0 }: Demand): Demand {
  if (count <= 0) return { blocks: [], kernels: [] };
  const all = blocks.map((block) => ({ ...block, count: block.count * count }));
  return { blocks: all, kernels, commands: commands * count };
}

/**
 * The bytes that a demand comes to on a device.
 *
 * @param demand What is demanded.
 * @param device The device, which pads blocks.
 */
export function bytesOf(demand: Demand, { name, threads }: Pick<Device, "name" | "threads">): number {
  const own = blockBytes(demand);
  if (name !== "wasm") return own;
  const scratch = demand.kernels.map(([kernel, params]) =>
    kernelEntry(kernel).scratch?.(params, threads) ?? 0
  );
  const { lists: short = 0, commands = 0 } = demand;
  const lists = demand.blocks.reduce((sum, { count }) => sum + count * LISTS.each, LISTS.all) +
    short * LISTS.short + commands * LISTS.command;
  return own + threads * align(Math.max(0, ...scratch)) * 4 + lists;
}

/** The bytes of its blocks alone. */
export function blockBytes({ blocks }: Demand): number {
  return 4 * blocks.reduce((sum, { count, words }) => sum + count * align(words), 0);
}

/** What a module takes for parameters of so many words in all: their values, their gradients, and a word or two of health. */
export function storageDemand(words: number): Demand {
  return blocksOf({ parameters: words, gradients: words, health: 8 });
}

/** Words of parameters in one block, where each begins on the alignment. */
export function totalWords(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + align(size), 0);
}
