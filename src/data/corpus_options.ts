/**
 * How a corpus is made: the options, and their checks.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { type Names, refuseUnknown } from "../messages/options.ts";
import type { LineBreakCounts, Newlines } from "./line_breaks.ts";
import type { TokenKind } from "./tokens.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { checkTextOptions, limitOf, type UnknownPolicy } from "./vocabulary_options.ts";
import { quote } from "../messages/quote.ts";

/** What became of a text on its way to ids. */
export interface TextCounts extends LineBreakCounts {
  /** How many tokens the vocabulary lacks: they were left out, or replaced. */
  readonly unknown: number;
}

/** The options of {@linkcode Corpus.fromText}. */
export interface CorpusOptions {
  /**
   * What becomes of line breaks: of the text's own vocabulary, or that which the given vocabulary must have. They are
   * kept, or each becomes a space, or with `"lines"` each line is an example of its own; `\r\n` is one.
   *
   * @default {"keep"} Of a given vocabulary its own.
   */
  readonly newlines?: Newlines;
  /**
   * How many characters to take from the start, whatever the sort of token, a line break counted as one; without it all
   * of them.
   */
  readonly maxChars?: number;
  /**
   * The vocabulary to encode with, as a stored model brings its own; without it the text's own.
   */
  readonly vocabulary?: Vocabulary;
  /**
   * The sort of token: of the text's own vocabulary, or that which the given vocabulary must have.
   *
   * @default {"character"} Of a given vocabulary its own.
   */
  readonly kind?: TokenKind;
  /**
   * What becomes of tokens that the vocabulary lacks. A vocabulary made of this text keeps it for later texts; a given
   * vocabulary must have none of its own, `"error"`, or the same.
   *
   * @default {"error"} Of a given vocabulary its own.
   */
  readonly unknown?: UnknownPolicy;
  /**
   * How often a token must come to be in the text's own vocabulary. What comes less often trains the token for unknown
   * ones: the policy is `"replace"` then, unless it is `"skip"`.
   *
   * @default {1}
   */
  readonly minCount?: number;
  /**
   * How many tokens the text's own vocabulary has at most, that for unknown ones among them: the most frequent.
   *
   * @default {Infinity}
   */
  readonly maxVocabulary?: number;
}

/** The options of {@linkcode Corpus.fromStream}. */
export interface StreamOptions extends CorpusOptions {
  /**
   * The encoding of chunks of bytes: any label of TextDecoder.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string;
  /** Ends the reading: it rejects with the signal's reason, and the chunks are stopped. */
  readonly signal?: AbortSignal | undefined;
}

/** The options by name. */
export const CORPUS_OPTIONS: Names<CorpusOptions> = {
  newlines: true,
  maxChars: true,
  vocabulary: true,
  kind: true,
  unknown: true,
  minCount: true,
  maxVocabulary: true,
};

/**
 * Checks the options of a corpus.
 *
 * @param options The options.
 * @throws {TypeError} If one is unknown.
 * @throws {RangeError} If one is out of range, or contradicts the given vocabulary.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkCorpusOptions({ maxChars: 0 }), RangeError, "must be a positive integer");
 * ```
 */
export function checkCorpusOptions(options: CorpusOptions): void {
  refuseUnknown("make a corpus", options, CORPUS_OPTIONS);
  const { maxChars, vocabulary, ...own } = options;
  if (maxChars !== undefined && (!Number.isSafeInteger(maxChars) || maxChars < 1)) {
    throw new RangeError(
      `Cannot make a corpus as maxChars must be a positive integer: current value is ${maxChars}`,
    );
  }
  checkTextOptions(own);
  if (vocabulary === undefined) return;
  const limit = limitOf(own);
  if (limit) {
    throw errorNaming(
      RangeError,
      (option) => `Cannot make a corpus with ${option(...limit)} as its vocabulary is given`,
    );
  }
  const { kind, newlines, unknown } = own;
  requireSame("kind", kind, vocabulary.kind);
  requireSame("newlines", newlines, vocabulary.newlines);
  if (vocabulary.unknown !== "error") requireSame("unknown", unknown, vocabulary.unknown);
}

/** A given vocabulary knows how its texts are prepared: an option may repeat that. */
function requireSame(name: string, asked: unknown, own: string): void {
  if (asked === undefined || asked === own) return;
  throw new RangeError(
    `Cannot make a corpus as ${name} must be the vocabulary's, ${quote(own)}: current value is ${
      quote(asked)
    }`,
  );
}
