/**
 * The sentence of every complaint about a model that does not come in.
 *
 * @module
 */

/**
 * Makes the error of a model that cannot come in.
 *
 * @param complaint What is wrong with it, and what to do.
 * @returns The error, to be thrown.
 */
export function unfit(complaint: string): TypeError {
  return new TypeError(`Cannot import the model as ${complaint}`);
}

/**
 * Makes the error of a file that is not as its format has it.
 *
 * @param complaint What is wrong with it.
 * @returns The error, to be thrown.
 */
export function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot import the model as its file is damaged: ${complaint}`);
}
