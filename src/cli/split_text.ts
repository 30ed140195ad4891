/**
 * A text in two, what is trained on and what is held out.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { errorNaming, sentenceOf } from "../messages/naming.ts";

/**
 * Splits a text as the flags say.
 *
 * @param corpus The text.
 * @param heldOut The share that is held out, and the rows of which it is the end.
 * @returns What is trained on, and what is held out.
 * @throws {RangeError} If a part would be empty; it names --split-rows.
 */
export function splitText(
  corpus: Corpus,
  { fraction, rows }: { fraction: number; rows: number | undefined },
): [training: Corpus, heldOut: Corpus] {
  try {
    return corpus.split(fraction, { rows });
  } catch (error) {
    throw errorNaming(
      RangeError,
      (option) =>
        sentenceOf(error as Error, (name, value) => option(name === "rows" ? "splitRows" : name, value)),
    );
  }
}
