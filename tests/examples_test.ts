/** The examples run as a reader runs them, and their pages name what they use. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as refrain from "../mod.ts";
import { temporaryFolder } from "./files/temporary_folder.ts";
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

Deno.test("names are drawn that are not in the list", async () => {
  const printed = await deno(["run", "--no-check", "--no-prompt", "examples/names.ts", "10"], { cwd: ROOT });
  const [epoch, held, names, begun] = printed.trimEnd().split("\n");
  assertMatch(epoch!, /^epoch 10, perplexity \d+\.\d{3}$/);
  assertMatch(held!, /^held out: perplexity \d+\.\d{3}, 30 lines, each from a zero state/);
  const drawn = names!.split(" ");
  assertEquals([drawn.length, new Set(drawn).size], [20, 20]);
  assert(drawn.filter((name) => /^[A-Z][a-z]{2,}$/.test(name)).length >= 15, names);
  assert(begun!.split(" ").every((name) => name.startsWith("Al")), begun);
});

Deno.test("waves of many lengths are told apart", async () => {
  const printed = await deno(["run", "--no-check", "--no-prompt", "examples/waves.ts", "5"], { cwd: ROOT });
  assertMatch(printed, /^epoch 5, loss \d\.\d{3}, held out \d\.\d{3}, \d+ steps\/s\n/);
  const [, right, all] = /(\d+) of (\d+) series that it has not seen are right\n$/.exec(printed)!;
  assertEquals(Number(all), 240);
  assert(Number(right) > 100, printed); // a third by chance
});

Deno.test("letters have their kinds, by what follows too", async () => {
  const printed = await deno(["run", "--no-check", "--no-prompt", "examples/tagger.ts", "4"], { cwd: ROOT });
  assertMatch(printed, /\nepoch 4, loss \d\.\d{4}\nsevenseventyseventeen\n[012]{21}\n/);
  const [, right] = /(\d+) of 200 texts that it has not seen are right in every letter\n$/.exec(printed)!;
  assert(Number(right) > 50, printed); // of one direction 10 epochs make a handful
});

/** Sequences as JapaneseVowels has them: the twelve series of a speaker lie about a number of its own. */
function vowels(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const at = (series: number, step: number): string =>
      `${(n % 9 / 9 + Math.sin(series + step) / 9).toFixed(3)}`;
    const steps = 7 + n * 5 % 23;
    const series = Array.from(
      { length: 12 },
      (_, s) => Array.from({ length: steps }, (_, t) => at(s, t)).join(),
    );
    return [...series, n % 9 + 1].join(":");
  });
  return `#What it is\n@dimensions 12\n@data\n${lines.join("\n")}\n`;
}

/** Runs an example where `python3` is a script. */
async function run(example: string, script: string, ...args: string[]): Promise<Deno.CommandOutput> {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/python3`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-run=python3", `examples/${example}.ts`, ...args],
    cwd: ROOT,
    env: { PATH: `${folder.path}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
  }).output();
}

Deno.test({
  name: "who speaks is learnt from what the package has",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(`${folder.path}/both.json`, JSON.stringify([vowels(90), vowels(45)]));
    const { code, stdout } = await run("classify", `cat "${folder.path}/both.json"`, "10");
    assertEquals(code, 0);
    const printed = new TextDecoder().decode(stdout);
    assertMatch(printed, /^epoch 5, loss \d\.\d{4}\nepoch 10, loss \d\.\d{4}\n/);
    const [, right] = /(\d+) of 45 utterances that it has not heard are right\n$/.exec(printed)!;
    assert(Number(right) > 15, printed); // 5 by chance
  },
});

Deno.test({
  name: "data that is out of reach is said in a sentence",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const [example, data] of [["classify", "JapaneseVowels"], ["forecast", "sunspots"]] as const) {
      const { code, stderr } = await run(example, "echo 'there is no network' >&2; exit 1");
      assertEquals(
        [code, new TextDecoder().decode(stderr)],
        [1, `Cannot fetch ${data} with the pip of python3: there is no network\n`],
      );
    }
  },
});

Deno.test({
  name: "spots of the sun are told better than by their last number",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const spots = (year: number): string => (50 + 50 * Math.sin(2 * Math.PI * year / 11)).toFixed(1);
    const rows = Array.from({ length: 309 }, (_, i) => `${1700 + i},${spots(1700 + i)}`);
    await Deno.writeTextFile(`${folder.path}/spots.csv`, ['"YEAR","SUNACTIVITY"', ...rows].join("\n"));
    const { code, stdout } = await run("forecast", `cat "${folder.path}/spots.csv"`, "10");
    assertEquals(code, 0);
    const printed = new TextDecoder().decode(stdout);
    assertMatch(printed, /^epoch 10, loss \d\.\d{4}\n1947 to 2008: RMSE .*\n2009 \**\n(.*\n){10}2020 \**\n$/);
    const [, rmse, naive] = /RMSE ([\d.]+), by the last value ([\d.]+)/.exec(printed)!;
    assert(Number(rmse) < Number(naive) / 2, printed);
  },
});
