/** The examples run as a reader runs them, and their pages name what they use. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as refrain from "../mod.ts";
import { deno } from "./support/clone.ts";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);

Deno.test("the tutorial prints its shapes, a text of random weights, a perplexity and samples", async () => {
  const printed = await deno(["run", "--no-check", "--no-prompt", "examples/tutorial.ts", "1"], {
    cwd: ROOT,
  });
  assertStringIncludes(printed, "consecutiveBatches X");
  assertStringIncludes(printed, "[ 35, 2, 1011 ] [ 35, 2, 256 ] [ 1, 2, 256 ]");
  assertMatch(printed, /\n分开.{10}\nepoch 1, perplexity \d+\.\d{6}, time/);
  assertEquals(printed.match(/\n - 不?分开.{50}/g)?.length, 2);
});

Deno.test("the examples' pages name what there is", async () => {
  const code = await Deno.readTextFile(`${ROOT}examples/tutorial.ts`);
  const known = [...Object.keys(refrain), ...Object.getOwnPropertyNames(refrain.Vocabulary.prototype)];
  for (const page of ["README.md", "README.zh-CN.md"]) {
    const text = await Deno.readTextFile(`${ROOT}examples/${page}`);
    const cells = text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
      line.split(" | ")[1]!
    );
    const called = cells.flatMap((cell) => [...cell.matchAll(/(\w+)\(/g)].map(([, name]) => name!));
    assertEquals(called.filter((name) => !known.includes(name) && !code.includes(`${name}(`)), [], page);
    assert(called.length > 10, page);
  }
});

Deno.test("waves of many lengths are told apart", async () => {
  const printed = await deno(["run", "--no-check", "--no-prompt", "examples/waves.ts", "5"], { cwd: ROOT });
  assertMatch(printed, /^epoch 5, loss \d\.\d{3}, held out \d\.\d{3}, \d+ steps\/s\n/);
  const [, right, all] = /(\d+) of (\d+) series that it has not seen are right\n$/.exec(printed)!;
  assertEquals(Number(all), 240);
  assert(Number(right) > 100, printed); // a third by chance
});
