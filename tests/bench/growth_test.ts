/** Sizes whose speed is measured, and what is a hole among them. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { holesOf, pointsOf } from "../../bench/growth/points.ts";

Deno.test("a hole is below 60 % of what smaller and larger sizes reach, at the upper end of smaller ones", () => {
  assertEquals(holesOf([10, 20, 11, 20, 30]), [2]);
  assertEquals(holesOf([10, 20, 13, 20, 30]), []);
  assertEquals(holesOf([10, 20, 11, 10, 30]), [2, 3]);
  assertEquals(holesOf([10, 20, 30, 17]), [3]);
  assertEquals(holesOf([1, 20, 30, 30]), [], "the lower end is small");
});

Deno.test("on an axis one size grows, all others are those of H1", () => {
  const sizes = pointsOf("gru", "B").map(({ sizes }) => sizes);
  assertEquals(
    sizes.map(({ batchSize }) => batchSize),
    sizes.map(({ batchSize }) => batchSize).toSorted((a, b) => a - b),
  );
  assertEquals([sizes[0]!.batchSize, sizes.at(-1)!.batchSize], [1, 256]);
  const others = { cell: "gru", numLayers: 1, hiddenSize: 256, vocabularySize: 1027, numSteps: 35 };
  for (const { batchSize: _, ...rest } of sizes) assertEquals(rest, others as typeof rest);
});

Deno.test("each size has a rate, and a share of what registers give", async () => {
  const bench = new URL("../../bench/growth.ts", import.meta.url).href;
  const args = ["run", "-A", "--no-check", bench, "--seconds", "0"];
  const chosen = ["--cells", "rnn,gru", "--axes", "T", "--sizes", "1,16"];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args, ...chosen],
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(code, 0);
  assertMatch(lines[0]!, /registers alone: [\d.,]+ GFLOP\/s$/);
  const cells = lines.slice(4, -2).map((line) => line.split("|").map((cell) => cell.trim()));
  assertEquals(cells.map((row) => [row[1], row[6]]), [["rnn", "1"], ["rnn", "16"], ["gru", "1"], [
    "gru",
    "16",
  ]]);
  for (const line of lines.slice(4, -2)) assertMatch(line, /\| +[\d.,]+ (ms|s|µs) \| +[\d.,]+ \| +\d+ % \|/);
  assertMatch(lines.at(-1)!, /^Holes below 60 % of those beside them: \d+$/);
});
