/**
 * A line that is written over and over while something lasts: on a terminal only, as pipes and files keep all of it.
 *
 * @module
 */
import { type Output, stderr } from "./output.ts";
import type { Line } from "./style.ts";
import { isQuiet } from "./results.ts";

/** Milliseconds from one text to the next. */
const PAUSE = 100;

/** A live line. */
export class LiveLine implements Disposable {
  readonly #output: Output;
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
  constructor(output: Output = stderr, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#shows = output.overwrites() && !isQuiet();
  }

  /**
   * Writes a text in place of the one before, unless that is younger than a tenth of a second.
   *
   * @param text Gives one line, of so many columns; it is cut where the terminal ends.
   */
  show(text: (columns: number) => Line): void {
    if (!this.#shows || this.#now() - this.#last < PAUSE) return;
    this.#write(text(this.#output.columns - 1));
    this.#last = this.#now();
    this.#visible = true;
  }

  /** Takes the text away, for lines that stay. */
  clear(): void {
    if (this.#visible) this.#write("");
    this.#visible = false;
  }

  /** Takes the text away. */
  [Symbol.dispose](): void {
    this.clear();
  }

  #write(text: Line): void {
    try {
      this.#output.overwrite(text);
    } catch {
      // the terminal was closed: nobody looks at it
    }
  }
}
