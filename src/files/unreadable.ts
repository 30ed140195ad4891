/**
 * The sentence of every complaint about a safetensors file.
 *
 * @module
 */

/**
 * Makes the error of every complaint about a file.
 *
 * @param complaint What is wrong with the data.
 * @returns The error, to be thrown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unreadable("it is empty").message, "Cannot read safetensors data as it is empty");
 * ```
 */
export function unreadable(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read safetensors data as ${complaint}`);
}
