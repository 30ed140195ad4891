/**
 * Misuse of the command line.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import type { CommandName } from "./flags.ts";

/** A command or flag that is not understood; the program exits with 2. */
export class UsageError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "UsageError";
}

/** A flag that a command does not have; what was meant by it, unknown_flag.ts says when it is asked. */
export class UnknownFlagError extends UsageError {
  /** The command. */
  readonly command: CommandName;
  /** The flag as it was written, without its value. */
  readonly flag: string;

  /**
   * Makes the error.
   *
   * @param command The command.
   * @param argument The flag as it was written, with its value or without.
   */
  constructor(command: CommandName, argument: string) {
    const flag = argument.replace(/=.*$/s, "");
    super(`Unknown flag ${quote(flag)}: see "${command} --help"`);
    this.command = command;
    this.flag = flag;
  }
}
