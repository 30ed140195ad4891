/**
 * Words to ids, a piece of text after the other. What a word is, tokens.ts says, and that a text cut behind a space or a
 * line break has the tokens of its pieces. So the ids of short pieces are kept: a text repeats most of them, and looking
 * one up is far cheaper than cutting it into words again.
 *
 * @module
 */

import { IdBlocks } from "./id_blocks.ts";
import { type Piece, PieceTable } from "./piece_table.ts";
import { RULES, type TokenRules } from "./tokens.ts";

/** Ids that are handed on at once. */
const SLICE = 2 ** 12;
/** Where pieces end. */
const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** Of the hash FNV-1a, taken of units instead of bytes. (RFC 9923.) */
const BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
/** A longer key is not copied out of its text. */
const LONGEST_COPY = 2 ** 12;

/**
 * Gives each word of a text an id, in the order in which they first come.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new WordEncoder();
 * encoder.push("to be or n");
 * encoder.push("ot to be");
 * encoder.end();
 * assertEquals(encoder.keys, ["to", "be", "or", "not"]);
 * assertEquals(encoder.ids.size, 6);
 * ```
 */
export class WordEncoder {
  /** The word of each id. */
  readonly keys: string[] = [];
  /** The ids of the text so far. */
  readonly ids = new IdBlocks();
  readonly #ofKey = new Map<string, number>();
  readonly #onNew: (key: string, position: number) => void;
  readonly #table = new PieceTable();
  /** What the next text may go on with. */
  #rest = "";
  /** Ids that are not handed on yet. */
  readonly #slice = new Uint32Array(SLICE);
  #size = 0;

  readonly #rules: TokenRules;

  /**
   * Begins a text.
   *
   * @param onNew Called with each new word and its place, counted from 1.
   * @param rules What a word is.
   */
  constructor(
    onNew: (key: string, position: number) => void = () => {},
    rules: TokenRules = RULES.word,
  ) {
    this.#onNew = onNew;
    this.#rules = rules;
  }

  /**
   * Encodes the next part.
   *
   * @param text A part without lone surrogates, which ends anywhere but between `\r` and `\n`.
   */
  push(text: string): void {
    const end = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n")) + 1;
    let begin = 0;
    if (this.#rest !== "" && end > 0) {
      begin = text.search(/[ \n]/) + 1;
      this.#encode(this.#rest + text.slice(0, begin));
      this.#rest = "";
    }
    this.#encode(text, begin, end);
    this.#rest += text.slice(end);
  }

  /** Ends the text. */
  end(): void {
    this.#encode(this.#rest);
    this.#rest = "";
    this.#handOn();
  }

  /** Encodes a part of a text that ends where a piece does. */
  #encode(text: string, begin = 0, end = text.length): void {
    const piece: Piece = { text, begin, end, hash: 0 };
    let hash = BASIS;
    for (let at = begin; at < end; at++) {
      const unit = text.charCodeAt(at);
      hash = Math.imul(hash ^ unit, PRIME);
      if (unit !== SPACE && unit !== LINE_FEED && at + 1 < end) continue;
      piece.end = at + 1;
      piece.hash = hash;
      this.#take(piece);
      piece.begin = piece.end;
      hash = BASIS;
    }
  }

  #take(piece: Piece): void {
    const table = this.#table;
    const entry = table.find(piece);
    if (entry < 0) return this.#learn(piece);
    const last = table.last(entry);
    for (let i = table.first(entry); i < last; i++) this.#add(table.ids[i]!);
  }

  #learn(piece: Piece): void {
    const ids: number[] = [];
    this.#rules.each(piece.text.slice(piece.begin, piece.end), (key) => {
      const id = this.#ofKey.get(key as string) ?? this.#meet(key as string);
      ids.push(id);
      this.#add(id);
    });
    this.#table.add(piece, ids);
  }

  #meet(word: string): number {
    const id = this.keys.length;
    this.#onNew(word, this.ids.size + this.#size + 1);
    const key = copyOf(word);
    this.keys.push(key);
    this.#ofKey.set(key, id);
    return id;
  }

  #add(id: number): void {
    if (this.#size === SLICE) this.#handOn();
    this.#slice[this.#size++] = id;
  }

  #handOn(): void {
    this.ids.push(this.#slice.subarray(0, this.#size), this.keys.length);
    this.#size = 0;
  }
}

/** The same string in memory of its own: V8 keeps all of a text for a part of it. */
function copyOf(word: string): string {
  if (word.length > LONGEST_COPY) return word;
  return String.fromCharCode(...Array.from({ length: word.length }, (_, i) => word.charCodeAt(i)));
}
