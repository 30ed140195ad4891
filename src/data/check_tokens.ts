/**
 * What a vocabulary is given, not trusted: a text, or tokens.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { type TokenKey, type TokenRules, UNKNOWN_NAMES } from "./tokens.ts";
import { quote } from "../messages/quote.ts";

/**
 * Checks the tokens of a vocabulary.
 *
 * @param tokens The tokens.
 * @param rules Those of their sort.
 * @throws {TypeError} If one is no token of that sort.
 * @throws {RangeError} If there is none, or one comes twice.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { RULES } from "./tokens.ts";
 *
 * assertThrows(() => checkTokens(["a", "b", "a"], RULES.character), RangeError, "tokens 0 and 2 are both");
 * ```
 */
export function checkTokens(tokens: readonly string[], { key, rule, describe }: TokenRules): void {
  if (tokens.length === 0) throw new RangeError("Cannot build a vocabulary as there are no tokens");
  const first = new Map<TokenKey, number>();
  tokens.forEach((token, id) => {
    const found = key(token);
    if (found === undefined) {
      throw new TypeError(
        `Cannot build a vocabulary as each token must be ${rule}: token ${id} is ${quote(token)}`,
      );
    }
    if (first.has(found)) {
      throw new RangeError(
        `Cannot build a vocabulary as tokens must be distinct: ` +
          `tokens ${first.get(found)} and ${id} are both ${describe(found)}`,
      );
    }
    first.set(found, id);
  });
}

/**
 * Finds the token that stands for unknown ones: that of another program, else refrain's own.
 *
 * @param ids The ids of a vocabulary's tokens, by their keys.
 * @param rules Those of their sort.
 * @returns Its id; undefined where no token is unknown.
 * @throws {RangeError} If there is none.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RULES } from "./tokens.ts";
 *
 * assertEquals(replacementAmong(new Map([["the", 0], ["<unk>", 1]]), RULES.word), 1);
 * ```
 */
export function replacementAmong(
  ids: ReadonlyMap<TokenKey, number>,
  { replacement, key }: TokenRules,
): number | undefined {
  if (replacement === undefined) return undefined;
  const name = [...UNKNOWN_NAMES, replacement].find((token) => ids.has(key(token)!));
  if (name !== undefined) return ids.get(key(name)!);
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot replace unknown tokens as the vocabulary lacks the token that stands for them, ${
        quote(replacement)
      }: ${option("unknown", "skip")} leaves them out`,
  );
}

/**
 * Checks that a text is one.
 *
 * @param text The text.
 * @throws {TypeError} If it is no string.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireText(7 as unknown as string), TypeError, "current type is number");
 * ```
 */
export function requireText(text: string): void {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read the text as it must be a string: current type is ${typeof text}`);
  }
}
