/**
 * Prompts as requests have them: a text, several, ids, or several lists of ids.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { encodePrefix } from "../generate/options.ts";
import { sentenceOf } from "../messages/naming.ts";
import { quote } from "../messages/quote.ts";
import { ApiError, currentOf, wrong } from "./api_error.ts";

/**
 * Reads the prompts of a request.
 *
 * @param value What the field `prompt` has.
 * @param vocabulary The model's tokens.
 * @returns The ids of each, at least one.
 * @throws {ApiError} If there is none, one is empty, or has what the vocabulary lacks.
 */
export function readPrompts(value: unknown, vocabulary: Vocabulary): Uint32Array[] {
  if (typeof value === "string") return [idsOf(value, vocabulary)];
  if (!Array.isArray(value) || value.length === 0) {
    throw wrong(
      "prompt",
      `Cannot complete as prompt must be a text, ids, or a list of these: ${currentOf(value)}`,
    );
  }
  if (typeof value[0] === "number") return [checkIds(value, vocabulary)];
  return value.map((one) => {
    if (typeof one === "string" && typeof value[0] === "string") return idsOf(one, vocabulary);
    if (Array.isArray(one) && Array.isArray(value[0])) return checkIds(one, vocabulary);
    throw wrong("prompt", `Cannot complete as prompt must have texts alone, or ids: one is ${quote(one)}`);
  });
}

/**
 * The ids of a text.
 *
 * @param text The text.
 * @param vocabulary The model's tokens.
 * @returns At least one.
 * @throws {ApiError} If the text is empty, or has what the vocabulary lacks.
 */
export function idsOf(text: string, vocabulary: Vocabulary): Uint32Array {
  try {
    return encodePrefix(text, vocabulary);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw wrong("prompt", sentenceOf(error, () => "")); // a request sets no options of the vocabulary
    }
    throw error;
  }
}

/**
 * Checks ids.
 *
 * @param ids What was given, of any type.
 * @param vocabulary The model's tokens.
 * @param param The field that has them.
 * @returns The ids, at least one.
 * @throws {ApiError} If there is none, or one is no token's.
 */
export function checkIds(
  ids: readonly unknown[],
  { size }: Vocabulary,
  param: string = "prompt",
): Uint32Array<ArrayBuffer> {
  if (ids.length === 0) {
    throw wrong(param, `Cannot go on from an empty ${param}: it must have at least one id`);
  }
  const wild = ids.findIndex((id) => !Number.isInteger(id) || (id as number) < 0 || (id as number) >= size);
  if (wild < 0) return Uint32Array.from(ids as number[]);
  throw new ApiError(
    400,
    `Cannot read ${param} as each id must be a whole number from 0 to ${size - 1}: ` +
      `at position ${wild + 1} it is ${quote(ids[wild])}`,
    { param },
  );
}
