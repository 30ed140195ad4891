/**
 * The sentence of every complaint about a model that does not come in.
 *
 * @module
 */
import { errorNaming } from "../../messages/naming.ts";
import { quote } from "../../messages/quote.ts";

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

/**
 * Makes the error of a file that is of another framework than it was said to be.
 *
 * @param from What was said.
 * @param file The file's name.
 * @param title What it is of, for a sentence.
 * @returns The error, to be thrown.
 */
export function contradicted(from: string, file: string, title: string): TypeError {
  return errorNaming(
    TypeError,
    (option) => `Cannot import the model with ${option("from", from)}: ${quote(file)} is of ${title}`,
  );
}
