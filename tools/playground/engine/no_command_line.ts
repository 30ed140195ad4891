/**
 * Stands for the command line in the engine's bundle, which has none.
 *
 * @module
 */

/** Runs nothing. */
export function main(_args: readonly string[]): Promise<number> {
  return Promise.reject(new Error("Cannot run a command here"));
}
