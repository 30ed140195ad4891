/**
 * A text that grows by turns: what was typed, and what the model went on with. It is kept as ids, so that what follows goes
 * on from exactly what was drawn, bytes within a character too.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import { encodePrefix } from "../../generate/options.ts";

/** Characters of a text's end that are shown. */
const TAIL = 60;

/** A part of the text, from a place on. */
interface Part {
  readonly kind: "typed" | "drawn";
  readonly from: number;
  /** What was typed; nothing of what was drawn. */
  readonly text: string;
}

/** The text. */
export class Session {
  readonly #vocabulary: Vocabulary;
  readonly #parts: Part[] = [];
  #ids: number[] = [];
  /** How many of them have been written. */
  #shown = 0;

  /** Begins with nothing. */
  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** The ids so far. */
  get ids(): Uint32Array {
    return Uint32Array.from(this.#ids);
  }

  /** What was typed last, where nothing follows it; else nothing. */
  get typed(): string {
    const last = this.#parts.at(-1);
    return last?.kind === "typed" ? last.text : "";
  }

  /**
   * Takes what was typed to the end of the text.
   *
   * @param text At least one character.
   * @throws {RangeError} If the vocabulary lacks a token of it: the text stays as it was.
   */
  type(text: string): void {
    const ids = encodePrefix(text, this.#vocabulary);
    this.#parts.push({ kind: "typed", from: this.#ids.length, text });
    for (const id of ids) this.#ids.push(id); // a pasted text may have more than a call takes
  }

  /** A continuation begins. */
  begin(): void {
    this.#shown = this.#ids.length;
    this.#parts.push({ kind: "drawn", from: this.#shown, text: "" });
  }

  /**
   * Takes what was drawn.
   *
   * @param id The id.
   * @param options `shown`: whether the text up to it has been written.
   */
  add(id: number, { shown }: { shown: boolean }): void {
    this.#ids.push(id);
    if (shown) this.#shown = this.#ids.length;
  }

  /** Leaves out what has not been written: a string that has ended the text. */
  leaveOut(): void {
    this.#ids.length = this.#shown;
  }

  /**
   * Takes the last continuation away, and what was typed behind it; without one, all that was typed.
   *
   * @returns Whether there was anything.
   */
  back(): boolean {
    const last = this.#parts.findLastIndex(({ kind }) => kind === "drawn");
    const [first] = this.#parts.splice(Math.max(0, last));
    if (first) this.#ids.length = first.from;
    return first !== undefined;
  }

  /** The end of the text, in a line. */
  get tail(): string {
    const characters = [...this.#vocabulary.decode(this.#ids.slice(-4 * TAIL))];
    const cut = characters.length > TAIL || this.#ids.length > 4 * TAIL;
    return (cut ? "…" : "") + characters.slice(-TAIL).join("");
  }
}
