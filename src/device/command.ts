/**
 * One command of a device, and lists of them.
 *
 * @module
 */
import { kernelEntry, type KernelName } from "../kernels.ts";
import type { DeviceBlock } from "./block.ts";
import type { Block, Part } from "./device.ts";

/** One entry of a list: a kernel, or `clear` of one block. */
export interface Command<Handle> {
  readonly kernel: KernelName | "clear";
  /** In binding order. */
  readonly blocks: readonly DeviceBlock<Handle>[];
  /** In field order. */
  readonly params: readonly number[];
}

/** A list being recorded, with the blocks that its program will own. */
export interface Recording<Handle> {
  readonly commands: Command<Handle>[];
  /** What the host takes note of at each run, in order. */
  readonly notes: (() => void)[];
  readonly owned: Set<Block>;
  /** Blocks of the program that were disposed while it was recorded; they live as long as it does. */
  readonly disposed: Set<DeviceBlock<Handle>>;
  /** Answers for a read meanwhile, where it shall not fail by itself. */
  readonly read: (() => Promise<ArrayBuffer>) | undefined;
}

/** A list of commands made ready for its device. */
export interface Executable extends Disposable {
  run(): void;
}

/**
 * Adds a command to a recording. A clear goes to the front where nothing before it touches the block: a GPU clears
 * between passes only, and so a step stays one pass.
 *
 * @param commands The recording.
 * @param command What is added.
 */
export function keepInOrder<Handle>(commands: Command<Handle>[], command: Command<Handle>): void {
  const root = command.blocks[0]!.root;
  const touched = (other: Command<Handle>): boolean => other.blocks.some((block) => block.root === root);
  if (command.kernel === "clear" && !commands.some(touched)) commands.unshift(command);
  else commands.push(command);
}

/**
 * What a command is, its blocks forgotten.
 *
 * @param command The command.
 * @returns The kernel, its parameters by name, and the words of its buffers by name.
 */
export function factsOf<Handle>(
  { kernel, blocks, params }: Command<Handle>,
): Pick<Part, "kernel" | "params" | "lengths"> {
  const { buffers, params: fields } = kernel === "clear"
    ? { buffers: { target: "read_write" }, params: {} }
    : kernelEntry(kernel);
  return {
    kernel,
    params: Object.fromEntries(Object.keys(fields).map((name, index) => [name, params[index]!])),
    lengths: Object.fromEntries(Object.keys(buffers).map((name, index) => [name, blocks[index]!.length])),
  };
}
