/**
 * One command of a recorded program as a program of its own.
 *
 * @module
 */
import { optionsText, printable } from "../messages/printable.ts";
import { type Command, type Executable, factsOf } from "./command.ts";
import type { Part } from "./device.ts";

/**
 * Makes a part of a command, its blocks forgotten.
 *
 * @param command The kernel, its blocks in binding order, its parameters in field order.
 * @param executable Runs the command, and frees what it takes.
 * @returns The part.
 */
export function partOf<Handle>(command: Command<Handle>, executable: Executable): Part {
  const facts = factsOf(command);
  const part: Part = {
    ...facts,
    run: (): void => executable.run(),
    [Symbol.dispose]: (): void => executable[Symbol.dispose](),
  };
  return printable(part, () => `Part ${[facts.kernel, ...optionsText(facts.params)].join(", ")}`);
}
