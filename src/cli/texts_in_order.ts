/**
 * Texts that are drawn side by side, written one after the other: the first that has not ended is written as it comes, those
 * behind it wait.
 *
 * @module
 */

/** Several texts, each with what stands before it. */
export class TextsInOrder {
  readonly #write: (text: string) => Promise<void>;
  /** Of each text what is still to be written. */
  readonly #waiting: string[];
  readonly #ended: boolean[];
  /** The text that is being written. */
  #current = 0;

  /** Writes nothing yet. */
  constructor(write: (text: string) => Promise<void>, beginnings: readonly string[]) {
    this.#write = write;
    this.#waiting = [...beginnings];
    this.#ended = beginnings.map(() => false);
  }

  /** Adds to a text. */
  add(row: number, text: string): void {
    this.#waiting[row] += text;
  }

  /** Ends a text with a line break. */
  end(row: number): void {
    if (this.#ended[row]) return;
    this.#ended[row] = true;
    this.add(row, "\n");
  }

  /** Writes what may be written. */
  async flush(): Promise<void> {
    for (; this.#current < this.#waiting.length; this.#current++) {
      const text = this.#waiting[this.#current]!;
      this.#waiting[this.#current] = "";
      if (text !== "") await this.#write(text);
      if (!this.#ended[this.#current]) return;
    }
  }

  /** Ends and writes all that is left. */
  async endAll(): Promise<void> {
    for (const row of this.#waiting.keys()) this.end(row);
    await this.flush();
  }
}
