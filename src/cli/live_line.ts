/**
 * A line that is written over and over while something lasts: on a terminal only, as pipes and files keep all of it.
 *
 * @module
 */

/** Milliseconds from one text to the next. */
const PAUSE = 100;

/** What a line is written to. */
export type LiveOutput = Pick<typeof Deno.stderr, "isTerminal" | "writeSync">;

/** A live line. */
export class LiveLine implements Disposable {
  readonly #output: LiveOutput;
  readonly #shows: boolean;
  readonly #now: () => number;
  #last = -Infinity;
  #visible = false;

  /**
   * Shows nothing yet.
   *
   * @param output Standard error, or another one.
   * @param now A clock in milliseconds.
   */
  constructor(output: LiveOutput = Deno.stderr, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#shows = output.isTerminal();
  }

  /**
   * Writes a text in place of the one before, unless that is younger than a tenth of a second.
   *
   * @param text Gives one line; it is cut where the terminal ends.
   */
  show(text: () => string): void {
    if (!this.#shows || this.#now() - this.#last < PAUSE) return;
    this.#write(`\r${text().slice(0, width() - 1)}\x1b[K`);
    this.#last = this.#now();
    this.#visible = true;
  }

  /** Takes the text away, for lines that stay. */
  clear(): void {
    if (this.#visible) this.#write("\r\x1b[K");
    this.#visible = false;
  }

  /** Takes the text away. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #write(text: string): void {
    try {
      this.#output.writeSync(new TextEncoder().encode(text));
    } catch {
      // the terminal was closed: nobody looks at it
    }
  }
}

/** Columns of the terminal. */
function width(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
