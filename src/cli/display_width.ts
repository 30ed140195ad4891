/**
 * How many columns of a terminal a text takes: letters one, Chinese, kana, Hangul, fullwidth forms and emoji two, marks that
 * join a letter none. What is read as one character, as an emoji of several joined ones, is counted as one. Terminals that
 * do not join such emoji show them wider.
 *
 * @module
 */

/**
 * What is wide: East Asian Width W and F of Unicode 16 (UAX #11), of which regular expressions know emoji alone, and what
 * U+FE0F makes an emoji.
 */
const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2329\\u232a\\u2630-\\u2637\\u268a-\\u268f\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\ua4c6" +
    "\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6" +
    "\\u{16fe0}-\\u{18d08}\\u{1aff0}-\\u{1b2fb}\\u{1d300}-\\u{1d376}\\u{1f200}-\\u{1f265}\\u{20000}-\\u{3fffd}" +
    "\\p{Emoji_Presentation}]|\\p{Emoji}\\ufe0f",
  "u",
);

/** What takes no column of its own: marks, joiners, vowels and finals of a Hangul syllable in parts. */
const NONE =
  /[\p{M}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u1160-\u11ff\ud7b0-\ud7ff\u{e0000}-\u{e0fff}]/u;

/** What every program writes: a column each, known without a segmenter. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Made when it is first needed. */
let segmenter: Intl.Segmenter | undefined;

/** What people read as characters, one after the other. */
function* charactersOf(text: string): Generator<string, void, void> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Columns of one character as people read it. */
function widthOf(character: string): number {
  const seen = [...character].filter((part) => !NONE.test(part)).length;
  return seen > 0 && WIDE.test(character) ? 2 : seen;
}

/**
 * How many columns a text takes.
 *
 * @param text A text without control characters.
 * @returns Columns.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["abc", "分开", "한글", "ﾊﾝ", "é", "👩‍👩‍👧"].map(displayWidth), [3, 4, 4, 2, 1, 2]);
 * ```
 */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of charactersOf(text)) width += widthOf(character);
  return width;
}

/**
 * The beginning of a text that has room in so many columns; no character is cut in two.
 *
 * @param text A text without control characters.
 * @param columns How many there are.
 * @returns As much of the text as has room.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cutToWidth("分开a", 3), "分");
 * ```
 */
export function cutToWidth(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, columns));
  let end = 0;
  for (const character of charactersOf(text)) {
    columns -= widthOf(character);
    if (columns < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * A text with spaces behind it, for a column of a table.
 *
 * @param text A text without control characters.
 * @param columns How wide the column is.
 * @returns The text, as wide as the column at least.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(padToWidth("分开", 6) + "|", "分开  |");
 * ```
 */
export function padToWidth(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}
