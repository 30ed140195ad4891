/**
 * Which tokens of a text its vocabulary has.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { checkTokens } from "./check_tokens.ts";
import { compareKeys, RULES } from "./tokens.ts";
import type { TextVocabularyOptions } from "./vocabulary_options.ts";

/**
 * Chooses the tokens that come often enough, and adds the one that stands for unknown ones where there is to be one.
 *
 * @param counts Each token once, with how often it comes.
 * @param options The vocabulary's.
 * @returns The tokens in the order of their ids, that of code points.
 * @throws {TypeError} If a token is none of that sort.
 * @throws {RangeError} If one comes twice, or nothing is left.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const counts = [["to", 2], ["be", 2], ["or", 1], ["not", 3]] as const;
 * const options = { kind: "word", unknown: "replace", newlines: "keep", minCount: 1, maxVocabulary: 3 } as const;
 * assertEquals(chooseTokens(counts, options), ["<unk>", "be", "not"]);
 * ```
 */
export function chooseTokens(
  counts: readonly (readonly [token: string, count: number])[],
  { kind, unknown, minCount, maxVocabulary }: Required<TextVocabularyOptions>,
): string[] {
  const { key, token, replacement } = RULES[kind];
  if (counts.length === 0) {
    throw new RangeError("Cannot build a vocabulary as the text is nothing but whitespace");
  }
  checkTokens(counts.map(([token]) => token), RULES[kind]);
  const added = unknown === "replace" ? [key(replacement)!] : [];
  const often = counts.filter(([token, count]) => count >= minCount && key(token) !== added[0]);
  const kept = often.map(([token, count]) => ({ key: key(token)!, count }));
  const room = maxVocabulary - added.length;
  if (kept.length > room) {
    kept.sort((a, b) => b.count - a.count || compareKeys(a.key, b.key)).splice(room);
  }
  if (kept.length === 0) {
    throw nothingLeft({ minCount, maxVocabulary }, added.length);
  }
  return [...kept.map(({ key }) => key), ...added].sort(compareKeys).map(token);
}

/** A limit leaves no room, or else no token comes so often. */
function nothingLeft(
  { minCount, maxVocabulary }: { readonly minCount: number; readonly maxVocabulary: number },
  added: number,
): RangeError {
  return errorNaming(
    RangeError,
    (option) =>
      "Cannot build a vocabulary as nothing of the text would be left in it: " +
      (maxVocabulary > added
        ? `lower ${option("minCount", minCount)}`
        : `raise ${option("maxVocabulary", maxVocabulary)}`),
  );
}
