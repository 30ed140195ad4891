/**
 * Misuse of the command line.
 *
 * @module
 */

import { quote } from "../messages/quote.ts";

/** A command or flag that is not understood; the program exits with 2. */
export class UsageError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "UsageError";
}

/** A flag that a command does not have; what was meant by it, unknown_flag.ts says when it is asked. */
export class UnknownFlagError extends UsageError {
  /** The command. */
  readonly command: string;
  /** The flag as it was written, with its value or without. */
  readonly argument: string;

  /**
   * Makes the error.
   *
   * @param command The command.
   * @param argument The flag as it was written.
   */
  constructor(command: string, argument: string) {
    super(`Unknown flag ${quote(argument)}: see "${command} --help"`);
    this.command = command;
    this.argument = argument;
  }
}
