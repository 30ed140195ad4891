/**
 * Words and marks: how a text is cut into them, and where spaces stand when they are put together again.
 *
 * A token is
 *
 * - a word: letters, digits, their combining marks and `_`; an apostrophe before or within them ('tis, don't); a hyphen or
 *   a full stop within them (well-known, U.S.A, 3.14); a comma or a colon between two digits (1,000, 10:30);
 * - a run of one and the same of `. - * = # ~ +` (..., --);
 * - a name in angle brackets (`<unk>`);
 * - a line break;
 * - any other mark, each by itself; an emoji with all that is joined to it.
 *
 * Other whitespace only parts tokens. No token has whitespace beside a line break, and none depends on what lies beyond it:
 * a text that is cut behind a space or a line break has the tokens of its pieces.
 *
 * @module
 */

const CHARACTER = String.raw`[\p{L}\p{N}\p{M}_\u200c\u200d]`;
const MODIFIERS = String.raw`[\p{M}\p{Emoji_Modifier}]*`;
const ALTERNATIVES = [
  String.raw`['’]?${CHARACTER}+(?:(?:['’.\-‐‑–]|(?<=\p{N})[,:](?=\p{N}))${CHARACTER}+)*`,
  String.raw`([-.*=#~+])\1*`,
  String.raw`<[\w|/-]+>`,
  String.raw`[\n\r]`,
  String.raw`(?:\p{RI}\p{RI}|\S)${MODIFIERS}(?:\u200d\S${MODIFIERS})*`, // flags and emoji are several code points
];
/** The tokens of a text are its matches. */
export const TOKEN: RegExp = new RegExp(ALTERNATIVES.join("|"), "gu");

/** What an ASCII character does where a token begins, or behind ASCII letters; the others are left to the expression. */
const LETTER = 1;
const MARK = 2;
const SPACE = 3;
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return LETTER;
  if (/\s/.test(character) && !/[\n\r]/.test(character)) return SPACE;
  return /[\d<'.*=#~+-]/.test(character) ? 0 : MARK;
});
/** What stands between whitespace, and line breaks. */
const SPACED = /[\n\r]|\S+/g;

/**
 * Walks over a text's words and marks. Most are ASCII letters or one mark, which a loop finds sooner.
 *
 * @param text A text without lone surrogates.
 * @param visit Called with each.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const words: string[] = [];
 * eachWord("'Tis well-known,\nisn't it?", (word) => words.push(word));
 * assertEquals(words, ["'Tis", "well-known", ",", "\n", "isn't", "it", "?"]);
 * ```
 */
export function eachWord(text: string, visit: (word: string) => void): void {
  for (let at = 0; at < text.length;) {
    const first = CLASSES[text.charCodeAt(at)];
    let end = at + 1;
    if (first === SPACE) {
      at = end;
      continue;
    }
    if (first === LETTER) { while (CLASSES[text.charCodeAt(end)] === LETTER) end++; }
    if (!first || !CLASSES[text.charCodeAt(end)]) { // what follows may belong to it
      TOKEN.lastIndex = at;
      const [word] = TOKEN.exec(text) ?? [];
      if (word === undefined) return;
      end = TOKEN.lastIndex;
      at = end - word.length;
    }
    visit(text.slice(at, end));
    at = end;
  }
}

/**
 * Walks over what stands between whitespace in a text, and over its line breaks.
 *
 * @param text A text without lone surrogates.
 * @param visit Called with each.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const words: string[] = [];
 * eachSpacedWord("is n't it ?\n", (word) => words.push(word));
 * assertEquals(words, ["is", "n't", "it", "?", "\n"]);
 * ```
 */
export function eachSpacedWord(text: string, visit: (word: string) => void): void {
  for (const [word] of text.matchAll(SPACED)) visit(word);
}

/**
 * Tells whether a string is one token of eachWord().
 *
 * @param token A string.
 * @returns Whether it is.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["don't", "<unk>", "n't", "end,", " "].map(isOneWord), [true, true, true, false, false]);
 * ```
 */
export function isOneWord(token: string): boolean {
  return token.match(TOKEN)?.[0] === token;
}

/** Marks that stand right behind a word, right before one, or right between two. */
const CLOSING = /^(?:[.,;:!?%'…‰°]+|\p{Pe}|\p{Pf})$/u;
const OPENING = /^(?:[$£€¥#@¿¡`]|\p{Ps}|\p{Pi})$/u;
const TIGHT = /^(?:-{2,}|[—―/\\]|(?!\p{L}|\p{N})[\u3000-\u303f\uff00-\uffef])$/u;

/** Puts spaces between tokens. */
export interface Spacing {
  /**
   * Takes the next token.
   *
   * @param token The token.
   * @returns Whether a space stands before it.
   */
  before(token: string): boolean;
}

/** One space between any two words, none beside a line break: of texts that were cut at spaces alone. */
export class PlainSpacing implements Spacing {
  #last = "\n";

  /** See Spacing. */
  before(token: string): boolean {
    const last = this.#last;
    this.#last = token;
    return !isBreak(last) && !isBreak(token);
  }
}

/**
 * Spaces where a reader expects them: none before a mark that closes, none behind one that opens, none around dashes,
 * slashes and the marks of East Asian scripts, none beside a line break. A straight double quote opens and closes in turn;
 * a blank line begins anew.
 */
export class ProseSpacing implements Spacing {
  #last = "\n";
  /** Whether a double quote is open. */
  #quoted = false;

  /** See Spacing. */
  before(token: string): boolean {
    const last = this.#last;
    this.#last = token;
    if (isBreak(token)) {
      this.#quoted &&= !isBreak(last);
      return false;
    }
    const closes = token === '"' ? this.#quoted : CLOSING.test(token);
    const opened = last === '"' ? this.#quoted : OPENING.test(last);
    if (token === '"') this.#quoted = !this.#quoted;
    return !(isBreak(last) || closes || opened || TIGHT.test(token) || TIGHT.test(last));
  }
}

function isBreak(token: string): boolean {
  return token === "\n" || token === "\r";
}
