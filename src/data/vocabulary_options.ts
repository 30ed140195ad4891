/**
 * How a vocabulary is made: its options, and their check.
 *
 * @module
 */

import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { LINE_BREAKS, type Newlines } from "./line_breaks.ts";
import type { TokenKind } from "./tokens.ts";
import { quote } from "../messages/quote.ts";

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
   * - `"word"`: a word, a mark or a line break. An apostrophe, a hyphen and a full stop within a word belong to it, a comma
   *   and a colon within a number; a run of one and the same of `. - * = # ~ +` is one mark, and a name in angle brackets a
   *   word. Other whitespace is lost: decoding puts spaces where a reader expects them. A vocabulary of tokens that have
   *   marks in them, such as `end.`, takes what stands between whitespace.
   *
   * @default {"character"}
   */
  readonly kind?: TokenKind;
  /**
   * What becomes of a token that the vocabulary does not have. With `"replace"` the vocabulary has a token more, which
   * stands for it: U+FFFD among characters, `<unk>` among words. A model learns how often it comes from what `minCount`
   * or `maxVocabulary` leave out.
   *
   * @default {"error"} With `minCount` or `maxVocabulary` `"replace"`.
   */
  readonly unknown?: UnknownPolicy;
  /**
   * What becomes of a text's line breaks before it is encoded, that of the vocabulary's own text among them.
   *
   * - `"keep"`: they stay, and `\r\n` and a lone `\r` are one `\n` each. Bytes are taken as they stand, as are texts for
   *   a vocabulary of characters that has `\r`.
   * - `"space"`: each becomes a space; `\r\n` is one line break.
   * - `"lines"`: each line is an example of its own, as names and titles are: a corpus has a `\n` before the first line and
   *   behind each, and no blank ones. A model of such a vocabulary begins with a `\n` and ends at the next one.
   *
   * @default {"keep"} Of tokens that have no line break among them `"space"`.
   */
  readonly newlines?: Newlines;
}

/** The options of Vocabulary.fromText(). */
export interface TextVocabularyOptions extends VocabularyOptions {
  /**
   * How often a token must come in the text to be in the vocabulary. What comes less often trains the token for unknown
   * ones: the policy is `"replace"` then, unless it is `"skip"`.
   *
   * @default {1}
   */
  readonly minCount?: number;
  /**
   * How many tokens the vocabulary has at most, that for unknown ones among them. The most frequent are taken, of equally
   * frequent ones the first by code points; the policy is as with `minCount`.
   *
   * @default {Infinity}
   */
  readonly maxVocabulary?: number;
}

/** Checked options: what becomes of line breaks is open where it was not given. */
export type CheckedOptions = Required<Pick<VocabularyOptions, "kind" | "unknown">> & {
  readonly newlines: Newlines | undefined;
};

/** The values of the options that have names. */
const CHOICES: Readonly<Record<keyof CheckedOptions, readonly string[]>> = {
  kind: ["character", "byte", "word"],
  unknown: ["error", "skip", "replace"],
  newlines: LINE_BREAKS,
};

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
  const checked = { kind, unknown, newlines };
  checkChoices(checked, (name) => `Cannot build a vocabulary as ${name}`);
  return checked;
}

/**
 * Checks the options of a text's own vocabulary.
 *
 * @param options The options.
 * @returns The options with nothing left open.
 * @throws {RangeError} If one has another value, or two contradict each other.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkTextOptions({ minCount: 2 }).unknown, "replace");
 * ```
 */
export function checkTextOptions(options: TextVocabularyOptions): Required<TextVocabularyOptions> {
  const { kind, newlines = "keep", minCount = 1, maxVocabulary = Infinity } = options;
  const limit = limitOf(options);
  const { unknown = limit ? "replace" : "error" } = options;
  refuseUnknown("build a vocabulary", options, { kind, unknown, newlines, minCount, maxVocabulary });
  checkCount("minCount", minCount);
  if (maxVocabulary !== Infinity) checkCount("maxVocabulary", maxVocabulary);
  const checked = checkOptions({ ...(kind === undefined ? {} : { kind }), unknown, newlines });
  if (limit) checkLimited(checked, limit);
  return { ...checked, newlines, minCount, maxVocabulary };
}

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(
    `Cannot build a vocabulary as ${name} must be a positive integer: current value is ${quote(value)}`,
  );
}

/**
 * What leaves tokens out of a text's vocabulary.
 *
 * @param options The options.
 * @returns The option's name and value; undefined where nothing does.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([limitOf({ minCount: 1 }), limitOf({ maxVocabulary: 9 })], [undefined, ["maxVocabulary", 9]]);
 * ```
 */
export function limitOf(
  { minCount = 1, maxVocabulary = Infinity }: TextVocabularyOptions,
): [name: string, value: number] | undefined {
  if (minCount !== 1) return ["minCount", minCount];
  return maxVocabulary === Infinity ? undefined : ["maxVocabulary", maxVocabulary];
}

/** A limit must have something to leave out, and what is left out a place. */
function checkLimited(
  { kind, unknown }: CheckedOptions,
  [name, value]: [name: string, value: number],
): void {
  if (kind === "byte") {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot build a vocabulary of bytes with ${option(name, value)}: bytes are always the same 256`,
    );
  }
  if (unknown === "error") {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot build a vocabulary with ${option(name, value)} and ${option("unknown", "error")}: ` +
        "what is left out must be replaced or skipped",
    );
  }
}

/**
 * Checks the options that are one of some names.
 *
 * @param options The options; one may be left open.
 * @param subject Begins the sentence.
 * @throws {RangeError} If one is another name.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkChoices({ kind: "line" }, (name) => `Cannot go on as ${name}`), RangeError);
 * ```
 */
export function checkChoices(
  options: Readonly<Partial<Record<keyof CheckedOptions, unknown>>>,
  subject: (name: string) => string,
): asserts options is Partial<CheckedOptions> {
  for (const [name, names] of Object.entries(CHOICES)) {
    const value = options[name as keyof CheckedOptions];
    if (value === undefined || (typeof value === "string" && names.includes(value))) continue;
    const choice = `${names.slice(0, -1).map(quote).join(", ")} or ${quote(names.at(-1))}`;
    throw new RangeError(`${subject(name)} must be ${choice}: current value is ${quote(value)}`);
  }
}
