/**
 * Text of comma-separated values as rows of cells: RFC 4180, with a byte order mark, any line breaks, and semicolons or tabs
 * in place of commas where the first row has those alone.
 *
 * @module
 */
import { counted } from "../messages/printable.ts";

/**
 * Cuts a text into cells. Rows are counted from 1, the header among them, as spreadsheets do.
 *
 * @param text The text.
 * @param separator What parts cells; that of the first row where it is not given.
 * @returns The rows; a blank line is none, and is counted. Between rows of one cell it is an empty one.
 * @throws {SyntaxError} If a cell that begins with a quotation mark does not end with its pair, or a row has another number of cells.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const rows = readCsv('\ufeffyear,"spots,\n""new"""\r\n1700,5\r\n');
 * assertEquals(rows, [{ row: 1, cells: ["year", 'spots,\n"new"'] }, { row: 2, cells: ["1700", "5"] }]);
 * ```
 */
export function readCsv(
  text: string,
  separator: string = separatorOf(text),
): { row: number; cells: string[] }[] {
  const body = text.replace(/^\ufeff/, "");
  // A cell, quoted or not, and what ends it.
  const cell = new RegExp(
    `("[^"]*(?:""[^"]*)*"|[^"${separator}\r\n][^${separator}\r\n]*|)(${separator}|\r\n|\n|\r|$)`,
    "y",
  );
  const rows: { row: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let blank: typeof rows = [];
  for (let row = 1; cell.lastIndex < body.length || cells.length > 0;) {
    const found = cell.exec(body);
    if (!found) throw broken(row, cells.length + 1, "its quotation marks are not in pairs around it");
    const [, content = "", end] = found;
    cells.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content.trim());
    if (end === separator) continue;
    const { cells: header } = rows[0] ?? { cells };
    if (cells.length === 1 && cells[0] === "") {
      if (rows.length > 0 && header.length === 1) blank.push({ row, cells });
    } else if (cells.length !== header.length) {
      throw new SyntaxError(
        `Cannot read the table as row ${row} has ${
          counted(cells.length, "cell")
        }: its first row has ${header.length}`,
      );
    } else {
      for (const empty of blank) rows.push(empty);
      rows.push({ row, cells });
      blank = [];
    }
    cells = [];
    row++;
    if (end === "") break;
  }
  return rows;
}

/**
 * A cell as a row parted by commas has it.
 *
 * @param text Any text.
 * @returns It, in quotation marks where it takes them.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["a b", "a,b", 'a "b"', ""].map(cellOf), ["a b", '"a,b"', '"a ""b"""', '""']);
 * ```
 */
export function cellOf(text: string): string {
  return /[",\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What stands between the cells of the first row, outside of quotation marks. */
function separatorOf(text: string): string {
  const first = /^[\ufeff\r\n]*(?:"[^"]*(?:""[^"]*)*"|[^"\r\n])*/.exec(text)![0].replace(
    /"[^"]*(?:""[^"]*)*"/g,
    "",
  );
  return [",", ";", "\t"].find((mark) => first.includes(mark)) ?? ",";
}

function broken(row: number, column: number, reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the table as cell ${column} of row ${row} is broken: ${reason}`);
}
