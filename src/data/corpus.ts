/**
 * A text as ids. This module knows typed arrays and strings only: who reads a file or a page does so elsewhere, and
 * encoding.ts makes a string of its bytes.
 *
 * @module
 */

import { atOnce, inTurns, turn } from "../turn.ts";
import type { Ids } from "../ids.ts";
import { countLines, drawLines, takeLines } from "./lines.ts";
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { counted, Printable } from "../messages/printable.ts";
import { checkedChunks, type Chunks, decodeChunks } from "./chunks.ts";
import { type BuiltCorpus, CorpusBuilder } from "./corpus_builder.ts";
import { CORPUS_OPTIONS, type CorpusOptions, type StreamOptions, type TextCounts } from "./corpus_options.ts";
import { isUtf8 } from "./strict_decoder.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { requireWellFormed } from "./well_formed.ts";

/** The options of {@linkcode Corpus.split}. */
export interface SplitOptions {
  /**
   * Rows of a training batch: B. The training part's size is a multiple of it, so that no row is cut.
   *
   * @default {1}
   */
  readonly batchSize?: number;
  /**
   * Rows into which the text is cut first: of each the end is split off, and fewer tokens than there are rows, at the end of
   * the text, belong to neither part.
   *
   * @default {1}
   */
  readonly rows?: number;
}

/** Columns of a text that is laid out in rows, one row behind the other. */
function columns(ids: Ids, { rows, from, to }: { rows: number; from: number; to: number }): Ids {
  if (rows === 1) return ids.subarray(from, to);
  const rowLength = Math.floor(ids.length / rows);
  const length = to - from;
  const cut = ids.slice(0, rows * length);
  for (let row = 0; row < rows; row++) {
    const start = row * rowLength;
    cut.set(ids.subarray(start + from, start + to), row * length);
  }
  return cut;
}

/** Does not wait for a chunk that may never come: the iterator is stopped behind the one that is waited for. */
async function unlessAborted<R>(work: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (!signal) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
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
  /** Parts of the same length of which none goes on in the next: 1, unless it was split off the rows of a text. */
  readonly parts: number;

  private constructor({ ids, vocabulary, counts }: BuiltCorpus, parts: number = 1) {
    super();
    this.parts = parts;
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
    const builder = new CorpusBuilder(options);
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot make a corpus as the text must be a string: current type is ${typeof text}`,
      );
    }
    requireWellFormed(text);
    builder.push(text);
    return new Corpus(atOnce(builder.end()));
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
    refuseUnknown("make a corpus", options, { ...CORPUS_OPTIONS, encoding: true, signal: true });
    const { encoding = "utf-8", signal, ...rest } = options;
    signal?.throwIfAborted();
    const builder = new CorpusBuilder(rest);
    const asTheyStand = builder.kind === "byte" && isUtf8(encoding);
    const build = async (): Promise<BuiltCorpus> => {
      for await (const piece of asTheyStand ? checkedChunks(chunks) : decodeChunks(chunks, { encoding })) {
        builder.push(piece);
        if (builder.done) break;
        await turn({ signal }); // what is at hand comes without one
      }
      return await inTurns(builder.end(), signal);
    };
    return new Corpus(await unlessAborted(build(), signal));
  }

  /**
   * Splits off the end of the text to validate on, or the end of each of its rows.
   *
   * Pieces drawn from everywhere would break the rows of batches, which go on from one batch to the next. They would also
   * lie beside text that the model was trained on, and make the validation loss too good. Rows are few and long: a text whose
   * end is unlike the rest is then measured on all of it. Lines that are examples of their own are drawn from everywhere, as
   * lists are sorted: always the same ones of a text, whatever the seed of a training, and each in the text's order.
   *
   * @param fraction How much of the corpus to split off, above 0 and below 1.
   * @param options The batch's size, to whose multiple the training part is rounded down; or the rows.
   * @returns The training and the validation part; both have this corpus' vocabulary, and share its memory unless rows are
   * cut.
   * @throws {RangeError} If the fraction, the batch's size or the rows are out of range, or a part would be empty.
   *
   * @example Usage
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const corpus = Corpus.fromText("0123456789");
   * const [training, validation] = corpus.split(0.2, { batchSize: 4 });
   * assertEquals(training.vocabulary.decode(training.ids), "01234567");
   * assertEquals(validation.vocabulary.decode(validation.ids), "89");
   * const [, ends] = corpus.split(0.4, { rows: 2 });
   * assertEquals(ends.vocabulary.decode(ends.ids), "3489");
   * assertEquals(ends.parts, 2);
   * ```
   */
  split(fraction: number, options: SplitOptions = {}): [training: Corpus, validation: Corpus] {
    const { batchSize = 1, rows = 1 } = options;
    refuseUnknown("split the corpus", options, { batchSize, rows });
    if (!(fraction > 0 && fraction < 1)) {
      throw new RangeError(
        `Cannot split the corpus as the fraction must be above 0 and below 1: current value is ${fraction}`,
      );
    }
    for (const [name, value] of Object.entries({ batchSize, rows })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new RangeError(
        `Cannot split the corpus as ${name} must be a positive integer: current value is ${value}`,
      );
    }
    if (this.vocabulary.newlines === "lines") return this.#splitLines(fraction, { batchSize, rows });
    const length = Math.floor(this.size / rows);
    // Rounded first: 10 * (1 - 0.8) is a little less than 2.
    const kept = length - Math.max(1, Math.round(length * fraction));
    const end = Math.floor(kept / batchSize) * batchSize;
    if (end < 1) {
      const [cutter] = Object.entries({ rows, batchSize }).filter(([, value]) => value > 1);
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot split the corpus as nothing would be left to train on${
            cutter ? ` with ${option(...cutter)}` : ""
          }: its size is ${this.size}, the fraction to validate on is ${fraction}`,
      );
    }
    const { vocabulary, counts } = this;
    const part = (from: number, to: number): Corpus =>
      new Corpus({ ids: columns(this.ids, { rows, from, to }), vocabulary, counts }, rows);
    return [part(0, end), part(end, length)];
  }

  #splitLines(fraction: number, options: object): [training: Corpus, validation: Corpus] {
    for (const [name, value] of Object.entries(options)) {
      if (value === 1) continue;
      throw errorNaming(
        RangeError,
        (option) => `Cannot split lines with ${option(name, value)}: they are drawn from all of the text`,
      );
    }
    const [kept, drawn] = drawLines(countLines(this), fraction);
    const { vocabulary, counts } = this;
    const part = (lines: Uint32Array): Corpus =>
      new Corpus({ ids: takeLines(this, lines), vocabulary, counts });
    return [part(kept), part(drawn)];
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
