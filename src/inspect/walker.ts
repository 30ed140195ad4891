/**
 * Walks over a text character by character and knows which features hold behind each. It never looks ahead: what only the
 * next character decides, as whether ' is an apostrophe, holds from there on.
 *
 * @module
 */
import {
  BREAK,
  classOf,
  CLOSE,
  DIGIT,
  IDEOGRAPH,
  isOfWord,
  LOWER,
  MARK,
  OPEN,
  QUOTE,
  QUOTE_CLOSE,
  QUOTE_OPEN,
  SPACE,
  STOP,
  UPPER,
} from "./classes.ts";
import { CAPS, placeOf } from "./features.ts";

/** Where each feature is written. */
const AT = {
  quotes: placeOf("quotes"),
  single: placeOf("single quotes"),
  brackets: placeOf("brackets"),
  braces: placeOf("braces"),
  tags: placeOf("tags"),
  comment: placeOf("comment"),
  line: placeOf("line position"),
  word: placeOf("word position"),
  capitalised: placeOf("capitalised word"),
  capitals: placeOf("capitals"),
  number: placeOf("number position"),
  indentation: placeOf("indentation"),
  sentence: placeOf("sentence position"),
  paragraph: placeOf("paragraph position"),
};

const APOSTROPHE = 0x27;
const SINGLE_OPEN = 0x2018;
const SINGLE_CLOSE = 0x2019;
const HASH = 0x23;
const SLASH = 0x2f;
const LESS = 0x3c;
const MORE = 0x3e;
const TAB = 0x09;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
/** Pairs of quotation marks, a bit each. One that is never closed ends with the next of its kind. */
const PAIRS: ReadonlyMap<number, number> = new Map(
  ["“”", "«»", "「」", "『』"].flatMap((pair, bit) =>
    [...pair].map((mark) => [mark.codePointAt(0)!, 1 << bit] as const)
  ),
);
/** Words that begin with an apostrophe, which opens nothing. */
const SHORTENED: ReadonlySet<string> = new Set(
  "tis twas twere twill twould em gainst neath bout til".split(" "),
);
/** Characters after which a bracket that was not closed is forgotten. */
const FAR = 300;

/** What is not yet decided: whether ' opens or closes, whether < begins a tag. */
const NOTHING = 0;
const MAY_OPEN = 1;
const MAY_CLOSE = 2;
const MAY_BE_TAG = 3;

/** Where in a text one is, at its beginning. */
const BEGINNING = {
  /** The last character, and its sort. */
  last: 0,
  sort: BREAK,
  undecided: NOTHING,
  straight: 0,
  quotes: 0,
  single: 0,
  /** The letters of the first word behind ', as long as it lasts. */
  first: undefined as string | undefined,
  brackets: 0,
  /** Characters since the last bracket. */
  sinceBracket: 0,
  braces: 0,
  tag: 0,
  comment: 0,
  line: 0,
  /** Whether nothing but spaces stands in the line. */
  blank: 1,
  word: 0,
  capitalised: 0,
  capitals: 0,
  number: 0,
  indentation: 0,
  sentence: 0,
  /** Whether a sentence has ended, but for what closes behind it. */
  ended: 0,
  paragraph: 0,
};

/** Where in a text one is. */
export class Walker {
  #now = { ...BEGINNING };

  /** Whether the last character belongs to a word. */
  get inWord(): boolean {
    return this.#now.word > 0;
  }

  /** Whether a line has just begun. */
  get atLineStart(): boolean {
    return this.#now.line === 0;
  }

  /** One that is where this one is. */
  copy(): Walker {
    const copy = new Walker();
    copy.#now = { ...this.#now };
    return copy;
  }

  /**
   * Reads a character.
   *
   * @param codePoint The character.
   */
  push(codePoint: number): void {
    const sort = classOf(codePoint);
    this.#decide(codePoint, sort);
    this.#quote(codePoint, sort);
    this.#bracket(codePoint, sort);
    this.#count(codePoint, sort);
    this.#place(codePoint, sort);
    this.#now.last = codePoint;
    this.#now.sort = sort;
  }

