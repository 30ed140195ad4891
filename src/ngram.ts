/**
 * A model that counts: n-grams with modified Kneser–Ney smoothing, to see what a network knows beyond them.
 *
 * @module
 */
import type { Corpus } from "./data/corpus.ts";
import { LINE_END } from "./data/line_breaks.ts";
import type { Vocabulary } from "./data/vocabulary.ts";
import { assertBelow, ID_ARRAYS, type Ids, isIds } from "./ids.ts";
import { refuseUnknown } from "./messages/options.ts";
import { counted, Printable } from "./messages/printable.ts";
import { chooseOrder } from "./ngram/choose_order.ts";
import { Mixture } from "./ngram/mixture.ts";
import { countGrams, type Trie } from "./ngram/trie.ts";
import { assertIn, RANGES } from "./ranges.ts";
import { checkTokens } from "./train/check_text.ts";
import { type EvaluateOptions, type Evaluation, evaluationOf, readingOf } from "./train/evaluate.ts";
import { inTurns, turn } from "./turn.ts";

/** The largest order that is tried where none is given: beyond it texts of megabytes gain nothing. */
const MOST_ORDER = 10;

/** An order: contexts of hundreds of tokens never come twice. */
const ORDER = { ...RANGES.count, to: 255 };

/** Options of NGram.fromCorpus(). */
export interface NGramOptions {
  /**
   * n: the tokens of an n-gram, of which all but the last are the context.
   *
   * @default {the one of 1 to 10 that foretells the last tenth of the text best, when the rest is counted}
   */
  order?: number;
  /** Ends the counting: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * The n-grams of a text, interpolated, with modified Kneser–Ney smoothing: what a network must beat to be worth its
 * training. It takes seconds to count, no device, and some hundred MiB for a text of megabytes.
 *
 * The counts of the longest n-grams are how often they came, those of shorter ones how many different tokens came before
 * them; each loses one of three discounts, and what they lose goes to the next shorter context, in the end to all tokens
 * of the vocabulary alike. (Chen & Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", 1999,
 * section 3.)
 *
 * @example Usage
 * ```ts
 * import { Corpus, NGram } from "@refrain/refrain";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const [training, heldOut] = corpus.split(0.2);
 * const ngram = await NGram.fromCorpus(training, { order: 3 });
 * const { perplexity } = await ngram.evaluate(heldOut);
 * assert(perplexity < 1.5);
 * const next = ngram.probabilities(corpus.vocabulary.encode("不分"));
 * assert(next[corpus.vocabulary.encode("开")[0]!]! > 0.9);
 * assertAlmostEquals(next.reduce((sum, one) => sum + one), 1);
 * ```
 */
export class NGram extends Printable {
  /** n: the tokens of an n-gram. */
  readonly order: number;
  /** The tokens. */
  readonly vocabulary: Vocabulary;
  readonly #mixture: Mixture;
  readonly #size: number;

  private constructor({ order, corpus, trie }: { order: number; corpus: Corpus; trie: Trie }) {
    super();
    this.order = order;
    this.vocabulary = corpus.vocabulary;
    this.#size = corpus.size;
    this.#mixture = new Mixture(trie, corpus.vocabulary.size);
  }

  /**
   * Counts the n-grams of a text; of a corpus of lines each line by itself, from its beginning to its end.
   *
   * @param corpus The text, as a training has it: nothing of what is to be foretold.
   * @param options The order, and what may end it early.
   * @returns The n-grams.
   * @throws {RangeError} If the order is no whole number from 1, or an id is not of the vocabulary.
   * @throws {TypeError} If it is no corpus, or an option is unknown.
   */
  static async fromCorpus(corpus: Corpus, options: NGramOptions = {}): Promise<NGram> {
    const { order: given, signal } = options;
    refuseUnknown("count n-grams", options, { order: given, signal });
    if (given !== undefined) assertIn(ORDER, given, { action: "count n-grams", name: "order" });
    checkTokens(corpus, { vocabularySize: corpus?.vocabulary?.size }, "count");
    signal?.throwIfAborted();
    const { ids, parts, vocabulary } = corpus;
    const lineEnd = vocabulary.newlines === "lines" ? vocabulary.id(LINE_END) : undefined;
    const text = { ids, parts, vocabularySize: vocabulary.size, lineEnd };
    const order = given ??
      await inTurns(chooseOrder(text, Math.min(MOST_ORDER, corpus.size / corpus.parts)), signal);
    const trie = await inTurns(countGrams(text, order), signal);
    return new NGram({ order, corpus, trie });
  }

  /**
   * The probabilities of all tokens behind a context.
   *
   * @param context The tokens before, from the first on; only the last n - 1 of them matter.
   * @returns The probability of each token of the vocabulary, (V); they sum to 1.
   * @throws {RangeError} If an id is not of the vocabulary.
   * @throws {TypeError} If the context is no array of ids.
   */
  probabilities(context: Ids): Float64Array {
    const { size } = this.vocabulary;
    if (!isIds(context)) {
      throw new TypeError(
        `Cannot use the context as ids must be ${ID_ARRAYS}: the vocabulary's encode() makes one`,
      );
    }
    assertBelow(context, size);
    this.#mixture.begin();
    for (const id of context.subarray(Math.max(0, context.length - this.order + 1))) this.#mixture.read(id);
    return new Float64Array(size).map((_, id) => this.#mixture.probability(id, this.order));
  }

  /**
   * The loss over a text, read as `evaluate()` reads it for a network: the same tokens are predicted, from no more than
   * what the network has seen of the text.
   *
   * @param corpus The text, at least two tokens, of ids of the same vocabulary.
   * @param options Another way to read it, and what may end it early.
   * @returns The loss, and what it amounts to.
   * @throws {RangeError} If the text has fewer than two tokens, an id is not of the vocabulary, or an option is out of
   * range.
   * @throws {TypeError} If the corpus has another number of tokens than the vocabulary, or an option is unknown.
   */
  async evaluate(corpus: Corpus, options: Omit<EvaluateOptions, "dynamic"> = {}): Promise<Evaluation> {
    const { rows, windows, signal } = options;
    refuseUnknown("evaluate", options, { rows, windows, signal });
    const reading = readingOf(corpus, { vocabularySize: this.vocabulary.size }, options);
    const { ids } = corpus;
    const mixture = this.#mixture.another(); // others may ask while this one waits
    let sum = 0;
    for (const rows of reading.sweeps()) {
      for (const { start, from, end } of rows) {
        await turn({ signal });
        mixture.begin();
        for (let place = Math.max(start, from - this.order); place < end; place++) {
          if (place % 1024 === 0) await turn({ signal });
          mixture.read(ids[place]!);
          if (place >= from) sum -= Math.log(mixture.probability(ids[place + 1]!, this.order));
        }
      }
    }
    return evaluationOf(sum, corpus, reading);
  }

  /**
   * Describes the n-grams in a line: `7-gram of 1,003,854 characters, Vocabulary(65 characters: …)`.
   *
   * @returns The order, the size of the text, and the vocabulary.
   */
  override toString(): string {
    return `${this.order}-gram of ${counted(this.#size, this.vocabulary.kind)}, ${this.vocabulary}`;
  }
}
