/**
 * The only way to standard output and error. A terminal gets each control character as a sign; pipes and files get every
 * byte as it is. Each of the two is judged by itself.
 *
 * @module
 */
import { visible } from "../messages/visible.ts";
import { cutToWidth, displayWidth } from "./display_width.ts";
import { isDumb, type Line, paint, piecesOf, textOf, wantsColour } from "./style.ts";

/** What bytes are written to. */
export type Stream = Pick<typeof Deno.stdout, "isTerminal" | "write" | "writeSync">;

/** A stream that knows whether it is a terminal. */
export class Output {
  readonly #stream: () => Stream;
  readonly #wantsColour: () => boolean;
  /** Known from the first question on: a terminal that has hung up is none any more. */
  #terminal: boolean | undefined;
  #colour: boolean | undefined;
  /** Of bytes for a terminal. */
  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /**
   * Writes nothing yet.
   *
   * @param stream Gives the stream, when it is first needed.
   * @param colour Whether a terminal is sent colours.
   */
  constructor(stream: () => Stream, colour: () => boolean = wantsColour) {
    this.#stream = stream;
    this.#wantsColour = colour;
  }

  /** Whether it is a terminal. */
  isTerminal(): boolean {
    this.#terminal ??= this.#stream().isTerminal();
    return this.#terminal;
  }

  /** Takes it for none, where what looks like one is read by another program. */
  beNoTerminal(): void {
    this.#terminal = false;
    this.#colour = false;
  }

  /** Whether styles are seen here. */
  hasColour(): boolean {
    this.#colour ??= this.isTerminal() && this.#wantsColour();
    return this.#colour;
  }

  /** Columns of the terminal; 80 where that is not known. */
  get columns(): number {
    try {
      return Deno.consoleSize().columns || 80;
    } catch {
      return 80;
    }
  }

  /**
   * Writes lines. What stands in one, such as a file's name, cannot begin another on a terminal.
   *
   * @param lines The lines, without their ends.
   * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
   */
  lines(...lines: readonly Line[]): void {
    this.#writeSync(lines.map((line) => `${this.#painted(line)}\n`).join(""));
  }

  /** A line as it is written here; where a room of columns is given, cut at its end. */
  #painted(line: Line, room?: number): string {
    const colour = this.hasColour();
    return piecesOf(line).map((piece) => {
      let text = this.shown(textOf(piece));
      if (room !== undefined) {
        text = cutToWidth(text, room);
        room -= displayWidth(text);
      }
      return colour ? paint(piece, text) : text;
    }).join("");
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
   * Writes a beginning of a line, at whose end somebody may type.
   *
   * @param line The line, without its end.
   */
  openLine(line: Line): void {
    this.#writeSync(this.#painted(line));
  }

  /** Whether a line can be written over: on a terminal that knows how. */
  overwrites(): boolean {
    return this.isTerminal() && !isDumb();
  }

  /**
   * Writes a line in place of the terminal's last one, which stays open; elsewhere nothing.
   *
   * @param line The line, cut where the terminal ends; an empty one takes it away.
   */
  overwrite(line: Line): void {
    if (!this.overwrites()) return;
    this.#writeSync(`\r${this.#painted(line, this.columns - 1)}\x1b[K`);
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
 * Has what the library warns of written as this program writes.
 *
 * @param say Takes a line; standard error by default.
 * @returns What ends it.
 */
export function takeWarnings(say: (line: string) => void = (line) => stderr.lines(line)): Disposable {
  const { warn } = console;
  console.warn = (text: unknown) => say(String(text));
  return {
    [Symbol.dispose](): void {
      console.warn = warn;
    },
  };
}
