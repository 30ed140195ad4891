/**
 * The sentence of every complaint about a state dict that is no model's.
 *
 * @module
 */

/**
 * Makes the error of a state dict that cannot become a model.
 *
 * @param complaint What is wrong with it, and what to do.
 * @returns The error, to be thrown.
 */
export function unfit(complaint: string): TypeError {
  return new TypeError(`Cannot load the model as ${complaint}`);
}
