/**
 * What a token is: a character, a byte of UTF-8, or a word. This module cuts texts into tokens and puts tokens
 * together again, words by words.ts; which of them have an id is the vocabulary's affair.
 *
 * @module
 */

import { printable } from "../messages/printable.ts";
import { eachSpacedWord, eachWord, isOneWord, PlainSpacing, ProseSpacing, type Spacing } from "./words.ts";
import { quote } from "../messages/quote.ts";

/** The sort of token. */
export type TokenKind = "character" | "byte" | "word";

/** Turns ids into text as they come. */
export interface TokenDecoder {
  /**
   * Takes the next id.
   *
   * @param id The id.
   * @returns The text that it adds: of bytes only whole characters; of words a space first, where a reader expects one.
   * @throws {RangeError} If the vocabulary has no such id.
   */
  push(id: number): string;
  /**
   * Ends the text.
   *
   * @returns What is left: U+FFFD where the bytes end within a character, else nothing.
   */
  end(): string;
}

/** A token as maps hold it: a code point, a byte, a word; the name of a special token among characters. */
export type TokenKey = number | string;

/** How a text is cut into tokens of one sort. */
export interface TokenRules {
  /** What a token must be, for errors. */
  readonly rule: string;
  /** What stands for unknown tokens in a new vocabulary; undefined where none is unknown. */
  readonly replacement: string | undefined;
  /** Walks over a text's tokens. */
  each(text: string, visit: (key: TokenKey) => void): void;
  /** At least as many as a text's tokens. */
  most(text: string): number;
  /** A token's key; undefined where a value is no token of this sort. */
  key(token: unknown): TokenKey | undefined;
  /** A key's token. */
  token(key: TokenKey): string;
  /** A token as errors show it. */
  describe(key: TokenKey): string;
  /** The text of tokens and their ids. */
  join(tokens: readonly string[], ids: ArrayLike<number>): string;
  /** Begins a text that is put together; `tokenOf` throws where an id has no token. */
  decoder(tokenOf: (id: number) => string): TokenDecoder;
}

/** The 256 tokens of bytes: an ASCII character stands for itself, another byte is written `<0xE5>`. */
export const BYTES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte < 0x80 ? String.fromCharCode(byte) : `<0x${byte.toString(16).toUpperCase()}>`,
);

/** What stands for unknown tokens in vocabularies of other programs. */
export const UNKNOWN_NAMES: readonly string[] = ["<unk>", "<UNK>"];

/** Names of several characters, which no text gives a vocabulary of characters. */
const SPECIAL = /^<[\w|/-]+>$/;

/** The rules of each sort of token. */
export const RULES: Readonly<Record<TokenKind, TokenRules>> = {
  character: {
    rule: "one character, or a name in angle brackets",
    replacement: "\ufffd",
    each: eachCodePoint,
    most: (text) => text.length, // in UTF-16 units
    key(token) {
      if (isCharacter(token)) return token.codePointAt(0);
      return isSpecial(token) ? token : undefined;
    },
    token: (key) => typeof key === "string" ? key : String.fromCodePoint(key),
    describe: (key) => typeof key === "string" ? quote(key) : describeCharacter(key),
    join: (tokens) => tokens.join(""),
    decoder: (tokenOf) => ({ push: tokenOf, end: () => "" }),
  },
  byte: {
    rule: "one of the 256 bytes",
    replacement: undefined,
    each: (text, visit) => encodeBytes(text).forEach(visit),
    most: (text) => 3 * text.length,
    key(token) {
      const byte = BYTES.indexOf(token as string);
      return byte < 0 ? undefined : byte;
    },
    token: (key) => BYTES[key as number]!,
    describe: (key) => `${key}`,
    join: (_, ids) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(ids)),
    decoder: decoderOfBytes,
  },
  word: wordRules(eachWord, ProseSpacing),
};

/** Words as they stand between whitespace, marks and all: of vocabularies that have such. */
const SPACED_WORDS = wordRules(eachSpacedWord, PlainSpacing);

function wordRules(
  each: (text: string, visit: (word: string) => void) => void,
  Spaces: new () => Spacing,
): TokenRules {
  return {
    rule: "a word, without whitespace, or a line break",
    replacement: "<unk>",
    each(text, visit) {
      requireWellFormed(text);
      each(text, visit);
    },
    most: (text) => text.length,
    key: (token) =>
      typeof token === "string" && /^(?:\S+|[\n\r])$/.test(token) && token.isWellFormed() ? token : undefined,
    token: (key) => key as string,
    describe: quote,
    join(tokens) {
      const spacing = new Spaces();
      return tokens.map((token) => spaced(spacing, token)).join("");
    },
    decoder(tokenOf) {
      const spacing = new Spaces();
      return { push: (id) => spaced(spacing, tokenOf(id)), end: () => "" };
    },
  };
}

