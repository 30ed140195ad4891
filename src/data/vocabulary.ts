/**
 * Tokens and their ids. A token is a character, unless a byte or a word is asked for. A character is a Unicode code
 * point: 𠮷 and an emoji are one token each, never two UTF-16 halves; a letter with a combining mark is two.
 *
 * @module
 */

import { counted, firstOf, Printable } from "../messages/printable.ts";
import { checkTokens, replacementAmong, requireText } from "./check_tokens.ts";
import { chooseTokens } from "./choose_tokens.ts";
import { type Newlines, requireLineEnd, withLineBreaks, withLineEnd } from "./line_breaks.ts";
import {
  BYTES,
  RULES,
  rulesOf,
  shown,
  type TokenDecoder,
  type TokenKey,
  type TokenKind,
  type TokenRules,
} from "./tokens.ts";
import { unknownToken } from "./unknown_token.ts";
import { readJSON, type VocabularyJSON } from "./vocabulary_json.ts";
import {
  type CheckedOptions,
  checkOptions,
  checkTextOptions,
  type TextVocabularyOptions,
  type UnknownPolicy,
  type VocabularyOptions,
} from "./vocabulary_options.ts";
import { quote } from "../messages/quote.ts";

/** Tokens that a vocabulary's line shows. */
const MOST_SHOWN = 5;

/**
 * A one-to-one map between tokens and the ids 0 to `size` - 1. It never changes after it is built, and it travels
 * with the model: the same text always gives the same ids.
 *
 * @example Usage
 * ```ts
 * import { Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const vocabulary = Vocabulary.fromText("banana");
 * assertEquals(vocabulary.tokens, ["a", "b", "n"]);
 * assertEquals(vocabulary.encode("nab"), Uint32Array.of(2, 0, 1));
 * assertEquals(vocabulary.decode([2, 0, 1]), "nab");
 *
 * const words = Vocabulary.fromText("to be or not", { kind: "word", unknown: "replace" });
 * assertEquals(words.decode(words.encode("to  see or be")), "to <unk> or be");
 * ```
 */
export class Vocabulary extends Printable {
  /** The sort of token. */
  readonly kind: TokenKind;
  /**
   * The tokens; a token's id is its index. Among bytes an ASCII character stands for itself, another byte is written
   * `<0xE5>`.
   */
  readonly tokens: readonly string[];
  /** What becomes of tokens that are not among them. */
  readonly unknown: UnknownPolicy;
  /** What becomes of a text's line breaks before it is encoded. */
  readonly newlines: Newlines;
  readonly #rules: TokenRules;
  readonly #ids: ReadonlyMap<TokenKey, number>;
  /** The id that stands for unknown tokens; undefined unless the policy is "replace". */
  readonly #replacement: number | undefined;

  private constructor(tokens: readonly string[], { kind, unknown, newlines }: CheckedOptions) {
    super();
    this.#rules = rulesOf(kind, tokens);
    const { key } = this.#rules;
    this.kind = kind;
    this.tokens = Object.freeze(tokens);
    this.unknown = unknown;
    this.newlines = newlines ?? (tokens.includes("\n") || tokens.includes("\r") ? "keep" : "space");
    this.#ids = new Map(tokens.map((token, id) => [kind === "byte" ? id : key(token)!, id]));
    requireLineEnd(this);
    if (unknown === "replace") this.#replacement = replacementAmong(this.#ids, this.#rules);
  }

