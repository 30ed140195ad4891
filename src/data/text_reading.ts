/**
 * How bytes read in one encoding: the characters beyond ASCII, and what is unlikely about where they stand.
 *
 * @module
 */

import { type Language, RARE_COST } from "./letter_frequencies.ts";

/** Bytes read as a text. */
export interface Reading {
  /** The text. */
  readonly text: string;
  /** How often each character is in it, lower case. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many are beyond ASCII, and no punctuation. */
  readonly size: number;
  /** How many are Han characters, kana or Hangul. */
  readonly many: number;
  /** How many are punctuation beyond ASCII. */
  readonly punctuation: number;
  /** How many different ones are beyond ASCII, spaces left aside. */
  readonly distinct: number;
  /** What it costs in any language that letters stand where they seldom do, in nats. */
  readonly placement: number;
}

/** What a character costs in nats: minus the logarithm of its share of a text. */
const COST = {
  /** Any character of ASCII: it is the same in all readings but for those in which it is a part of another. */
  ascii: 3,
  /** Quotation marks, dashes, spaces that do not break; punctuation of East Asia. */
  punctuation: 4.5,
  /** Other signs that texts have. */
  sign: 8,
  /** A letter that the language does not have, and any other sign. */
  strange: 12,
  /** A capital that begins a word, and one behind another. */
  capital: 2,
  capitals: 0.15,
  /** A Han character, kana or Hangul beside a Latin letter. */
  besideLatin: 2,
  /** A capital behind a small letter, scripts mixed within a word, a sign between two letters. */
  misplaced: 6,
} as const;

const PUNCTUATION = new Set("\u00a0¿¡“”‘’–—…«»„‚、。，！？：；（）《》「」『』・·　～");
const SIGNS = new Set("°§№©€£®™´×•ªº‹›†‰½¼¾±²³µ،؟؛ฯ″′→←↑↓─│┌┐└┘├┤●○◎★☆■□◆◇△▲▽▼※");
/** What may stand between two letters. */
const WITHIN = new Set("×’–—…·・\u00ad、。，：；！？（）《》「」『』　～「」→");

/** Control characters: no text has them, so the reading is wrong. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff\ue000-\uf8ff]/u;

/** Latin letters, and marks that are written behind them. */
const LATIN = /[\p{Script=Latin}\u0300-\u036f]/u;
const LETTER = /[\p{L}\p{M}]/u;
const UPPER = /\p{Lu}/u;
const LOWER = /\p{Ll}/u;
const MANY = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

/**
 * Reads bytes in an encoding.
 *
 * @param bytes Bytes that begin with a whole character.
 * @param encoding A name for TextDecoder.
 * @param cut Whether they may end within a character.
 * @returns The reading; undefined where the bytes are not valid in the encoding, or have control characters in it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = Uint8Array.of(0xcc, 0xe8, 0xf0);
 * assertEquals(readingOf(bytes, "windows-1251")?.text, "Мир");
 * assertEquals(readingOf(bytes, "euc-jp"), undefined);
 * ```
 */
export function readingOf(bytes: Uint8Array, encoding: string, cut = false): Reading | undefined {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
  if (CONTROL.test(text)) return undefined;
  const counts = new Map<string, number>();
  let size = 0;
  let many = 0;
  let punctuation = 0;
  let placement = 0;
  let before = kindOf(" ");
  let earlier = before;
  for (const character of text) {
    const kind = kindOf(character);
    placement += placementCost(earlier, before, kind);
    earlier = before;
    before = kind;
    if (PUNCTUATION.has(character)) punctuation++;
    else if (!kind.ascii) size++;
    if (kind.many) many++;
    const small = character === "İ" ? character : character.toLowerCase();
    counts.set(small, (counts.get(small) ?? 0) + 1);
  }
  const distinct =
    [...counts.keys()].filter((character) => character >= "\x80" && /\S/.test(character)).length;
  return { text, counts, size, many, punctuation, distinct, placement };
}

