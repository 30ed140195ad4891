/**
 * How a vocabulary is made and stored: its options, its JSON, and the checks of both.
 *
 * @module
 */

import { refuseUnknown } from "../messages/options.ts";
import { LINE_BREAKS, type Newlines } from "./line_breaks.ts";
import { quote, type TokenKind } from "./tokens.ts";

/**
 * What becomes of a token that the vocabulary does not have: an error, nothing (it is left out), or the replacement
 * token. Bytes are never unknown.
 */
export type UnknownPolicy = "error" | "skip" | "replace";

/** The options of Vocabulary.fromText() and Vocabulary.fromTokens(). */
export interface VocabularyOptions {
  /**
   * The sort of token.
   *
   * - `"character"`: a Unicode code point.
   * - `"byte"`: a byte of the text's UTF-8, 256 tokens whatever the text; decoding puts them together again.
   * - `"word"`: what stands between whitespace (what `\s` matches, line breaks and U+3000 among it). The whitespace
   *   itself is lost: decoding joins words by single spaces.
   *
   * @default {"character"}
   */
  readonly kind?: TokenKind;
  /**
   * What becomes of a token that the vocabulary does not have. With `"replace"` the vocabulary has a token more, which
   * stands for it: U+FFFD among characters, `<unk>` among words.
   *
   * @default {"error"}
   */
  readonly unknown?: UnknownPolicy;
  /**
   * What becomes of a text's line breaks before it is encoded, that of the vocabulary's own text among them.
   *
   * - `"keep"`: they stay, and `\r\n` and a lone `\r` are one `\n` each. Bytes are taken as they stand, as are texts for
   *   a vocabulary of characters that has `\r`.
   * - `"space"`: each becomes a space; `\r\n` is one line break.
   *
   * @default {"keep"} Of tokens that have no line break among them `"space"`.
   */
  readonly newlines?: Newlines;
}

/** What Vocabulary.toJSON() returns, and what a model file stores. */
export interface VocabularyJSON {
  /** The sort of token. */
  readonly kind: TokenKind;
  /** The tokens; a token's id is its index. Bytes have none: they are always the same. */
  readonly tokens?: readonly string[];
  /**
   * What becomes of unknown tokens.
   *
   * @default {"error"}
   */
  readonly unknown?: UnknownPolicy;
  /**
   * What becomes of line breaks.
   *
   * @default {"keep"} Of tokens that have no line break among them `"space"`.
   */
  readonly newlines?: Newlines;
}

/** Checked options: what becomes of line breaks is open where it was not given. */
export type CheckedOptions = Required<Pick<VocabularyOptions, "kind" | "unknown">> & {
  readonly newlines: Newlines | undefined;
};

const KINDS: readonly string[] = ["character", "byte", "word"];
const POLICIES: readonly string[] = ["error", "skip", "replace"];

/**
 * Checks the options of a vocabulary.
 *
 * @param options The options.
 * @returns The options; what becomes of line breaks may be left open, as tokens tell it.
 * @throws {RangeError} If one has another value.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkOptions({ kind: "word" }), { kind: "word", unknown: "error", newlines: undefined });
 * ```
 */
export function checkOptions(options: VocabularyOptions): CheckedOptions {
  const { kind = "character", unknown = "error", newlines } = options;
  refuseUnknown("build a vocabulary", options, { kind, unknown, newlines });
  const wrong = (name: string, list: readonly string[], value: unknown) =>
    new RangeError(
      `Cannot build a vocabulary as ${name} must be ${choice(list)}: current value is ${quote(value)}`,
    );
  if (!isOneOf(kind, KINDS)) throw wrong("kind", KINDS, kind);
  if (!isOneOf(unknown, POLICIES)) throw wrong("unknown", POLICIES, unknown);
  if (newlines !== undefined && !isOneOf(newlines, LINE_BREAKS)) {
    throw wrong("newlines", LINE_BREAKS, newlines);
  }
  return { kind, unknown, newlines };
}

/**
 * Checks the outer shape of a vocabulary's JSON; the tokens themselves are left to Vocabulary.fromTokens().
 *
 * @param value The parsed JSON, not trusted.
 * @returns Its options and tokens, which are none for bytes.
 * @throws {TypeError} If the value has another shape.
 * @throws {RangeError} If its kind or policy is another one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const stored = { kind: "character", tokens: ["a"] };
 * assertEquals(checkJSON(stored), { kind: "character", unknown: "error", newlines: undefined, tokens: ["a"] });
 * ```
 */
export function checkJSON(value: unknown): CheckedOptions & { readonly tokens: readonly string[] } {
  const members: Record<string, unknown> = typeof value === "object" ? { ...value } : {};
  const { kind, tokens, unknown = "error", newlines, ...others } = members;
  const [other] = Object.keys(others);
  if (kind === undefined || (tokens === undefined && kind !== "byte")) {
    throw new TypeError('Cannot read the vocabulary as it must be an object with "kind" and "tokens"');
  }
  if (other !== undefined) { // a policy under another name must not become "error"
    throw new TypeError(`Cannot read the vocabulary as it must have no ${quote(other)}`);
  }
  if (!isOneOf(kind, KINDS)) {
    throw new RangeError(
      `Cannot read the vocabulary as its kind must be ${choice(KINDS)}: current kind is ${quote(kind)}`,
    );
  }
  if (!isOneOf(unknown, POLICIES)) {
    throw new RangeError(
      `Cannot read the vocabulary as its "unknown" must be ${choice(POLICIES)}: current value is ${
        quote(unknown)
      }`,
    );
  }
  if (newlines !== undefined && !isOneOf(newlines, LINE_BREAKS)) {
    throw new RangeError(
      `Cannot read the vocabulary as its "newlines" must be ${choice(LINE_BREAKS)}: current value is ${
        quote(newlines)
      }`,
    );
  }
  if (kind === "byte" && tokens !== undefined) {
    throw new TypeError('Cannot read the vocabulary as one of bytes must have no "tokens"');
  }
  if (kind !== "byte" && !Array.isArray(tokens)) {
    throw new TypeError('Cannot read the vocabulary as its "tokens" must be an array');
  }
  return {
    kind: kind as TokenKind,
    unknown: unknown as UnknownPolicy,
    newlines: newlines as Newlines | undefined,
    tokens: (tokens ?? []) as string[],
  };
}

function isOneOf(value: unknown, list: readonly string[]): boolean {
  return typeof value === "string" && list.includes(value);
}

/** Names as a sentence has them. */
function choice(names: readonly string[]): string {
  const quoted = names.map(quote);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
