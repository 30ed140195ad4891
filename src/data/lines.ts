/**
 * A text whose lines are examples of their own: one `\n` begins and ends them all, so that a line is read from a `\n` to
 * the next one, and to a model the start and the end of a line are one token.
 *
 * @module
 */
import type { Ids } from "../ids.ts";
import { counted } from "../messages/printable.ts";
import { Random } from "../random.ts";
import { LINE_END } from "./line_breaks.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A corpus of lines. */
interface Lined {
  readonly ids: Ids;
  readonly vocabulary: Vocabulary;
}

/**
 * Leaves out the lines that are blank, and has each begin and end at a line break.
 *
 * @param ids The ids of a text.
 * @param vocabulary Its vocabulary, which has the line break.
 * @returns The ids, from a line break to a line break.
 * @throws {RangeError} If all lines are blank.
 *
 * @example Usage
 * ```ts
 * import { Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * const vocabulary = Vocabulary.fromText("a b", { newlines: "lines" });
 * assertEquals(vocabulary.decode(toLines(vocabulary.encode("a\n\n \nb"), vocabulary)), "\na\nb\n");
 * ```
 */
export function toLines(ids: Ids, vocabulary: Vocabulary): Ids {
  const end = vocabulary.id(LINE_END);
  const blank = vocabulary.tokens.map((token) => token.trim() === "");
  const lines = new (ids.constructor as Uint32ArrayConstructor)(ids.length + 2);
  lines[0] = end;
  let size = 1; // behind the last line
  let at = 1;
  let isBlank = true;
  for (let i = 0; i <= ids.length; i++) {
    const id = ids[i] ?? end;
    lines[at++] = id;
    if (id !== end) isBlank &&= blank[id]!;
    else {
      if (isBlank) at = size;
      size = at;
      isBlank = true;
    }
  }
  if (size > 1) return lines.slice(0, size);
  throw new RangeError("Cannot make a corpus of lines as all of the text's are blank");
}

/**
 * Where the lines of a corpus begin and end.
 *
 * @param corpus A corpus of lines.
 * @returns The places of its line breaks, one more than there are lines: line n is read from break n to break n + 1.
 */
export function breaksOf({ ids, vocabulary }: Lined): Uint32Array {
  const end = vocabulary.id(LINE_END);
  let count = 0;
  for (const id of ids) if (id === end) count++;
  const places = new Uint32Array(count);
  let at = 0;
  ids.forEach((id: number, place: number) => {
    if (id === end) places[at++] = place;
  });
  return places;
}

/**
 * How many lines a corpus has.
 *
 * @param corpus A corpus of lines.
 * @returns The number of lines.
 */
export function countLines(corpus: Lined): number {
  return breaksOf(corpus).length - 1;
}

/**
 * Takes some lines of a corpus.
 *
 * @param corpus A corpus of lines.
 * @param lines Which ones, from 0.
 * @returns Their ids, from a line break to a line break.
 */
export function takeLines({ ids, vocabulary }: Lined, lines: Iterable<number>): Ids {
  const breaks = breaksOf({ ids, vocabulary });
  const taken = ids.slice();
  let size = 1;
  for (const line of lines) {
    const part = ids.subarray(breaks[line]! + 1, breaks[line + 1]! + 1);
    taken.set(part, size);
    size += part.length;
  }
  return taken.slice(0, size);
}

/**
 * Draws a share of lines, the same whenever it is asked for.
 *
 * @param count How many lines there are.
 * @param fraction The share.
 * @returns Which lines are left, and which are drawn, both in rising order.
 * @throws {RangeError} If none would be left.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const [kept, drawn] = drawLines(10, 0.2);
 * assertEquals([kept.length, drawn.length], [8, 2]);
 * assertEquals(Array.from([...kept, ...drawn]).sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * ```
 */
export function drawLines(count: number, fraction: number): [kept: Uint32Array, drawn: Uint32Array] {
  const taken = Math.max(1, Math.round(count * fraction));
  if (taken >= count) {
    throw new RangeError(
      `Cannot split the corpus as nothing would be left to train on: it has ${
        counted(count, "line")
      }, the fraction to validate on is ${fraction}`,
    );
  }
  const order = Uint32Array.from({ length: count }, (_, line) => line);
  new Random(0).shuffle(order);
  return [order.slice(taken).sort(), order.slice(0, taken).sort()];
}
