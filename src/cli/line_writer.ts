/**
 * Many lines on standard output, a block at a time.
 *
 * @module
 */
import { stdout } from "./output.ts";
import { type Line, piecesOf, textOf } from "./style.ts";

/** Characters of a block. */
const BLOCK = 2 ** 14;

/** Collects lines and writes them. */
export class LineWriter {
  #lines: Line[] = [];
  #length = 0;

  /**
   * Takes a line.
   *
   * @param line The line, without its end.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  write(line: Line): void {
    this.#lines.push(line);
    for (const piece of piecesOf(line)) this.#length += textOf(piece).length;
    if (this.#length >= BLOCK) this.flush();
  }

  /**
   * Writes what was collected.
   *
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  flush(): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#length = 0;
    stdout.lines(...lines);
  }
}
