/**
 * A text as ids, and the strict reading of UTF-8 that comes before it. Both know typed arrays and strings only: who
 * reads a file or a page does so elsewhere.
 *
 * @module
 */

import { Vocabulary } from "./vocabulary.ts";

/** The options of {@linkcode Corpus.fromText}. */
export interface CorpusOptions {
  /**
   * What becomes of line breaks: each `\n` and each `\r` becomes a space, or they are kept.
   *
   * @default "space"
   */
  readonly newlines?: "space" | "keep";
  /**
   * How many characters to take from the start; without it all of them.
   */
  readonly maxChars?: number;
  /**
   * The vocabulary to encode with, as a stored model brings its own; without it the text's own.
   */
  readonly vocabulary?: Vocabulary;
}

/**
 * A text, encoded once: what models are trained and evaluated on.
 *
 * @example
 * ```ts
 * import { Corpus } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const corpus = Corpus.fromText("分开\n不分开", { maxChars: 5 });
 * assertEquals(corpus.size, 5);
 * assertEquals(corpus.vocabulary.tokens, [" ", "不", "分", "开"]);
 * assertEquals(corpus.vocabulary.decode(corpus.ids), "分开 不分");
 * ```
 */
export class Corpus {
  /** The characters' ids, (size). */
  readonly ids: Uint32Array;
  /** The map between characters and ids. */
  readonly vocabulary: Vocabulary;

  private constructor(ids: Uint32Array, vocabulary: Vocabulary) {
    this.ids = ids;
    this.vocabulary = vocabulary;
  }

  /**
   * Encodes a text.
   *
   * @param text The text, at least one character.
   * @param options What to do with line breaks, how much to take, the vocabulary.
   * @returns The corpus.
   * @throws {RangeError} If the text is empty, an option is out of range, or the given vocabulary lacks a character.
   * @throws {SyntaxError} If the text has a lone surrogate.
   */
  static fromText(text: string, options: CorpusOptions = {}): Corpus {
    const { newlines = "space", maxChars, vocabulary } = options;
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot make a corpus as the text must be a string: current type is ${typeof text}`,
      );
    }
    if (newlines !== "space" && newlines !== "keep") {
      throw new RangeError(
        `Cannot make a corpus as newlines must be "space" or "keep": current value is ${
          JSON.stringify(newlines)
        }`,
      );
    }
    if (maxChars !== undefined && (!Number.isSafeInteger(maxChars) || maxChars < 1)) {
      throw new RangeError(
        `Cannot make a corpus as maxChars must be a positive integer: current value is ${maxChars}`,
      );
    }
    if (text.length === 0) throw new RangeError("Cannot make a corpus as the text is empty");
    const taken = maxChars === undefined ? text : firstCharacters(text, maxChars);
    const characters = newlines === "space" ? taken.replace(/[\n\r]/g, " ") : taken;
    const words = vocabulary ?? Vocabulary.fromText(characters);
    return new Corpus(words.encode(characters), words);
  }

  /** How many characters there are. */
  get size(): number {
    return this.ids.length;
  }
}

/** The first `count` code points, or all when there are fewer. */
function firstCharacters(text: string, count: number): string {
  let end = 0;
  for (let i = 0; i < count && end < text.length; i++) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}
