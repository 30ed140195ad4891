/**
 * The sentence of every complaint about a model that does not go out.
 *
 * @module
 */

/**
 * Makes the error of a model that a format cannot hold.
 *
 * @param complaint What is wrong with it, and what to do.
 * @returns The error, to be thrown.
 */
export function unfit(complaint: string): TypeError {
  return new TypeError(`Cannot export the model as ${complaint}`);
}
