/**
 * Commands run one by one, each with its time: what a device does under the option `trace`.
 *
 * @module
 */
import { type Command, type Executable, factsOf } from "./command.ts";
import type { Part } from "./device.ts";

/** A command that has run. */
export interface TracedCommand extends Pick<Part, "kernel" | "params" | "lengths"> {
  /** How long it took, the way to the device included. */
  readonly seconds: number;
}

/** An option that every device has. */
export interface TraceOptions {
  /**
   * Is told each command after it has run. The device then runs its commands one by one and waits for each, so that all
   * takes longer; results stay the same. A browser cannot wait for a GPU: times are those of the hand-over there.
   *
   * @default {nothing is told, and nothing waited for}
   */
  readonly trace?: ((command: TracedCommand) => void) | undefined;
}

/** What tracing needs of a device. */
export interface Tracer<Handle> {
  /** Makes a list of one command ready. */
  compile(command: Command<Handle>): Executable;
  /** Waits until the device has done what it was given. */
  wait(): void;
  /** Is told each command. */
  tell(command: TracedCommand): void;
}

/**
 * Makes a list ready whose commands are run and told one by one.
 *
 * @param commands The list.
 * @param tracer How a command is run, waited for and told.
 * @returns The list, made ready.
 */
export function tracedList<Handle>(
  commands: readonly Command<Handle>[],
  tracer: Tracer<Handle>,
): Executable {
  // A list that is kept must not hold its blocks: the facts are taken now.
  const singles: { facts: ReturnType<typeof factsOf>; list: Executable }[] = [];
  const dispose = (): void => {
    for (const { list } of singles) list[Symbol.dispose]();
  };
  try {
    for (const command of commands) singles.push({ facts: factsOf(command), list: tracer.compile(command) });
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    run: (): void => {
      for (const { facts, list } of singles) {
        const start = performance.now();
        list.run();
        tracer.wait();
        tracer.tell({ ...facts, seconds: (performance.now() - start) / 1000 });
      }
    },
    [Symbol.dispose]: dispose,
  };
}
