/**
 * The features of a text at each of its tokens, whatever a token is: they are those of the text up to the token's end, or up
 * to the last whole character where a byte ends within one.
 *
 * @module
 */
import type { Ids } from "../ids.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { BREAK, classOf, IDEOGRAPH, isOfWord } from "./classes.ts";
import { CAPS, FEATURE_COUNT, placeOf } from "./features.ts";
import { Walker } from "./walker.ts";

const LINE_END = placeOf("line end");
const WORD_END = placeOf("word end");
/** What stands for a name in angle brackets, and for bytes that are no character. */
const UNKNOWN = 0xfffd;
const SPACE = 0x20;
/** Words that stand at the one before them: one that opens is part of the word behind it. */
const CLOSING: ReadonlySet<string> = new Set(["'", "’"]);

/** What of a text's tokens the features depend on. */
export interface Tokens {
  /** (N) */
  readonly ids: Ids;
  readonly vocabulary: Pick<Vocabulary, "kind" | "tokens">;
}

/** What is known of each token of a vocabulary. */
export interface TokenTable {
  /** (V) The first character; that of a letter where a token is a name. */
  readonly firsts: Uint32Array;
  /** (V) The sort of the first character; 0 of a byte that begins none. */
  readonly sorts: Uint8Array;
}

/** Looks up all tokens once. */
export function tableOf({ kind, tokens }: Tokens["vocabulary"]): TokenTable {
  const firsts = Uint32Array.from(tokens, (token) => characterOf(token, kind));
  const sorts = Uint8Array.from(firsts, (first, id) => {
    if (kind !== "byte" || id < 0x80) return classOf(first);
    return id < 0xc0 ? 0 : IDEOGRAPH;
  });
  return { firsts, sorts };
}

/** The first character of a token; a name stands for a letter. */
function characterOf(token: string, kind: Tokens["vocabulary"]["kind"]): number {
  const [first, second] = token;
  const isName = second !== undefined && (kind === "character" || /^<[\w|/-]+>$/.test(token));
  return isName ? UNKNOWN : first?.codePointAt(0) ?? UNKNOWN;
}

/** Reads tokens one by one. */
export class FeatureReader {
  readonly #text: Tokens;
  readonly #table: TokenTable;
  readonly #end: number;
  #at: number;
  #walker: Walker = new Walker();
  /** The next token that is a line break, or the end. */
  #nextBreak = -1;
  /** Of a character of several bytes: its bits so far, and how many bytes are missing. */
  #bits = 0;
  #missing = 0;

  /**
   * Begins at the beginning of a text, or of a part of it.
   *
   * @param text The text.
   * @param table What tableOf() gives of its vocabulary.
   * @param part The part's first token, and the one behind its last.
   */
  constructor(text: Tokens, table: TokenTable, { start, end }: { start: number; end: number }) {
    this.#text = text;
    this.#table = table;
    this.#at = start;
    this.#end = end;
  }

  /** One that is where this one is. */
  copy(): FeatureReader {
    const copy = new FeatureReader(this.#text, this.#table, { start: this.#at, end: this.#end });
    copy.#walker = this.#walker.copy();
    copy.#nextBreak = this.#nextBreak;
    copy.#bits = this.#bits;
    copy.#missing = this.#missing;
    return copy;
  }

  /** Whether the next token begins a line. */
  get atLineStart(): boolean {
    return this.#walker.atLineStart;
  }

  /**
   * Reads the next token, of which there is one behind.
   *
   * @param into Gets the features that hold behind it, (F).
   */
  next(into: Float32Array): void {
    const { ids } = this.#text;
    this.#push(ids[this.#at]!);
    this.#walker.write(into);
    if (this.#nextBreak <= this.#at) this.#nextBreak = this.#breakBehind(this.#at);
    into[LINE_END] = Math.min(this.#nextBreak - this.#at, CAPS.line);
    this.#at++;
    into[WORD_END] = this.#walker.inWord && this.#endsWord(this.#table.sorts[ids[this.#at]!]!) ? 1 : 0;
  }

  #push(id: number): void {
    const { kind, tokens } = this.#text.vocabulary;
    if (kind === "byte") return this.#pushByte(id);
    const first = this.#table.firsts[id]!;
    if (kind === "character" || first === UNKNOWN) return this.#walker.push(first);
    if (first !== 0x0a && !CLOSING.has(tokens[id]!) && !this.#walker.atLineStart) this.#walker.push(SPACE);
    for (const character of tokens[id]!) this.#walker.push(character.codePointAt(0)!);
  }

  #pushByte(byte: number): void {
    if (byte < 0x80) {
      this.#missing = 0;
      this.#walker.push(byte);
    } else if (byte >= 0xc0) {
      this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      this.#bits = byte & (0x3f >> this.#missing);
    } else if (this.#missing > 0) {
      this.#bits = this.#bits << 6 | byte & 0x3f;
      if (--this.#missing === 0) this.#walker.push(this.#bits > 0x10ffff ? UNKNOWN : this.#bits);
    }
  }

  /** Of words each is one, and of bytes those of other letters may go on. */
  #endsWord(sort: number): boolean {
    return this.#text.vocabulary.kind !== "word" && sort !== 0 && !isOfWord(sort) &&
      !(this.#text.vocabulary.kind === "byte" && sort === IDEOGRAPH);
  }

  #breakBehind(at: number): number {
    const { ids } = this.#text;
    const { sorts } = this.#table;
    let next = at + 1;
    while (next < this.#end && sorts[ids[next]!] !== BREAK) next++;
    return next;
  }
}

/** Room for the features of a token. */
export function featureRow(): Float32Array {
  return new Float32Array(FEATURE_COUNT);
}
