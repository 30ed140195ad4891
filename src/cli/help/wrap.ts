/**
 * Lines of help, none wider than a terminal.
 *
 * @module
 */
import { displayWidth } from "../display_width.ts";

/** Columns before everything that stands under a heading. */
const INDENT = 2;

/** The share of a line that flags may take: what is said of a longer one begins on the next line. */
const FIRST_COLUMN = 0.36;

/**
 * Breaks a text into lines, at spaces where that can be.
 *
 * @param text The text, in one line.
 * @param columns The most that a line may have.
 * @param indents What stands before the first line, and before all others.
 * @returns The lines.
 */
export function wrap(
  text: string,
  columns: number,
  [first, other]: readonly [first: string, other: string] = ["", ""],
): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ").flatMap((word) => piecesOf(word, columns - displayWidth(other)))) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (isEmpty || displayWidth(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = other + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

/** A word in pieces that have room in a line. */
function piecesOf(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && displayWidth(piece + character) > columns) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

/**
 * Two columns: names, and what is said of each.
 *
 * @param rows The rows.
 * @param columns The most that a line may have.
 * @param names The names that the first column has room for; those of the rows by default.
 * @returns The lines; a name that is too long has a line of its own.
 */
export function twoColumns(
  rows: readonly (readonly [name: string, text: string])[],
  columns: number,
  names: readonly string[] = rows.map(([name]) => name),
): string[] {
  const most = Math.floor(columns * FIRST_COLUMN) - 2 * INDENT;
  const room = Math.max(0, ...names.map(displayWidth).filter((width) => width <= most));
  const margin = " ".repeat(room + 2 * INDENT);
  const indent = " ".repeat(INDENT);
  return rows.flatMap(([name, text]) => {
    const width = displayWidth(name);
    if (width > room) {
      return [...wrap(name, columns, [indent, indent]), ...wrap(text, columns, [margin, margin])];
    }
    return wrap(text, columns, [`${indent}${name}${" ".repeat(room - width)}${indent}`, margin]);
  });
}

/**
 * A command that people can copy, over several lines where one has no room for it.
 *
 * @param words Its words, as a shell takes them.
 * @param columns The most that a line may have.
 * @param windows Whether the shell is one of Windows.
 * @returns The lines; a shell goes on behind the sign at the end of one.
 */
export function commandLines(words: readonly string[], columns: number, windows: boolean): string[] {
  const sign = windows ? " `" : " \\";
  const lines: string[] = [];
  let line = " ".repeat(INDENT);
  const pieces = withValues(words);
  for (const [index, word] of pieces.entries()) {
    const longer = index === 0 ? line + word : `${line} ${word}`;
    const isLast = index === pieces.length - 1;
    if (index > 0 && displayWidth(isLast ? longer : longer + sign) > columns) {
      lines.push(line + sign);
      line = " ".repeat(2 * INDENT) + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Words of which a flag and its value are one, so that both stand in a line. */
function withValues(words: readonly string[]): string[] {
  const pieces: string[] = [];
  for (const word of words) {
    const last = pieces.at(-1);
    if (last?.startsWith("--") && !/[= ]/.test(last) && !word.startsWith("-")) {
      pieces.splice(-1, 1, `${last} ${word}`);
    } else pieces.push(word);
  }
  return pieces;
}