function spaced(spacing: Spacing, token: string): string {
  return spacing.before(token) ? ` ${token}` : token;
}

/**
 * The rules of a vocabulary. Words with marks in them, which no text would be cut into, are from a text that was cut at
 * whitespace alone: so are all texts for such a vocabulary.
 *
 * @param kind The sort of its tokens.
 * @param tokens Its tokens.
 * @returns The rules.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const tokens: unknown[] = [];
 * rulesOf("word", ["The", "end."]).each("The end.", (token) => tokens.push(token));
 * assertEquals(tokens, ["The", "end."]);
 * ```
 */
export function rulesOf(kind: TokenKind, tokens: readonly string[]): TokenRules {
  return kind === "word" && !tokens.every(isOneWord) ? SPACED_WORDS : RULES[kind];
}

/**
 * The sort of tokens that a list from elsewhere has.
 *
 * @param tokens The tokens.
 * @returns "character" where each is one, or a name in angle brackets; else "word".
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([kindOf(["<unk>", "分"]), kindOf(["<unk>", "the"])], ["character", "word"]);
 * ```
 */
export function kindOf(tokens: readonly unknown[]): TokenKind {
  return tokens.every((token) => RULES.character.key(token) !== undefined) ? "character" : "word";
}

/**
 * Makes a decoder that a console shows in a line.
 *
 * @param kind The sort of token.
 * @param decoder The decoder.
 * @returns The decoder.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = shown("word", RULES.word.decoder((id) => ["the", "end"][id]!));
 * assertEquals([`${decoder}`, decoder.push(0) + decoder.push(1)], ["TokenDecoder(word)", "the end"]);
 * ```
 */
export function shown(kind: TokenKind, decoder: TokenDecoder): TokenDecoder {
  return printable(decoder, () => `TokenDecoder(${kind})`);
}

/** What is no character becomes U+FFFD, as a model may write anything. */
function decoderOfBytes(tokenOf: (id: number) => string): TokenDecoder {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push(id) {
      tokenOf(id);
      return decoder.decode(Uint8Array.of(id), { stream: true });
    },
    end: () => decoder.decode(),
  };
}

/**
 * A text's bytes in UTF-8.
 *
 * @param text Any text without lone surrogates.
 * @returns The bytes.
 * @throws {SyntaxError} If the text has a lone surrogate.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeBytes("分"), Uint8Array.of(0xe5, 0x88, 0x86));
 * ```
 */
export function encodeBytes(text: string): Uint8Array {
  requireWellFormed(text);
  return new TextEncoder().encode(text);
}

/**
 * The order of tokens in a vocabulary: by code points.
 *
 * @param a A token's key.
 * @param b The other one's, of the same sort.
 * @returns A negative number if a comes first, a positive one if b does.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["😀", "～", "a～", "a"].sort(compareKeys), ["a", "a～", "～", "😀"]);
 * ```
 */
export function compareKeys(a: TokenKey, b: TokenKey): number {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
}

/** Orders UTF-16 units as code points: surrogates come last, as they make those above U+FFFF, and the end (NaN) first. */
function rank(unit: number): number {
  if (Number.isNaN(unit)) return -1;
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

function requireWellFormed(text: string): void {
  if (!text.isWellFormed()) eachCodePoint(text, () => {}); // says where
}

/** Whether a value is a string of exactly one code point; a lone surrogate is none. */
function isCharacter(token: unknown): token is string {
  if (typeof token !== "string" || token.length === 0 || token.length > 2) return false;
  const codePoint = token.codePointAt(0)!;
  return !isSurrogate(codePoint) && token.length === (codePoint > 0xffff ? 2 : 1);
}

/** Whether a value is a name in angle brackets. */
function isSpecial(token: unknown): token is string {
  return typeof token === "string" && SPECIAL.test(token);
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/** Walks the code points; an index loop, as a string's own iterator makes a string for each of them. */
function eachCodePoint(text: string, visit: (codePoint: number) => void): void {
  for (let i = 0, position = 1; i < text.length; position++) {
    const codePoint = text.codePointAt(i)!;
    if (isSurrogate(codePoint)) {
      throw new SyntaxError(
        `Cannot read the text as it has half a character at position ${position}: ` +
          `lone surrogate ${hexadecimal(codePoint)}`,
      );
    }
    visit(codePoint);
    i += codePoint > 0xffff ? 2 : 1;
  }
}

/** A character as errors show it: `"龘" (U+9F98)`, `"\n" (U+000A)`. */
function describeCharacter(codePoint: number): string {
  return `${quote(String.fromCodePoint(codePoint))} (${hexadecimal(codePoint)})`;
}

function hexadecimal(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
}
