/**
 * What generate() is asked for, and whether it can be done.
 *
 * @module
 */
import { LINE_END } from "../data/line_breaks.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { quote } from "../messages/quote.ts";
import { errorNaming, sentenceOf } from "../messages/naming.ts";
import { type Names, refuseUnknown } from "../messages/options.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { assertBelow } from "../ids.ts";

/** Options of generate(). */
export interface GenerateOptions {
  /**
   * The text to go on from: at least one character, all in the vocabulary. Of a vocabulary of lines it is what each line
   * begins with, which may be nothing, and is so unless it is given; the text ends where the line does.
   */
  prefix?: string;
  /** Several texts to go on from, side by side, in place of `prefix`. */
  prefixes?: readonly string[];
  /**
   * Texts of each prefix. Text n of prefix p is row p · count + n.
   *
   * @default {1}
   */
  count?: number;
  /**
   * Characters to add to each.
   *
   * @default {200}
   */
  length?: number;
  /**
   * Of a vocabulary of lines: tokens of a line, those of its prefix among them, before which its end is not drawn.
   *
   * @default {1}
   */
  minLength?: number;
  /**
   * Divides the logits: below 1 safer, above 1 wilder; 0 takes the likeliest character always.
   *
   * @default {1}
   */
  temperature?: number;
  /**
   * Draw from the k likeliest characters only; 0 for all.
   *
   * @default {0}
   */
  topK?: number;
  /**
   * Draw from the likeliest characters whose probabilities add up to p only.
   *
   * @default {1}
   */
  topP?: number;
  /**
   * The same seed gives the same texts: row r draws by the seed's r-th sequence of random numbers, whatever the other rows
   * are, so that rows are independent.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * Which sequence of the seed's random numbers row 0 draws by: a request may be taken in parts, with the same texts.
   *
   * @default {0}
   */
  firstRow?: number;
  /**
   * Strings that end a text where the first of them is complete, also within a token. They are no part of the text; of
   * several that end at the same place the longest is left out. The prefix is not looked through.
   */
  stop?: string | readonly string[];
  /**
   * Whether each character comes with its log probability, which takes a while.
   *
   * @default {false}
   */
  logProbabilities?: boolean;
  /**
   * How many of the likeliest characters to list with each character.
   *
   * @default {0}
   */
  top?: number;
  /** Ends the generation: it throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What the numbers among the options may be. */
const NUMBERS = {
  count: RANGES.count,
  length: RANGES.amount,
  minLength: RANGES.amount,
  topK: RANGES.amount,
  top: RANGES.amount,
  seed: RANGES.seed,
  firstRow: RANGES.amount,
  temperature: RANGES.rate,
  topP: RANGES.share,
};

/** The names of all options. */
const OPTIONS: Names<GenerateOptions> = {
  ...NUMBERS,
  prefix: true,
  prefixes: true,
  stop: true,
  logProbabilities: true,
  signal: true,
};

/** What is left to do. */
export interface Request {
  /** The ids of each prefix. */
  readonly prefixes: readonly Uint32Array[];
  /** The text of each prefix. */
  readonly texts: readonly string[];
  readonly stops: readonly string[];
  /** Of lines: what ends one, and from how many tokens on. */
  readonly ending: { readonly id: number; readonly least: number } | undefined;
}

/**
 * Checks everything before a device does anything.
 *
 * @param options What generate() was given.
 * @param vocabulary The vocabulary that was given.
 * @param size The model's number of tokens V.
 */
export function checkRequest(options: GenerateOptions, vocabulary: Vocabulary, size: number): Request {
  refuseUnknown("generate", options, OPTIONS);
  if (vocabulary.size !== size) {
    throw new TypeError(
      `Cannot generate as the model's vocabulary has ${size} characters: the one that was given has ${vocabulary.size}`,
    );
  }
  for (const [name, range] of Object.entries(NUMBERS)) {
    const value = options[name as keyof typeof NUMBERS];
    if (value !== undefined) assertIn(range, value, { action: "generate", name });
  }
  const { logProbabilities = false } = options;
  if (typeof logProbabilities !== "boolean") {
    throw errorNaming(
      TypeError,
      (option) =>
        `Cannot generate as ${option("logProbabilities")} must be true or false: ` +
        `current value is ${quote(logProbabilities)}`,
    );
  }
  const ofLines = vocabulary.newlines === "lines";
  const { prefix = ofLines ? "" : undefined } = options;
  const texts = options.prefixes ?? (prefix === undefined ? [] : [prefix]);
  const prefixes = texts.map((text) => {
    const ids = encodePrefix(text, vocabulary);
    assertBelow(ids, size);
    return ids;
  });
  const stops = checkStops(options.stop ?? []);
  if (ofLines) {
    const ending = { id: vocabulary.id(LINE_END), least: options.minLength ?? 1 };
    return { prefixes, texts, stops: [...stops, LINE_END], ending };
  }
  if (options.minLength === undefined) return { prefixes, texts, stops, ending: undefined };
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot generate with ${option("minLength", options.minLength)} as the vocabulary is none of lines`,
  );
}

/**
 * The ids of a text to go on from; of a line, that which begins it is the first.
 *
 * @param text The text.
 * @param vocabulary The model's vocabulary.
 * @returns At least one id.
 * @throws {RangeError} If the text is empty, or the vocabulary lacks all of it, or one of its tokens.
 * @throws {SyntaxError} If it has a lone surrogate.
 */
export function encodePrefix(text: string, vocabulary: Vocabulary): Uint32Array {
  const ofLines = vocabulary.newlines === "lines";
  if (text === "" && !ofLines) throw emptyPrefix();
  if (ofLines && /[\r\n]/.test(text)) {
    throw new RangeError(`Cannot go on from prefix ${quote(text)} as a line has no line break in it`);
  }
  let ids: Uint32Array;
  try {
    ids = vocabulary.encode(text);
    if (ofLines) ids = Uint32Array.of(vocabulary.id(LINE_END), ...ids);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The vocabulary's sentence is of a text: "Cannot encode character … as the vocabulary does not have it: …".
    throw errorNaming(RangeError, (option) => {
      const sentence = sentenceOf(error, option);
      return sentence.replace(/^Cannot encode /, `Cannot go on from prefix ${quote(text)} with its `);
    }, { cause: error });
  }
  if (ids.length > 0) return ids;
  throw new RangeError(`Cannot go on from prefix ${quote(text)} as the vocabulary has none of it`);
}

/** The error of nothing to go on from. */
export function emptyPrefix(): RangeError {
  return new RangeError(
    "Cannot go on from an empty prefix: it must have at least one character of the vocabulary",
  );
}

function checkStops(stop: string | readonly string[]): string[] {
  const stops = [stop].flat();
  for (const one of stops) {
    if (typeof one === "string" && one !== "" && one.isWellFormed()) continue;
    throw errorNaming(
      typeof one === "string" ? RangeError : TypeError,
      (option) =>
        `Cannot generate as each ${option("stop")} must be a text of one character or more: ` +
        `current value is ${quote(one)}`,
    );
  }
  return stops;
}
