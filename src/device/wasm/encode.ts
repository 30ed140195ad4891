/**
 * A program as threads walk it: a list of words in their memory (assembly/lib/runtime.ts).
 *
 * @module
 */
import { kernelEntry, type KernelName, KERNELS } from "../../kernels.ts";
import { CLEAR, CLEAR_UNIT, END } from "../../kernels/numbers.ts";
import type { Command } from "../command.ts";

/** A program in words. */
export interface Encoded {
  /** Of each command its kernel, its extent, how many words follow, addresses of buffers and parameters; then END. */
  readonly words: readonly number[];
  /** The kernels and parameters alone: equal for programs that do the same work elsewhere. */
  readonly shape: readonly number[];
  /** The word where `generate_steps`, or that of int8, is told how many steps a run takes, if there is one. */
  readonly settings: number | undefined;
  /** Words of scratch that each thread has to have. */
  readonly scratch: number;
  /** Whether one thread begins: of one row of int8 two threads win a third where they are alone, and lose five times as much beside a busy process. */
  readonly alone: boolean;
}

const INDEX = new Map(Object.keys(KERNELS).map((name, index) => [name, index]));

/**
 * Turns commands into words.
 *
 * @param commands Kernels, with blocks that are addresses in bytes.
 * @param threads How many threads there are.
 * @returns The program, for all threads or one.
 */
export function encode(commands: readonly Command<number>[], threads: number): Encoded {
  const words: number[] = [];
  const shape: number[] = [];
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  let scratch = 0;
  let settings: number | undefined;
  let alone = false;
  for (const { kernel, blocks, params } of commands) {
    const addresses = blocks.map((block) => block.handle + block.start * 4);
    if (kernel === "clear") {
      const { length } = blocks[0]!;
      words.push(CLEAR, Math.ceil(length / CLEAR_UNIT), 2, ...addresses, length);
      shape.push(CLEAR, length);
      continue;
    }
    const entry = kernelEntry(kernel as KernelName);
    const names = Object.keys(entry.params);
    const named = Object.fromEntries(names.map((name, index) => [name, params[index]!]));
    if (entry.scratch) {
      const alone = Math.ceil(entry.scratch(named, 1) / threads); // one thread has the room of all
      scratch = Math.max(scratch, entry.scratch(named, threads), alone);
    }
    const args = names.map((name, index) => {
      if (entry.params[name] === "u32") return params[index]!;
      float[0] = params[index]!;
      return bits[0]!;
    });
    if (kernel === "generate_steps" || kernel === "generate_steps_int8") {
      settings = addresses[Object.keys(entry.buffers).indexOf("settings")]! / 4;
    }
    alone ||= kernel === "generate_steps_int8" && named.batch === 1;
    const index = INDEX.get(kernel)!;
    words.push(index, entry.extent(named), addresses.length + args.length, ...addresses, ...args);
    shape.push(index, ...args);
  }
  words.push(END);
  return { words, shape, settings, scratch, alone };
}
