/** How a text is read: each token but the first counts once, and what reading costs. @module */
import { assert, assertEquals } from "@std/assert";
import {
  inOrder,
  inWindows,
  ofParts,
  ofValidation,
  type Reading,
  sideBySide,
} from "../../src/train/reading.ts";

const SIZES = [2, 3, 36, 513, 1024, 1025, 1237, 32_769, 111_539];
const text = (size: number) => ({ size, vocabulary: { kind: "character" } } as const);

/** How often each token is predicted; rows lie within the text and within what the reading says. */
function countsOf(size: number, { rows: most, steps, sweeps }: Reading): Uint8Array {
  const counts = new Uint8Array(size);
  for (const rows of sweeps()) {
    assert(rows.length <= most);
    for (const { start, from, end } of rows) {
      assert(0 <= start && start <= from && from < end && end < size && end - start <= steps);
      for (let token = from + 1; token <= end; token++) counts[token]!++;
    }
  }
  return counts;
}

Deno.test("every reading predicts each token but the first, once", () => {
  for (const size of SIZES) {
    const readings = [
      inOrder(text(size)),
      ofValidation(text(size)),
      ...[1, 2, 7, 64, 200].filter((rows) => rows < size).map((rows) => sideBySide(text(size), rows)),
      ...[1, 5, 35, 1024, 10 ** 6].map((length) => inWindows(text(size), length)),
    ];
    const once = new Uint8Array(size).fill(1, 1);
    for (const reading of readings) assertEquals(countsOf(size, reading), once, `${size}: ${reading.words}`);
  }
});

Deno.test("a text of parts has each token but the first of each part predicted, once, from its part alone", () => {
  for (const [parts, length] of [[2, 2], [3, 36], [65, 7], [100, 321]] as const) {
    const whole = { size: parts * length, parts, vocabulary: { kind: "character" } } as const;
    const once = new Uint8Array(parts * length).map((_, token) => token % length === 0 ? 0 : 1);
    for (
      const reading of [
        ofParts(whole),
        ofValidation(whole),
        ...[1, 5, 64, 1000].map((size) => inWindows(whole, size)),
      ]
    ) {
      assertEquals(countsOf(whole.size, reading), once, `${parts}: ${reading.words}`);
      for (const rows of reading.sweeps()) {
        for (const { start, end } of rows) {
          assertEquals(Math.floor(start / length), Math.floor(end / length), reading.words);
        }
      }
    }
  }
});

Deno.test("a row reads the 256 tokens before its part, as far as there are any", () => {
  const [rows] = sideBySide(text(1237), 7).sweeps();
  for (const { start, from } of rows!) assertEquals(start, Math.max(0, from - 256));
});

Deno.test("a validation takes rows by its length, and reads half again as many tokens at most", () => {
  const rows = SIZES.map((size) => ofValidation(text(size)).rows);
  assertEquals(rows, [1, 1, 1, 1, 1, 2, 2, 64, 64]);
  for (let size = 2; size < 200_000; size = Math.ceil(size * 1.1)) {
    const [all] = ofValidation(text(size)).sweeps();
    const read = all!.reduce((sum, { start, end }) => sum + end - start, 0);
    assert(read <= 1.5 * (size - 1), `${size} tokens: ${read} are read`);
  }
});
