/**
 * The only way to standard output and error. A terminal gets each control character as a sign; pipes and files get every
 * byte as it is. Each of the two is judged by itself.
 *
 * @module
 */
import { visible } from "../messages/visible.ts";

/** Code points from here may take two columns of a terminal. */
const WIDE = 0x1100;

/** What bytes are written to. */
export type Stream = Pick<typeof Deno.stdout, "isTerminal" | "write" | "writeSync">;

/** A stream that knows whether it is a terminal. */
export class Output {
  readonly #stream: () => Stream;
  /** Known from the first question on: a terminal that has hung up is none any more. */
  #terminal: boolean | undefined;
  /** Of bytes for a terminal. */
  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /**
   * Writes nothing yet.
   *
   * @param stream Gives the stream, when it is first needed.
   */
  constructor(stream: () => Stream) {
    this.#stream = stream;
  }

  /** Whether it is a terminal. */
  isTerminal(): boolean {
    this.#terminal ??= this.#stream().isTerminal();
    return this.#terminal;
  }

  /**
   * Writes lines. What stands in one, such as a file's name, cannot begin another on a terminal.
   *
   * @param lines The lines, without their ends.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  lines(...lines: readonly string[]): void {
    this.#writeSync(lines.map((line) => `${this.shown(line)}\n`).join(""));
  }

  /**
   * Writes text that has line breaks of its own.
   *
   * @param text Any part of a text.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  async text(text: string): Promise<void> {
    await this.#write(new TextEncoder().encode(this.isTerminal() ? visible(text, "\n") : text));
  }

  /**
   * Writes bytes that need not be a text; what is none is shown as U+FFFD on a terminal.
   *
   * @param bytes Any part of them.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  async bytes(bytes: Uint8Array): Promise<void> {
    if (this.isTerminal()) await this.text(this.#decoder.decode(bytes, { stream: true }));
    else await this.#write(bytes);
  }

  /**
   * Ends bytes: a terminal may wait for the rest of a character.
   *
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  async endBytes(): Promise<void> {
    if (this.isTerminal()) await this.text(this.#decoder.decode());
  }

  /**
   * Writes a text in place of the terminal's last line, which stays open; elsewhere nothing.
   *
   * @param text The text, cut where the terminal ends; an empty one takes the line away.
   */
  overwrite(text: string): void {
    if (this.isTerminal()) this.#writeSync(`\r${cut(visible(text), width() - 1)}\x1b[K`);
  }

  /**
   * A text as it is written here.
   *
   * @param text Any text, a part of a line.
   * @returns The text, without control characters where this is a terminal.
   */
  shown(text: string): string {
    return this.isTerminal() ? visible(text) : text;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const stream = this.#stream();
    for (let done = 0; done < bytes.length;) done += await stream.write(bytes.subarray(done));
  }

  #writeSync(text: string): void {
    const stream = this.#stream();
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  }
}

/** Standard output: results. */
export const stdout: Output = new Output(() => Deno.stdout);

/** Standard error: what goes wrong, and notes beside the results. */
export const stderr: Output = new Output(() => Deno.stderr);

/**
 * Asks a question at the terminal.
 *
 * @param question The question.
 * @returns Whether it was answered with yes.
 */
export function ask(question: string): boolean {
  return confirm(visible(question));
}

/**
 * Has what the library warns of written to standard error like all else.
 *
 * @returns What ends it.
 */
export function takeWarnings(): Disposable {
  const { warn } = console;
  console.warn = (text: unknown) => stderr.lines(String(text));
  return {
    [Symbol.dispose](): void {
      console.warn = warn;
    },
  };
}

/** Columns of the terminal. */
function width(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** The beginning of a text that surely has room in so many columns. */
function cut(text: string, columns: number): string {
  let end = 0;
  for (const character of text) {
    columns -= character.codePointAt(0)! < WIDE ? 1 : 2;
    if (columns < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
