/**
 * Many lines on standard output, a block at a time.
 *
 * @module
 */

/** Characters of a block. */
const BLOCK = 2 ** 14;

/** Collects lines and writes them. */
export class LineWriter {
  #text = "";

  /**
   * Takes a line.
   *
   * @param line The line, without its end.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= BLOCK) this.flush();
  }

  /**
   * Writes what was collected.
   *
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  flush(): void {
    const bytes = new TextEncoder().encode(this.#text);
    this.#text = "";
    for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
  }
}
