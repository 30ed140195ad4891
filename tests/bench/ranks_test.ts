/** The arithmetic of sums over many hosts. @module */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { kept, ringSeconds, rowsToKeep } from "../../bench/ranks/ring.ts";

const NETWORK = { name: "slow", bandwidth: 1e9, latency: 1e-3 };
const MEASURED = { bytes: 8e6, local: 2e-3, step: 0.04, rows: 10 };

Deno.test("a ring sends all but a part in N twice, in 2 (N - 1) messages", () => {
  assertAlmostEquals(ringSeconds(4, NETWORK, MEASURED), 2 * 3 / 4 * 8e-3 + 6e-3 + 2e-3);
  assertAlmostEquals(ringSeconds(1, NETWORK, MEASURED), 2e-3);
});

Deno.test("what is kept is the step's share, and grows with the rows of a rank", () => {
  assertAlmostEquals(kept(4, NETWORK, MEASURED), 2 / 3);
  const rows = rowsToKeep(0.9, 4, NETWORK, { ...MEASURED, step: 0.041 });
  assertEquals(rows, 44); // of 0.0041 s each, beside a sum of 0.02 s
  assert(kept(4, NETWORK, { ...MEASURED, rows, step: 0.0041 * rows }) >= 0.9);
  assert(kept(4, NETWORK, { ...MEASURED, rows, step: 0.0041 * (rows - 1) }) < 0.9);
});