  /**
   * Builds the vocabulary of a text: its distinct tokens in code point order.
   *
   * @param text Any text that is not empty.
   * @param options The sort of token, what becomes of unknown ones and of line breaks, and which are left out.
   * @returns The vocabulary.
   * @throws {RangeError} If nothing of the text is left, or an option is out of range or contradicts another.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  static fromText(text: string, options: TextVocabularyOptions = {}): Vocabulary {
    const { kind, newlines } = checkTextOptions(options);
    requireText(text);
    if (text.length === 0) throw new RangeError("Cannot build a vocabulary as the text is empty");
    const counts = new Map<TokenKey, number>();
    const { each, token } = RULES[kind];
    each(withLineEnd(text, newlines), (key) => counts.set(key, (counts.get(key) ?? 0) + 1));
    return Vocabulary.fromCounts([...counts].map(([key, count]) => [token(key), count]), options);
  }

  /**
   * Builds the vocabulary of a text whose tokens have been counted.
   *
   * @param counts Each token of the text once, with how often it comes; of bytes they do not matter.
   * @param options Those of {@linkcode Vocabulary.fromText}.
   * @returns The vocabulary that `Vocabulary.fromText` builds of the text.
   * @throws {TypeError} If a token is none of that sort.
   * @throws {RangeError} If nothing is left, a token comes twice, or an option is out of range or contradicts another.
   *
   * @example Usage
   * ```ts
   * import { Vocabulary } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * const counts: [string, number][] = [["to", 2], ["be", 2], ["or", 1], ["not", 1]];
   * const { tokens } = Vocabulary.fromCounts(counts, { kind: "word", minCount: 2 });
   * assertEquals(tokens, ["<unk>", "be", "to"]);
   * ```
   */
  static fromCounts(
    counts: readonly (readonly [token: string, count: number])[],
    options: TextVocabularyOptions = {},
  ): Vocabulary {
    const checked = checkTextOptions(options);
    return new Vocabulary(checked.kind === "byte" ? BYTES : chooseTokens(counts, checked), checked);
  }

  /**
   * Builds a vocabulary from its tokens, in the order of their ids.
   *
   * @param tokens At least one token, no two the same: each one character, or each one word.
   * @param options The sort of token, and what becomes of unknown ones and of line breaks: for `"replace"` the token that
   * stands for unknown ones must be among the tokens.
   * @returns The vocabulary.
   * @throws {TypeError} If a token is not a string of one character, or one word.
   * @throws {RangeError} If there is no token, one comes twice, the token for unknown ones is missing, or the tokens
   * are bytes, which {@linkcode Vocabulary.fromText} gives.
   */
  static fromTokens(tokens: readonly string[], options: VocabularyOptions = {}): Vocabulary {
    const checked = checkOptions(options);
    if (checked.kind === "byte") {
      throw new RangeError("Cannot build a vocabulary of bytes from tokens as bytes are always the same 256");
    }
    checkTokens(tokens, RULES[checked.kind]);
    return new Vocabulary([...tokens], checked);
  }

  /**
   * Builds a vocabulary from what {@linkcode Vocabulary.toJSON} returned, or from the tokens of another program: a list of
   * them, an object of tokens and their ids, or one that has these as `idx_to_token`, `token_to_idx`, `itos`, `stoi` and
   * the like. These are characters where each is one or a name in angle brackets, else words; a token `<unk>` stands for
   * unknown ones. Where a model has a token such as `<eos>` for the end of a line, write `\n` in its place.
   *
   * @param value The parsed JSON, not trusted.
   * @returns The vocabulary.
   * @throws {TypeError} If the value has another shape.
   * @throws {RangeError} If its kind or policy is another one, it has no tokens, one comes twice, ids have a gap, or the
   * token for unknown ones is missing.
   *
   * @example Usage
   * ```ts
   * import { Vocabulary } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * const vocabulary = Vocabulary.fromJSON({ idx_to_token: ["<unk>", " ", "e", "t"] });
   * assertEquals(vocabulary.encode("tea"), Uint32Array.of(3, 2, 0));
   * ```
   */
  static fromJSON(value: unknown): Vocabulary {
    const { tokens, ...options } = readJSON(value);
    return options.kind === "byte" ? new Vocabulary(BYTES, options) : Vocabulary.fromTokens(tokens, options);
  }

  /** How many tokens there are: V. */
  get size(): number {
    return this.tokens.length;
  }

  /**
   * Gives the same vocabulary another policy, as for a text that a model was not trained on.
   *
   * @param unknown What becomes of unknown tokens.
   * @returns A vocabulary with the same ids.
   * @throws {RangeError} If the policy is another one, or it is `"replace"` and there is no token to stand for them.
   */
  withUnknown(unknown: UnknownPolicy): Vocabulary {
    checkOptions({ unknown });
    const { kind, newlines } = this;
    return unknown === this.unknown ? this : new Vocabulary(this.tokens, { kind, unknown, newlines });
  }

