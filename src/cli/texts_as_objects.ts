/**
 * Texts that are drawn side by side, for programs: an object each, in their order, once it has ended.
 *
 * @module
 */
import type { Generated } from "../generate.ts";
import { tell } from "./results.ts";

/** What a program is told of a text. */
interface Told {
  /** Which text it is, from 0. */
  readonly row: number;
  readonly prefix: string;
  /** The prefix and what follows. */
  text: string;
  /** What ended it; null where no token was drawn, or the drawing broke off. */
  end: Generated["end"] | null;
}

/** Several texts, as TextsInOrder writes them for people. */
export class TextsAsObjects {
  readonly #texts: readonly Told[];
  /** How many have been told. */
  #told = 0;

  /**
   * Tells nothing yet.
   *
   * @param prefixes The beginning of each text.
   * @param firstRow Which text the first is.
   */
  constructor(prefixes: readonly string[], firstRow: number) {
    this.#texts = prefixes.map((prefix, i) => ({ row: firstRow + i, prefix, text: prefix, end: null }));
  }

  /** Adds to a text. */
  add(row: number, text: string): void {
    this.#texts[row]!.text += text;
  }

  /** Ends a text. */
  end(row: number, end: Generated["end"]): void {
    this.#texts[row]!.end = end;
  }

  /** Tells of those that have ended, up to the first that has not. */
  flush(): Promise<void> {
    while (this.#texts[this.#told]?.end) this.#tell();
    return Promise.resolve();
  }

  /** Tells of all that are left. */
  endAll(): Promise<void> {
    while (this.#told < this.#texts.length) this.#tell();
    return Promise.resolve();
  }

  #tell(): void {
    tell(this.#texts[this.#told++]!);
  }
}
