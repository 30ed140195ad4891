/**
 * Colour on a terminal, sparingly: what is painted can be read without, and on dark and light. Never in files, pipes or
 * JSON, nor where NO_COLOR is set or the terminal is a dumb one.
 *
 * @module
 */

/** What a terminal is told (SGR). What has a background has a letter colour of its own: xterm's, of 256. */
const CODES = {
  bold: "1",
  dim: "2",
  red: "31",
  cyan: "36",
  // The more, the warmer: black on pale yellow, to black on red.
  warm1: "38;5;16;48;5;230",
  warm2: "38;5;16;48;5;222",
  warm3: "38;5;16;48;5;215",
  warm4: "38;5;16;48;5;210",
  // The less, the cooler: black on pale blue, to black on blue.
  cool1: "38;5;16;48;5;195",
  cool2: "38;5;16;48;5;153",
  cool3: "38;5;16;48;5;117",
  cool4: "38;5;16;48;5;75",
} as const;

/** The name of a style. */
export type Style = keyof typeof CODES;

/** A part of a line that has a style. */
export interface Styled {
  readonly style: Style;
  readonly text: string;
}

/** A part of a line. */
export type Piece = string | Styled;

/** A line, of one part or several. */
export type Line = string | readonly Piece[];

/**
 * Gives a text a style.
 *
 * @param style Its name.
 * @param text A part of a line.
 */
export function styled(style: Style, text: string): Styled {
  return { style, text };
}

/**
 * The parts of a line.
 *
 * @param line The line.
 */
export function piecesOf(line: Line): readonly Piece[] {
  return typeof line === "string" ? [line] : line;
}

/**
 * What a part of a line says.
 *
 * @param piece The part.
 */
export function textOf(piece: Piece): string {
  return typeof piece === "string" ? piece : piece.text;
}

/**
 * What a terminal is sent for a part of a line.
 *
 * @param piece The part.
 * @param text What is shown of it.
 * @returns The text in the part's style.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([paint("a", "a"), paint(styled("bold", "b"), "b")], ["a", "\x1b[1mb\x1b[0m"]);
 * ```
 */
export function paint(piece: Piece, text: string): string {
  return typeof piece === "string" || text === "" ? text : `\x1b[${CODES[piece.style]}m${text}\x1b[0m`;
}

/** Whether the terminal knows nothing but letters and line ends. */
export function isDumb(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TERM" });
  return state === "granted" && Deno.env.get("TERM") === "dumb";
}

/** Whether a terminal may be sent colours. */
export function wantsColour(): boolean {
  return !Deno.noColor && !isDumb();
}
