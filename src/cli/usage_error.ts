/**
 * Misuse of the command line.
 *
 * @module
 */

/** A command or flag that is not understood; the program exits with 2. */
export class UsageError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "UsageError";
}
