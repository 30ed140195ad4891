/**
 * Standard input, line by line: nothing is read before it is asked for, so that a program may end with lines unread.
 *
 * @module
 */
import { StrictDecoder } from "../../data/strict_decoder.ts";

/** Bytes that are read at a time. */
const CHUNK = 2 ** 16;

/** Characters of a line, at most: as many as a file of one prefix may have. */
const LONGEST = 2 ** 24;

/**
 * Reads lines.
 *
 * @param input Standard input.
 * @returns The lines as they come, without their ends.
 * @throws {SyntaxError} If it is not UTF-8.
 * @throws {RangeError} If a line is too long.
 */
export async function* linesIn(
  input: Pick<typeof Deno.stdin, "read">,
): AsyncGenerator<string, void, void> {
  const decoder = new StrictDecoder("utf-8", "standard input");
  const bytes = new Uint8Array(CHUNK);
  let text = "";
  for (;;) {
    const size = await input.read(bytes);
    if (size === null) break;
    text += decoder.push(bytes.slice(0, size));
    const lines = text.split(/\r?\n/);
    text = lines.pop()!;
    if (text.length > LONGEST) {
      throw new RangeError(
        `Cannot go on from a line of standard input as it has more than ${LONGEST} characters`,
      );
    }
    yield* lines;
  }
  decoder.end();
  if (text !== "") yield text;
}
