/** The examples run as a reader runs them, and their pages name what they use. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as refrain from "../mod.ts";
import { temporaryFolder } from "./files/temporary_folder.ts";
import { zipFile } from "./files/zip_files.ts";
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

Deno.test("who speaks is learnt from what the package's index has", async () => {
  const folder = "aeon/datasets/data/JapaneseVowels/JapaneseVowels_";
  const files = {
    "aeon/__init__.py": "",
    [`${folder}TEST.ts`]: vowels(45),
    [`${folder}TRAIN.ts`]: vowels(90),
  };
  const members = Object.entries(files).map(([name, text]) => ({
    name,
    bytes: new TextEncoder().encode(text),
  }));
  const wheel = `data:application/zip;base64,${(await zipFile(members)).toBase64()}`;
  const urls = [{ packagetype: "sdist", url: "" }, {
    packagetype: "bdist_wheel",
    url: "https://files/aeon.whl",
  }];
  await using temporary = await temporaryFolder();
  const index = `${temporary.path}/index.ts`;
  await Deno.writeTextFile(
    index,
    `const real = fetch;
    globalThis.fetch = (url) =>
      url === "https://pypi.org/pypi/aeon/1.6.0/json" ? Promise.resolve(Response.json({ urls: ${
      JSON.stringify(urls)
    } }))
      : real(url === "https://files/aeon.whl" ? "${wheel}" : "data:,");`,
  );
  const args = ["run", "--no-check", "--no-prompt", "--preload", index, "examples/classify.ts", "10"];
  const printed = await deno(args, { cwd: ROOT });
  assertMatch(printed, /^epoch 5, loss \d\.\d{4}\nepoch 10, loss \d\.\d{4}\n/);
  const [, right] = /(\d+) of 45 utterances that it has not heard are right\n$/.exec(printed)!;
  assert(Number(right) > 15, printed); // 5 by chance
});

Deno.test("data that is out of reach is said in a sentence", async () => {
  const args = ["run", "--no-check", "--no-prompt", "examples/classify.ts"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  assertMatch(
    new TextDecoder().decode(stderr),
    /^Cannot fetch JapaneseVowels from https:\/\/pypi\.org\/\S+: Requires net access to "pypi\.org:443".*\n$/,
  );
  assertEquals(code, 1);
});
