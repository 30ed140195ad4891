/** What ranks come to beside one process. @module */
import { assert, assertEquals } from "@std/assert";

/** What the order of sums may change of a loss. */
const TOLERANCE = 1e-5;

/** Checks that losses are those of one process, to rounding. */
export function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  const off = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  assert(off <= TOLERANCE, `off by ${off}`);
}