  /**
   * Turns a text into ids, its line breaks prepared as this vocabulary's text was.
   *
   * @param text Any text, also the empty one.
   * @returns The ids, one a token.
   * @throws {RangeError} If a token is not in the vocabulary and the policy is `"error"`; the message names it and its
   * place, counted in tokens from 1.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  encode(text: string): Uint32Array {
    requireText(text);
    const { each, most } = this.#rules;
    const prepared = this.#prepared(text);
    const ids = new Uint32Array(most(prepared));
    let size = 0;
    let position = 0;
    each(prepared, (key) => {
      position++;
      const id = this.#ids.get(key) ?? this.#replacement;
      if (id !== undefined) ids[size++] = id;
      else if (this.unknown === "error") throw unknownToken(this.kind, key, position);
    });
    return size === ids.length ? ids : ids.slice(0, size);
  }

  /**
   * Turns ids into text.
   *
   * @param ids The ids, an array or a typed array.
   * @returns The text: one character an id; or the bytes' characters, U+FFFD where they make none; or the words, with
   * spaces where a reader expects them.
   * @throws {RangeError} If an id is not from 0 to `size` - 1.
   */
  decode(ids: ArrayLike<number>): string {
    const tokens = Array.from(ids, (id, i) => this.#token(id, ` at position ${i + 1}`));
    return this.#rules.join(tokens, ids);
  }

  /**
   * Makes a decoder for ids that come one by one, as a model draws them.
   *
   * @returns The decoder of one text.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const bytes = Vocabulary.fromText("分", { kind: "byte" });
   * const decoder = bytes.decoder();
   * assertEquals(Array.from(bytes.encode("分开"), (id) => decoder.push(id)), ["", "", "分", "", "", "开"]);
   * assertEquals(decoder.end(), "");
   * ```
   */
  decoder(): TokenDecoder {
    return shown(this.kind, this.#rules.decoder((id) => this.#token(id)));
  }

  /**
   * Tells whether a token is in the vocabulary.
   *
   * @param token Any string.
   * @returns Whether it is one of the tokens.
   */
  has(token: string): boolean {
    return this.#idOf(token) !== undefined;
  }

  /**
   * Tells whether all tokens of a text are in the vocabulary.
   *
   * @param text Any text.
   * @returns Whether it is encoded as it is, whatever the policy for unknown tokens.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  covers(text: string): boolean {
    return this.countUnknown(text) === 0;
  }

  /**
   * Counts the tokens of a text that the vocabulary lacks.
   *
   * @param text Any text.
   * @returns How many there are, whatever becomes of them.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  countUnknown(text: string): number {
    requireText(text);
    let unknown = 0;
    this.#rules.each(this.#prepared(text), (key) => {
      if (!this.#ids.has(key)) unknown++;
    });
    return unknown;
  }

  /**
   * Looks up the id of one token.
   *
   * @param token One character, one byte's token, or one word.
   * @returns Its id.
   * @throws {RangeError} If the vocabulary does not have it.
   */
  id(token: string): number {
    const id = this.#idOf(token);
    if (id === undefined) {
      throw new RangeError(`Cannot look up token ${quote(token)} as the vocabulary does not have it`);
    }
    return id;
  }

  /**
   * Describes the vocabulary for `JSON.stringify`.
   *
   * @returns A plain object, which {@linkcode Vocabulary.fromJSON} reads.
   */
  toJSON(): VocabularyJSON {
    const { kind, tokens, unknown, newlines } = this;
    return {
      kind,
      ...(kind === "byte" ? {} : { tokens }),
      ...(unknown === "error" ? {} : { unknown }),
      newlines,
    };
  }

  /**
   * Describes the vocabulary in a line: `Vocabulary(3 characters: "a", "b", "n")`.
   *
   * @returns Its size and its first tokens, and its policy where that is not `"error"`.
   */
  override toString(): string {
    const { kind, size, tokens, unknown } = this;
    const first = tokens.slice(0, MOST_SHOWN + 1).map(quote);
    const list = kind === "byte" ? "" : `: ${firstOf(first, MOST_SHOWN)}`;
    const policy = unknown === "error" ? "" : `, unknown: ${unknown}`;
    return `Vocabulary(${counted(size, kind)}${list}${policy})`;
  }

  /** The text as it is encoded. Line breaks stay as they are where `\r` is a token: of bytes, and of raw texts. */
  #prepared(text: string): string {
    if (this.newlines === "keep" && this.has("\r")) return text;
    return withLineBreaks(text, this.newlines);
  }

  #idOf(token: string): number | undefined {
    const key = this.#rules.key(token);
    return key === undefined ? undefined : this.#ids.get(key);
  }

  #token(id: number, place = ""): string {
    const token = this.tokens[id];
    if (token === undefined) {
      throw new RangeError(`Cannot decode id ${id}${place} as ids must be from 0 to ${this.size - 1}`);
    }
    return token;
  }
}
