/**
 * Standard input, line by line: nothing is read before it is asked for, so that a program may end with lines unread. A line
 * is decoded by itself, so that what is no UTF-8 spoils no other.
 *
 * @module
 */
import { StrictDecoder } from "../../data/strict_decoder.ts";
import { joinBytes } from "../../join_bytes.ts";
import { asNoUtf8 } from "../prefixes.ts";

/** Bytes that are read at a time. */
const CHUNK = 2 ** 16;

/** Bytes of a line, at most: as many as a file of one prefix may have characters. */
const LONGEST = 2 ** 24;

const LINE_END = 0x0a;

/**
 * Reads lines.
 *
 * @param input Standard input.
 * @returns The bytes of each line as they come, without its line feed.
 * @throws {RangeError} If a line is too long.
 */
export async function* linesIn(
  input: Pick<typeof Deno.stdin, "read">,
): AsyncGenerator<Uint8Array, void, void> {
  const bytes = new Uint8Array(CHUNK);
  let open: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const size = await input.read(bytes);
    if (size === null) break;
    let rest = bytes.slice(0, size);
    for (let end = rest.indexOf(LINE_END); end !== -1; end = rest.indexOf(LINE_END)) {
      yield joinBytes([...open, rest.subarray(0, end)]);
      open = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    open.push(rest);
    length += rest.length;
    if (length > LONGEST) {
      throw new RangeError(
        `Cannot go on from a line of standard input as it has more than ${LONGEST} bytes`,
      );
    }
  }
  if (length > 0) yield joinBytes(open);
}

/**
 * What a line says.
 *
 * @param line The bytes of linesIn().
 * @returns Its text, without a carriage return at its end.
 * @throws {SyntaxError} If it is not UTF-8.
 */
export function textOfLine(line: Uint8Array): string {
  const decoder = new StrictDecoder("utf-8", "a line of standard input");
  try {
    const text = decoder.push(line);
    decoder.end();
    return text.replace(/\r$/, "");
  } catch (cause) {
    throw asNoUtf8(cause, "give it as UTF-8");
  }
}
