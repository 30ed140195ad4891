/**
 * Errors whose sentences name options. A program reads `batchSize 5` in them, and the command line writes the same sentence
 * with `--batch-size 5`.
 *
 * @module
 */

import { quote } from "./quote.ts";

/** How a sentence names an option, and its value where it states one; "" where whoever reads it has none to set. */
export type Naming = (name: string, value?: string | number) => string;

/** A sentence, written with either way of naming. It reads nothing that may change later. */
export type Sentence = (option: Naming) => string;

/** Where an error keeps its sentence. It is not enumerable, so that no console prints it. */
const SENTENCE = Symbol("sentence");

/** The options as a program has them. */
const inCode: Naming = (name, value) => value === undefined ? name : `${name} ${quote(value)}`;

/**
 * Makes an error whose sentence names options.
 *
 * @param Kind The error's class.
 * @param sentence Writes the sentence; it may be called again.
 * @param options The error's cause, where it has one.
 * @returns The error, with the options as a program has them.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = errorNaming(RangeError, (option) => `Cannot train with ${option("batchSize", 5)}`);
 * assertEquals(error.message, "Cannot train with batchSize 5");
 * assertEquals(sentenceOf(error, (name) => `--${name}`), "Cannot train with --batchSize");
 * ```
 */
export function errorNaming<E extends Error>(
  Kind: new (message: string, options?: ErrorOptions) => E,
  sentence: Sentence,
  options?: ErrorOptions,
): E {
  const error = new Kind(sentence(inCode), options);
  Object.defineProperty(error, SENTENCE, { value: sentence });
  return error;
}

/**
 * The sentence of an error, its options named in another way.
 *
 * @param error Any error.
 * @param option How options are named.
 * @returns The sentence; the message where the error names no options.
 */
export function sentenceOf(error: Error, option: Naming): string {
  const sentence = (error as Error & { [SENTENCE]?: Sentence })[SENTENCE];
  return sentence === undefined ? error.message : sentence(option);
}
