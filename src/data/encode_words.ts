/**
 * Words to ids, a piece of text after the other. What a word is, tokens.ts says, and that a text cut behind a space or a
 * line break has the tokens of its pieces. So the ids of short pieces are kept: a text repeats most of them, and looking
 * one up is far cheaper than cutting it into words again.
 *
 * @module
 */

import { utf8Of } from "./encode_bytes.ts";
import { IdBlocks } from "./id_blocks.ts";
import { joinBytes } from "../join_bytes.ts";
import { type Piece, PieceTable } from "./piece_table.ts";
import { RULES, type TokenRules } from "./tokens.ts";

/** Ids that are handed on at once. */
const SLICE = 2 ** 12;
/** Where pieces end. */
const SPACE = 0x20;
const LINE_FEED = 0x0a;
/** Of the hash FNV-1a. (RFC 9923.) */
const BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

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
  /** The bytes of an unfinished piece. */
  #rest: Uint8Array[] = [];
  /** Of pieces, whose words thereby do not keep the memory of all of the text. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
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
    for (const bytes of utf8Of(text)) this.#encodePart(bytes);
  }

  /** Ends the text. */
  end(): void {
    this.#encode(joinBytes(this.#rest));
    this.#rest = [];
    this.#handOn();
  }

  #encodePart(bytes: Uint8Array): void {
    const end = Math.max(bytes.lastIndexOf(SPACE), bytes.lastIndexOf(LINE_FEED)) + 1;
    let begin = 0;
    if (this.#rest.length > 0 && end > 0) {
      begin = bytes.findIndex((byte) => byte === SPACE || byte === LINE_FEED) + 1;
      this.#encode(joinBytes([...this.#rest, bytes.subarray(0, begin)]));
      this.#rest = [];
    }
    this.#encode(bytes, begin, end);
    if (end < bytes.length) this.#rest.push(bytes.slice(end));
  }

  /** Encodes bytes that end where a piece does. */
  #encode(bytes: Uint8Array, begin = 0, end = bytes.length): void {
    const piece: Piece = { bytes, begin, end, hash: 0 };
    let hash = BASIS;
    for (let at = begin; at < end; at++) {
      const byte = bytes[at]!;
      hash = Math.imul(hash ^ byte, PRIME);
      if (byte !== SPACE && byte !== LINE_FEED && at + 1 < end) continue;
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
    const text = this.#decoder.decode(piece.bytes.subarray(piece.begin, piece.end));
    this.#rules.each(text, (key) => {
      const id = this.#ofKey.get(key as string) ?? this.#meet(key as string);
      ids.push(id);
      this.#add(id);
    });
    this.#table.add(piece, ids);
  }

  #meet(word: string): number {
    const id = this.keys.length;
    this.#onNew(word, this.ids.size + this.#size + 1);
    this.keys.push(word);
    this.#ofKey.set(word, id);
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