/** What matters of a character for its neighbours. */
interface Kind {
  readonly ascii: boolean;
  readonly letter: boolean;
  readonly upper: boolean;
  readonly lower: boolean;
  readonly latin: boolean;
  readonly many: boolean;
  /** A sign that does not stand within words. */
  readonly sign: boolean;
  /** A sign that is no punctuation. */
  readonly other: boolean;
  /** What seldom begins a word: it stands within, or closes a quotation. */
  readonly apostrophe: boolean;
  /** What stands before words in all languages that have it. */
  readonly opening: boolean;
  readonly digit: boolean;
}

const KINDS = new Map<string, Kind>();

function kindOf(character: string): Kind {
  let kind = KINDS.get(character);
  if (kind === undefined) {
    const ascii = character < "\x80";
    const letter = LETTER.test(character);
    kind = {
      ascii,
      letter,
      upper: UPPER.test(character),
      lower: LOWER.test(character),
      latin: letter && LATIN.test(character),
      many: MANY.test(character),
      sign: !ascii && !letter && !WITHIN.has(character),
      other: !ascii && !letter && !PUNCTUATION.has(character),
      apostrophe: character === "’",
      opening: "‚„¿¡".includes(character),
      digit: character >= "0" && character <= "9",
    };
    KINDS.set(character, kind);
  }
  return kind;
}

/** What it costs that a character follows two others. */
function placementCost(earlier: Kind, before: Kind, kind: Kind): number {
  if (kind.ascii && before.ascii) return 0;
  let cost = 0;
  if (kind.upper && (!kind.ascii || before.lower)) {
    cost += before.lower ? COST.misplaced : before.upper ? COST.capitals : COST.capital;
  }
  if (kind.letter && before.letter && kind.latin !== before.latin) {
    cost += kind.many || before.many ? COST.besideLatin : COST.misplaced;
  }
  if (before.sign && (kind.letter || kind.digit) && (earlier.letter || earlier.digit)) cost += COST.misplaced;
  if (kind.letter && before.other || kind.other && before.letter) cost += COST.misplaced / 2;
  if (kind.opening && before.letter) cost += COST.misplaced;
  if (before.apostrophe && kind.letter && !earlier.letter && !earlier.digit) cost += COST.misplaced;
  if (kind.letter && before.digit || kind.digit && before.letter) cost += COST.misplaced / 2;
  return cost;
}

/**
 * What a reading costs as a text of a language.
 *
 * @param reading The reading.
 * @param language The language.
 * @returns What all of it costs, and a character beyond ASCII on average, in nats.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 * import { allLanguages } from "./letter_frequencies.ts";
 *
 * const bytes = Uint8Array.of(0xcc, 0xe8, 0xf0);
 * const russian = allLanguages().find(({ encodings }) => encodings.includes("koi8-r"))!;
 * const [right] = costsOf(readingOf(bytes, "windows-1251")!, russian);
 * const [wrong] = costsOf(readingOf(bytes, "koi8-r")!, russian);
 * assert(right < wrong);
 * ```
 */
export function costsOf(reading: Reading, language: Language): [all: number, each: number] {
  let usual = 0;
  let telling = reading.placement;
  for (const [character, count] of reading.counts) {
    const share = language.shares.get(character);
    if (character < "\x80") usual += count * (share === undefined ? COST.ascii : -Math.log(share));
    else if (PUNCTUATION.has(character)) usual += count * COST.punctuation;
    else telling += count * (share === undefined ? costBeside(character, language) : -Math.log(share));
  }
  return [usual + telling, telling / Math.max(1, reading.size)];
}

/** What a character costs that is no letter of the language. */
function costBeside(character: string, { shares }: Language): number {
  if (SIGNS.has(character)) return COST.sign;
  if (shares.has("的") && /\p{Script=Han}/u.test(character)) return RARE_COST;
  if (shares.has("の") && /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) {
    return RARE_COST;
  }
  if (shares.has("이") && /\p{Script=Hangul}/u.test(character)) return RARE_COST;
  return COST.strange;
}
