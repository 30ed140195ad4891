/**
 * A text as ids. This module knows typed arrays and strings only: who reads a file or a page does so elsewhere, and
 * encoding.ts makes a string of its bytes.
 *
 * @module
 */

import { type Ids, narrowIds } from "../ids.ts";
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { counted, Printable } from "../messages/printable.ts";
import { type Chunks, decodeChunks } from "./chunks.ts";
import { countLineBreaks, type LineBreakCounts, type Newlines } from "./line_breaks.ts";
import { quote, type TokenKind } from "./tokens.ts";
import { Vocabulary } from "./vocabulary.ts";
import type { UnknownPolicy } from "./vocabulary_options.ts";

/** The options of {@linkcode Corpus.fromText}. */
export interface CorpusOptions {
  /**
   * What becomes of line breaks: of the text's own vocabulary, or that which the given vocabulary must have. They are
   * kept, or each becomes a space; `\r\n` is one.
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
}

const OPTIONS = { newlines: true, maxChars: true, vocabulary: true, kind: true, unknown: true };

/** The options of {@linkcode Corpus.fromStream}. */
export interface StreamOptions extends CorpusOptions {
  /**
   * The encoding of chunks of bytes: any label of TextDecoder.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string;
}

/** What became of a text on its way to ids. */
export interface TextCounts extends LineBreakCounts {
  /** How many tokens the vocabulary lacks: they were left out, or replaced. */
  readonly unknown: number;
}

/** The options of {@linkcode Corpus.split}. */
export interface SplitOptions {
  /**
   * Rows of a training batch: B. The training part's size is a multiple of it, so that no row is cut.
   *
   * @default {1}
   */
  readonly batchSize?: number;
}

/**
 * A text, encoded once: what models are trained and evaluated on.
 *
 * @example Usage
 * ```ts
 * import { Corpus } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const corpus = Corpus.fromText("分开\r\n不分开", { maxChars: 5 });
 * assertEquals(corpus.size, 5);
 * assertEquals(corpus.vocabulary.tokens, ["\n", "不", "分", "开"]);
 * assertEquals(corpus.vocabulary.decode(corpus.ids), "分开\n不分");
 * assertEquals(corpus.counts, { lineBreaks: 1, carriageReturns: 1, unknown: 0 });
 * ```
 */
export class Corpus extends Printable {
  /** The tokens' ids, (size), in the narrowest array that holds all ids of the vocabulary. */
  readonly ids: Ids;
  /** The map between tokens and ids. */
  readonly vocabulary: Vocabulary;
  /** What became of the text; a part has the counts of the whole. */
  readonly counts: TextCounts;

  private constructor(ids: Ids, { vocabulary, counts }: Pick<Corpus, "vocabulary" | "counts">) {
    super();
    this.ids = ids;
    this.vocabulary = vocabulary;
    this.counts = counts;
  }

  /**
   * Encodes a text.
   *
   * @param text The text, at least one character.
   * @param options What to do with line breaks, how much to take, the vocabulary or its kind and policy.
   * @returns The corpus.
   * @throws {RangeError} If the text is empty or nothing of it is left, an option is out of range, or the given
   * vocabulary is of another kind, prepares its text in another way, or lacks a token.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  static fromText(text: string, options: CorpusOptions = {}): Corpus {
    const { maxChars } = options;
    refuseUnknown("make a corpus", options, OPTIONS);
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot make a corpus as the text must be a string: current type is ${typeof text}`,
      );
    }
    if (maxChars !== undefined && (!Number.isSafeInteger(maxChars) || maxChars < 1)) {
      throw new RangeError(
        `Cannot make a corpus as maxChars must be a positive integer: current value is ${maxChars}`,
      );
    }
    if (text.length === 0) throw new RangeError("Cannot make a corpus as the text is empty");
    const taken = maxChars === undefined ? text : firstCharacters(text, maxChars);
    const vocabulary = vocabularyOf(taken, options);
    const ids = vocabulary.encode(taken);
    if (ids.length === 0) {
      throw new RangeError("Cannot make a corpus as the vocabulary has nothing of the text");
    }
    const narrow = narrowIds(ids.length, vocabulary.size);
    narrow.set(ids);
    return new Corpus(narrow, {
      vocabulary,
      counts: {
        ...countLineBreaks(taken),
        unknown: vocabulary.unknown === "error" ? 0 : vocabulary.countUnknown(taken),
      },
    });
  }

  /**
   * Encodes a text as it comes, so that it need not be in memory as a whole: of a file, a download, standard input.
   *
   * @param chunks All bytes or all strings; a chunk may end anywhere, within a character too. Once there is enough, the
   * iterator's `return` or the stream's `cancel` is called.
   * @param options Those of {@linkcode Corpus.fromText}, and the encoding of bytes.
   * @returns The corpus that `Corpus.fromText` makes of the whole text.
   * @throws {TypeError} If a chunk is neither a Uint8Array nor a string.
   * @throws {SyntaxError} If bytes are not valid in the encoding; the message has their offset.
   * @throws {RangeError} If the encoding is unknown, or for the reasons of `Corpus.fromText`.
   *
   * @example Usage
   * ```ts
   * import { Corpus } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * const { body } = new Response("分开 不分开");
   * const corpus = await Corpus.fromStream(body!, { maxChars: 5 });
   * assertEquals(corpus.vocabulary.decode(corpus.ids), "分开 不分");
   * ```
   */
  static async fromStream(chunks: Chunks, options: StreamOptions = {}): Promise<Corpus> {
    refuseUnknown("make a corpus", options, { ...OPTIONS, encoding: true });
    const { encoding, ...rest } = options;
    let text = "";
    for await (const piece of decodeChunks(chunks, encoding)) text += piece;
    return Corpus.fromText(text, rest);
  }