  /**
   * Writes the features that hold now; those that look ahead are left as they are.
   *
   * @param into Where to, (F).
   */
  write(into: Float32Array): void {
    into[AT.quotes] = this.#now.straight || this.#now.quotes > 0 ? 1 : 0;
    into[AT.single] = this.#now.single;
    into[AT.brackets] = this.#now.brackets > 0 ? 1 : 0;
    into[AT.braces] = this.#now.braces;
    into[AT.tags] = this.#now.tag;
    into[AT.comment] = this.#now.comment;
    into[AT.line] = Math.min(this.#now.line, CAPS.line);
    into[AT.word] = Math.min(this.#now.word, CAPS.word);
    into[AT.capitalised] = this.#now.word > 0 ? this.#now.capitalised : 0;
    into[AT.capitals] = this.#now.word > 1 ? this.#now.capitals : 0;
    into[AT.number] = Math.min(this.#now.number, CAPS.number);
    into[AT.indentation] = Math.min(this.#now.indentation, CAPS.indentation);
    into[AT.sentence] = Math.min(this.#now.sentence, CAPS.sentence);
    into[AT.paragraph] = Math.min(this.#now.paragraph, CAPS.paragraph);
  }

  /** What the last character left open. */
  #decide(codePoint: number, sort: number): void {
    const letter = isOfWord(sort);
    if (this.#now.undecided === MAY_OPEN && (letter || sort === IDEOGRAPH)) {
      this.#now.single = 1;
      this.#now.first = "";
    } else if (this.#now.undecided === MAY_CLOSE && !letter) this.#now.single = 0;
    else if (this.#now.undecided === MAY_BE_TAG && (letter || this.#opensTag(sort))) this.#now.tag = 1;
    this.#now.undecided = NOTHING;
    if (this.#now.first === undefined) return;
    if (letter) this.#now.first += String.fromCodePoint(codePoint).toLowerCase();
    else {
      if (SHORTENED.has(this.#now.first)) this.#now.single = 0;
      this.#now.first = undefined;
    }
  }

  /** </p, <!-- and <?xml are tags too, a comparison is none. */
  #opensTag(sort: number): boolean {
    return sort === MARK || sort === STOP;
  }

  #quote(codePoint: number, sort: number): void {
    if (sort === QUOTE_OPEN) this.#now.quotes |= PAIRS.get(codePoint)!;
    else if (sort === QUOTE_CLOSE) this.#now.quotes &= ~PAIRS.get(codePoint)!;
    else if (sort === QUOTE) this.#now.straight = !this.#now.straight && this.#mayOpen() ? 1 : 0;
    else if (codePoint === SINGLE_OPEN) this.#now.single = 1;
    else if (codePoint === APOSTROPHE || codePoint === SINGLE_CLOSE) {
      const behindSpace = this.#now.sort === SPACE || this.#now.sort === BREAK;
      if (this.#now.single) this.#now.undecided = behindSpace ? NOTHING : MAY_CLOSE;
      else if (codePoint === APOSTROPHE && this.#mayOpen()) this.#now.undecided = MAY_OPEN;
    }
  }

  /** Behind a word or the end of a sentence a straight quotation mark closes, and nothing opens. */
  #mayOpen(): boolean {
    const sort = this.#now.sort;
    return !(isOfWord(sort) || sort === STOP || sort === CLOSE);
  }

  #bracket(codePoint: number, sort: number): void {
    const bracket = sort === OPEN || sort === CLOSE;
    this.#now.sinceBracket = bracket ? 0 : this.#now.sinceBracket + 1;
    if (this.#now.sinceBracket > FAR) this.#now.brackets = 0;
    if (sort === OPEN) this.#now.brackets = Math.min(this.#now.brackets + 1, CAPS.depth);
    else if (sort === CLOSE) this.#now.brackets = Math.max(0, this.#now.brackets - 1);
    else if (codePoint === BRACE_OPEN) this.#now.braces = Math.min(this.#now.braces + 1, CAPS.depth);
    else if (codePoint === BRACE_CLOSE) this.#now.braces = Math.max(0, this.#now.braces - 1);
    else if (codePoint === MORE) this.#now.tag = 0;
    else if (codePoint === LESS) this.#now.undecided = MAY_BE_TAG;
    else if (codePoint === HASH || (codePoint === SLASH && this.#now.last === SLASH)) this.#now.comment = 1;
  }

  /** Words and numbers. */
  #count(codePoint: number, sort: number): void {
    if (isOfWord(sort)) {
      if (this.#now.word++ === 0) {
        this.#now.capitalised = sort === UPPER ? 1 : 0;
        this.#now.capitals = this.#now.capitalised;
      } else if (sort === LOWER) this.#now.capitals = 0;
    } else this.#now.word = 0;
    if (sort === DIGIT) this.#now.number++;
    else if (!(this.#now.sort === DIGIT && (codePoint === 0x2c || codePoint === 0x2e))) this.#now.number = 0;
  }

  /** Lines, sentences and paragraphs. */
  #place(codePoint: number, sort: number): void {
    const { ended } = this.#now;
    if (ended && (sort === SPACE || sort === BREAK || sort === IDEOGRAPH)) this.#now.sentence = 0;
    else this.#now.sentence++;
    const closes = sort === QUOTE || sort === QUOTE_CLOSE || sort === CLOSE;
    this.#now.ended = sort === STOP || (ended && closes) ? 1 : 0;
    this.#now.paragraph++;
    if (sort !== BREAK) {
      if (this.#now.blank && sort === SPACE) this.#now.indentation += codePoint === TAB ? 4 : 1;
      else this.#now.blank = 0;
      this.#now.line++;
      return;
    }
    if (this.#now.blank) this.#beginParagraph();
    this.#now.line = 0;
    this.#now.blank = 1;
    this.#now.indentation = 0;
    this.#now.tag = 0;
    this.#now.comment = 0;
  }

  /** Behind a blank line nothing is open, but for braces. */
  #beginParagraph(): void {
    this.#now.paragraph = 0;
    this.#now.sentence = 0;
    this.#now.straight = 0;
    this.#now.quotes = 0;
    this.#now.single = 0;
    this.#now.brackets = 0;
  }
}
