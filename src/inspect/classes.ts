/**
 * What sort of character a code point is, as far as features of a text ask: a table that fills as it is asked.
 *
 * @module
 */

/** The sorts; CLASSES is how many there are. */
export const LOWER = 1;
export const UPPER = 2;
/** Of scripts that write no spaces between words. */
export const IDEOGRAPH = 3;
export const DIGIT = 4;
export const SPACE = 5;
export const BREAK = 6;
export const OPEN = 7;
export const CLOSE = 8;
/** Ends a sentence. */
export const STOP = 9;
export const QUOTE_OPEN = 10;
export const QUOTE_CLOSE = 11;
/** A straight quotation mark, which opens and closes. */
export const QUOTE = 12;
export const MARK = 13;
export const CLASSES = 14;

/** Sorts that characters name themselves. */
const NAMED: readonly (readonly [sort: number, characters: string])[] = [
  [BREAK, "\n"],
  [OPEN, "([（【〔《〈［"],
  [CLOSE, ")]）】〕》〉］"],
  [STOP, ".!?。！？…"],
  [QUOTE_OPEN, "“«「『"],
  [QUOTE_CLOSE, "”»」』"],
  [QUOTE, '"'],
];
/** Sorts by Unicode's properties, the first that fits. */
const PROPERTIES: readonly (readonly [sort: number, pattern: RegExp])[] = [
  [SPACE, /\s/u],
  [IDEOGRAPH, /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u],
  [UPPER, /[\p{Lu}\p{Lt}]/u],
  [DIGIT, /\p{N}/u],
  [LOWER, /[\p{L}\p{M}_\ufffd]/u],
  [MARK, /[^]/u],
];

/** Sorts of the code points below U+10000 that were asked for, 0 of the others. */
const known = new Uint8Array(0x10000);
for (const [sort, characters] of NAMED) {
  for (const character of characters) known[character.codePointAt(0)!] = sort;
}

/**
 * The sort of a character.
 *
 * @param codePoint The character.
 * @returns One of the sorts above.
 */
export function classOf(codePoint: number): number {
  const sort = known[codePoint];
  if (sort) return sort;
  const character = String.fromCodePoint(codePoint);
  const found = PROPERTIES.find(([, pattern]) => pattern.test(character))![0];
  if (codePoint < known.length) known[codePoint] = found;
  return found;
}

/** Whether a sort makes words. */
export function isOfWord(sort: number): boolean {
  return sort === LOWER || sort === UPPER || sort === DIGIT;
}
