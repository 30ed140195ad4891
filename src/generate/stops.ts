/**
 * The strings that end a text. They are found across the pieces in which a text comes, and are no part of it: what may be
 * the beginning of one is held back until that is decided.
 *
 * @module
 */

/** One text and its stop strings. */
export class Stops {
  readonly #stops: readonly string[];
  readonly #longest: number;
  /** The end of the text so far, with which a stop may begin. */
  #held = "";
  #found = false;

  /** Begins a text. */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
    this.#longest = Math.max(0, ...stops.map(({ length }) => length));
  }

  /** Whether a stop is complete: the text has ended before it. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes a piece of the text; gives what is decided. */
  push(piece: string): string {
    const text = this.#held + piece;
    let start = 0;
    let end = Infinity;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      const behind = at + stop.length;
      if (at < 0 || behind > end || (behind === end && at > start)) continue;
      start = at;
      end = behind;
    }
    this.#found = end < Infinity;
    const decided = this.#found ? start : this.#beginning(text);
    this.#held = text.slice(decided);
    return text.slice(0, decided);
  }

  /** Ends the text: what was held back is a part of it, unless a stop was found. */
  end(): string {
    return this.#found ? "" : this.#held;
  }

  /** Where a stop may begin that the text does not complete; its length where none does. */
  #beginning(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at++) {
      const rest = text.slice(at);
      if (this.#stops.some((stop) => stop.startsWith(rest))) return at;
    }
    return text.length;
  }
}
