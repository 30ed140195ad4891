/**
 * A text to ids as it comes. Its tokens are numbered in the order in which they first come; in the end these numbers are
 * translated into a vocabulary's ids, so that one pass over the text serves both a given vocabulary and its own.
 *
 * @module
 */

import type { Ids } from "../ids.ts";
import { checkCorpusOptions, type CorpusOptions, type TextCounts } from "./corpus_options.ts";
import { BlankLines } from "./blank_lines.ts";
import { ByteEncoder } from "./encode_bytes.ts";
import { CharacterEncoder } from "./encode_characters.ts";
import { WordEncoder } from "./encode_words.ts";
import { TextPreparer } from "./prepare_text.ts";
import { LINE_END } from "./line_breaks.ts";
import { toLines } from "./lines.ts";
import { BYTES, RULES, rulesOf, type TokenKey, type TokenKind } from "./tokens.ts";
import { unknownToken } from "./unknown_token.ts";
import { Vocabulary } from "./vocabulary.ts";

/** What a corpus is made of. */
export interface BuiltCorpus {
  /** The tokens' ids, (size). */
  readonly ids: Ids;
  /** The given vocabulary with its policy, or the text's own. */
  readonly vocabulary: Vocabulary;
  /** What became of the text. */
  readonly counts: TextCounts;
}

/**
 * Builds one corpus.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { atOnce } from "../turn.ts";
 *
 * const builder = new CorpusBuilder({ maxChars: 4 });
 * for (const piece of ["ba", "na", "na"]) if (!builder.done) builder.push(piece);
 * const { ids, vocabulary } = atOnce(builder.end());
 * assertEquals([ids, vocabulary.tokens], [Uint8Array.of(1, 0, 2, 0), ["a", "b", "n"]]);
 * ```
 */
export class CorpusBuilder {
  /** The sort of token. */
  readonly kind: TokenKind;
  readonly #options: CorpusOptions;
  /** The given vocabulary. */
  readonly #given: Vocabulary | undefined;
  readonly #preparer: TextPreparer;
  readonly #encoder: ByteEncoder | CharacterEncoder | WordEncoder;
  /** Whether the text's lines are examples of their own. */
  readonly #ofLines: boolean;
  readonly #blank: BlankLines | undefined;
  /** Whether there was any text. */
  #any = false;

  /**
   * Begins a corpus.
   *
   * @param options The options.
   * @throws {TypeError} If an option is unknown.
   * @throws {RangeError} If one is out of range, or contradicts the given vocabulary.
   */
  constructor(options: CorpusOptions) {
    checkCorpusOptions(options);
    const { vocabulary, unknown, maxChars } = options;
    const given = vocabulary && unknown ? vocabulary.withUnknown(unknown) : vocabulary;
    const { kind = "character", newlines = "keep" } = given ?? options;
    const onNew = (key: TokenKey, position: number): void => {
      if (given?.unknown === "error" && !given.has(RULES[kind].token(key))) {
        throw unknownToken(kind, key, position);
      }
    };
    this.kind = kind;
    this.#options = options;
    this.#given = given;
    this.#ofLines = newlines === "lines";
    this.#blank = this.#ofLines ? new BlankLines() : undefined;
    const raw = newlines === "keep" && given?.has("\r");
    this.#preparer = new TextPreparer({ newlines: raw ? undefined : newlines, maxChars });
    if (kind === "byte") this.#encoder = new ByteEncoder({ newlines, maxChars });
    else if (kind === "character") this.#encoder = new CharacterEncoder(onNew);
    else this.#encoder = new WordEncoder(onNew, rulesOf("word", given?.tokens ?? []));
  }

  /**
   * Adds a piece.
   *
   * @param piece A string without lone surrogates; for a corpus of bytes also bytes, as they stand.
   * @throws {RangeError} If a token is unknown, and the given vocabulary's policy is `"error"`.
   */
  push(piece: string | Uint8Array): void {
    this.#any ||= piece.length > 0;
    if (this.#encoder instanceof ByteEncoder) this.#encoder.push(piece);
    else {
      const text = this.#preparer.push(piece as string);
      this.#encoder.push(this.#blank ? this.#blank.push(text) : text);
    }
  }

  /** Whether no more of the text is taken. */
  get done(): boolean {
    return this.#source.done;
  }

  get #source(): TextPreparer | ByteEncoder {
    return this.#encoder instanceof ByteEncoder ? this.#encoder : this.#preparer;
  }

  /**
   * Ends the corpus.
   *
   * @returns What it is made of; others may have their turn meanwhile.
   * @throws {RangeError} If the text was empty, or nothing of it is left.
   */
  *end(): Generator<void, BuiltCorpus, void> {
    if (!this.#any) throw new RangeError("Cannot make a corpus as the text is empty");
    const encoder = this.#encoder;
    if (this.#ofLines && !(encoder instanceof ByteEncoder)) encoder.push(LINE_END); // whatever the text ends with
    encoder.end();
    const tokens = encoder instanceof ByteEncoder ? BYTES : encoder.keys.map(RULES[this.kind].token);
    const counts = yield* encoder.ids.count(tokens.length);
    const { vocabulary: _, maxChars: __, ...own } = this.#options;
    const vocabulary = this.#given ??
      Vocabulary.fromCounts(tokens.map((token, i) => [token, counts[i]!]), own);
    const map = Int32Array.from(tokens, (token) => idOf(token, vocabulary));
    let size = 0;
    let unknown = 0;
    map.forEach((id, i) => {
      if (id >= 0) size += counts[i]!;
      if (!vocabulary.has(tokens[i]!)) unknown += counts[i]!;
    });
    if (size === 0) throw new RangeError("Cannot make a corpus as the vocabulary has nothing of the text");
    const joined = yield* encoder.ids.join(map, { size, limit: vocabulary.size });
    const ids = this.#ofLines ? toLines(joined, vocabulary) : joined;
    return { ids, vocabulary, counts: { ...this.#source.counts, unknown } };
  }
}

/** What a token becomes: the id of it or of what stands for unknown ones, or -1 where it is left out. */
function idOf(token: string, vocabulary: Vocabulary): number {
  return vocabulary.has(token) ? vocabulary.id(token) : vocabulary.encode(token)[0] ?? -1;
}