  /**
   * Splits off the end of the text to validate on.
   *
   * Pieces drawn from everywhere would break the rows of batches, which go on from one batch to the next. They would also
   * lie beside text that the model was trained on, and make the validation loss too good.
   *
   * @param fraction How much of the corpus to split off, above 0 and below 1.
   * @param options The batch's size, to whose multiple the training part is rounded down.
   * @returns The training and the validation part; both have this corpus' vocabulary, and share its memory.
   * @throws {RangeError} If the fraction or the batch's size is out of range, or a part would be empty.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const [training, validation] = Corpus.fromText("0123456789").split(0.2, { batchSize: 4 });
   * assertEquals(training.vocabulary.decode(training.ids), "01234567");
   * assertEquals(validation.vocabulary.decode(validation.ids), "89");
   * ```
   */
  split(fraction: number, options: SplitOptions = {}): [training: Corpus, validation: Corpus] {
    const { batchSize = 1 } = options;
    refuseUnknown("split the corpus", options, { batchSize });
    if (!(fraction > 0 && fraction < 1)) {
      throw new RangeError(
        `Cannot split the corpus as the fraction must be above 0 and below 1: current value is ${fraction}`,
      );
    }
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw new RangeError(
        `Cannot split the corpus as batchSize must be a positive integer: current value is ${batchSize}`,
      );
    }
    // Rounded first: 10 * (1 - 0.8) is a little less than 2.
    const kept = this.size - Math.max(1, Math.round(this.size * fraction));
    const end = Math.floor(kept / batchSize) * batchSize;
    if (end < 1) {
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot split the corpus as nothing would be left to train on with ` +
          `${option("batchSize", batchSize)}: ` +
          `its size is ${this.size}, the fraction to validate on is ${fraction}`,
      );
    }
    return [[0, end], [end, this.size]].map(([from, to]) =>
      new Corpus(this.ids.subarray(from, to), this)
    ) as [Corpus, Corpus];
  }

  /**
   * Describes the corpus in a line: `Corpus(10,000 characters), Vocabulary(1,011 characters: …)`.
   *
   * @returns Its size, and its vocabulary.
   */
  override toString(): string {
    return `Corpus(${counted(this.size, this.vocabulary.kind)}), ${this.vocabulary}`;
  }

  /** How many tokens there are. */
  get size(): number {
    return this.ids.length;
  }
}

/** The given vocabulary, with the options' policy where it has none, or the text's own. */
function vocabularyOf(text: string, { vocabulary, kind, unknown, newlines }: CorpusOptions): Vocabulary {
  if (vocabulary === undefined) {
    return Vocabulary.fromText(text, { kind, unknown, newlines });
  }
  requireSame("kind", kind, vocabulary.kind);
  requireSame("newlines", newlines, vocabulary.newlines);
  if (vocabulary.unknown !== "error") requireSame("unknown", unknown, vocabulary.unknown);
  return unknown === undefined ? vocabulary : vocabulary.withUnknown(unknown);
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

/** The first `count` code points, `\r\n` counted as one, or all when there are fewer. */
function firstCharacters(text: string, count: number): string {
  let end = 0;
  for (let i = 0; i < count && end < text.length; i++) {
    const pair = text.codePointAt(end)! > 0xffff || text.startsWith("\r\n", end);
    end += pair ? 2 : 1;
  }
  return text.slice(0, end);
}
