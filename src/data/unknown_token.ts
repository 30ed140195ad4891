/**
 * The sentence about a token that a vocabulary lacks.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { RULES, type TokenKey, type TokenKind } from "./tokens.ts";

/**
 * Makes the error of a token that cannot be encoded.
 *
 * @param kind The sort of token.
 * @param key The token.
 * @param position Its place in the text, counted in tokens from 1.
 * @returns The error.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { message } = unknownToken("character", 0x9f98, 3);
 * assertEquals(message.startsWith('Cannot encode character "龘" (U+9F98) at position 3 as the vocabulary'), true);
 * ```
 */
export function unknownToken(kind: TokenKind, key: TokenKey, position: number): RangeError {
  const what = `${kind} ${RULES[kind].describe(key)} at position ${position}`;
  return errorNaming(RangeError, (option) => {
    const way = option("unknown", "skip");
    return `Cannot encode ${what} as the vocabulary does not have it${way && `: ${way} leaves it out`}`;
  });
}
