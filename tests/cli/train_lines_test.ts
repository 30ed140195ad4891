/** `train --lines`, and what the other commands do with such a run. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result } from "./spawn.ts";

const NAMES =
  "anna bert carla dora emil frida gustav hanna ida jakob karl lena mona nora otto paula rosa sven"
    .split(" ");

const folder = await temporaryFolder();
const cwd = folder.path;
await Deno.writeTextFile(`${cwd}/names.txt`, `\ufeff${NAMES.join("\r\n")}\r\n\r\n  \r\n`);
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

function run(args: string): Promise<Result> {
  return refrain(`${args} --device wasm`.split(" "), { cwd });
}

async function printed(args: string): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

const SMALL = "--hidden-size 24 --batch-size 4 --learning-rate 0.02 --validation-split 0.12 --threads 1";
const TRAIN = `train --lines --corpus names.txt ${SMALL}`;
const trained = run(`${TRAIN} --epochs 40 --log-every 10 --out whole`);

Deno.test("train --lines tells of lines, and shows some that end by themselves", async () => {
  const { code, stdout, stderr } = await trained;
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "\ntext    18 lines\n");
  assertStringIncludes(stdout, "in lines drawn from all of it are for validation: 2 lines, each from a zero");
  assertMatch(
    stdout,
    /\nepoch +4 steps of 4 lines, padded to \d lengths, the longest 6 characters; 40 epochs/,
  );
  assertMatch(stdout, /\nepoch 40, perplexity .*\n( - [a-z]+\n){5}\n/);
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/whole/config.json`));
  assertEquals([config.lines, config.newlines, config.facts.lines], [true, null, 18]);
});

Deno.test("a run of lines that was stopped goes on with the same bits", async () => {
  await trained;
  await printed(`${TRAIN} --epochs 40 --log-every 10 --stop-after 70 --out parts`);
  await printed("train --resume parts");
  const [whole, parts] = await Promise.all(
    ["whole", "parts"].map((name) => Deno.readFile(`${cwd}/${name}/model.safetensors`)),
  );
  assertEquals(parts, whole);
  const { code, stdout } = await refrain(["verify", "parts"], { cwd });
  assertEquals(code, 0, stdout);
});

Deno.test("generate writes a line each, as many and as long as it is asked for", async () => {
  await trained;
  const lines = async (args: string): Promise<string[]> =>
    (await printed(`generate whole ${args}`)).trimEnd().split("\n");
  const many = await lines("--count 40 --seed 3");
  assertEquals(many.length, 40);
  assert(many.every((line) => /^[a-z]+$/.test(line)), many.join());
  assertEquals(await lines("--count 7 --seed 3"), many.slice(0, 7));
  const long = await lines("--count 20 --min-length 6 --max-length 7");
  assert(long.every(({ length }) => length === 6 || length === 7), long.join());
  const begun = await lines("--count 3 --starts-with an --starts-with b --temperature 2");
  assertEquals(begun.map((line) => /^(an|b)/.exec(line)?.[1]), ["an", "an", "an", "b", "b", "b"]);
  await Deno.writeTextFile(`${cwd}/begun.txt`, "an\r\n"); // as editors end a file
  assertEquals(await lines("--count 3 --prefix-file begun.txt --temperature 2"), begun.slice(0, 3));
  const fresh = await lines("--count 30 --unique --not-in names.txt");
  assertEquals(new Set(fresh).size, 30);
  assertEquals(fresh.filter((line) => NAMES.includes(line)), []);
  const [first] = (await printed("generate whole --starts-with an --json")).split("\n");
  const told = JSON.parse(first!);
  assertEquals([told.row, told.prefix, told.end], [0, "an", "stop"]);
  assertEquals(
    await printed("generate whole --starts-with anna --max-length 4 --json"),
    '{"row":0,"prefix":"anna","text":"anna","end":"length"}\n',
  );
});

Deno.test("what cannot be found is one sentence behind what was", async () => {
  await trained;
  const { code, stdout, stderr } = await run("generate whole --count 5 --unique --temperature 0");
  await Deno.writeTextFile(`${cwd}/drawn.txt`, stdout);
  assertEquals([code, stdout.split("\n").length], [1, 2]);
  assertMatch(stderr, /^error: Cannot find 5 lines that differ from each other: 1 was found in 1,000 tries/);
  const endless = await run("generate whole --count 3000000000 --unique --temperature 0");
  assertMatch(endless.stderr, /Cannot find 3,000,000,000 lines .*: 1 was found in 1,000 tries/);
  const known = await run("generate whole --temperature 0 --not-in names.txt --not-in drawn.txt");
  assertMatch(known.stderr, /Cannot find 1 line that is not in "names.txt", "drawn.txt": 0 were found/);
  const refusals = [
    [
      "--min-length 9 --max-length 8",
      2,
      'Cannot use "--min-length 9" with "--max-length 8": no line could end',
    ],
    [
      "--starts-with anna --max-length 3",
      2,
      '"--starts-with anna" with "--max-length 3": it has 4 characters',
    ],
    ["--min-length 201", 2, '"--min-length 201" with "--length 200": lines would have fewer'],
    ["--starts-with a --starts-with anna --max-length 3", 2, "it has 4 characters"],
    [
      "--starts-with Q --max-length 3",
      1,
      'Cannot go on from prefix "Q" with its character "Q" (U+0051) at position 1',
    ],
    ["--not-in none.txt", 1, 'Cannot read "none.txt": no such file'],
    ["--interactive", 2, "it draws lines, each from its beginning"],
  ] as const;
  for (const [args, exit, sentence] of refusals) {
    const refused = await run(`generate whole ${args}`);
    assertEquals([refused.code, refused.stdout], [exit, ""]);
    assertStringIncludes(refused.stderr, sentence);
  }
});

Deno.test("evaluate, score and inspect read line by line, what was held out among it", async () => {
  await trained;
  const all = await printed("evaluate whole --corpus names.txt");
  assertMatch(all, /measured +18 lines, each from a zero state, 96 of 97 characters predicted\n/);
  const half = await printed("evaluate whole --corpus names.txt --validation-split 0.5");
  assertMatch(half, /held out 0\.12 of this text, in lines drawn from all of it\n/);
  const held = await printed("evaluate whole --corpus names.txt --split tail");
  assertMatch(held, /part +0\.12 of the text, in lines drawn from all of it\n/);
  const log = (await Deno.readTextFile(`${cwd}/whole/log.jsonl`)).trimEnd().split("\n");
  const best = Math.min(...log.map((line) => JSON.parse(line).validationLoss));
  assertStringIncludes(held, `loss                ${best.toFixed(6).slice(0, 6)}`);
  await Deno.writeTextFile(`${cwd}/twice.txt`, [...NAMES, ...NAMES].join("\n"));
  const seen = await printed("inspect whole --text twice.txt --no-save --quiet");
  assertMatch(seen, /text +twice\.txt: 36 lines, each from a zero state, 192 of 193 characters read\n/);
  const { stdout } = await run("score whole --text hanna");
  assertMatch(
    stdout,
    /"\\n"\n\nsum of ln p -\d+\.\d+: each line from a zero state, 6 of 7 characters predicted/,
  );
});

Deno.test("what lines have no use for is refused by a sentence", async () => {
  const reason = '" with "--lines": each line is an example of its own, from a zero state';
  const flags = ["--num-steps 9", "--sampling random", "--carry-state", "--reset-probability 0.5"];
  for (const flag of [...flags, "--split rows", "--newlines keep"]) {
    const { code, stderr } = await run(`train --lines --corpus names.txt ${flag}`);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `Cannot use "${flag}${reason}`);
  }
  await trained;
  await Deno.writeTextFile(`${cwd}/text.txt`, "fa la do re mi ".repeat(40));
  await printed(`train --corpus text.txt --epochs 1 --hidden-size 8 --out text`);
  const other = await run("generate text --unique");
  assertEquals(other.code, 2);
  assertStringIncludes(
    other.stderr,
    "it was trained on running text, and train --lines makes models of lines",
  );
  const start = await run("train --lines --corpus names.txt --init-from text");
  assertStringIncludes(
    start.stderr,
    '"--lines" with "--init-from text": its model was trained on running text',
  );
});

Deno.test("one line is a list, and a run of lines is gone on from without the flag", async () => {
  await trained;
  await Deno.writeTextFile(`${cwd}/one.txt`, "anna");
  const one = await printed("train --lines --corpus one.txt --epochs 30 --learning-rate 0.05 --out one");
  assertStringIncludes(one, "\nepoch   1 step of 1 line, padded to 1 length, the longest 4 characters");
  assertEquals(await printed("generate one --temperature 0"), "anna\n");
  const on = await printed("train --corpus names.txt --init-from whole --epochs 1 --out on");
  assertStringIncludes(on, "\ntext    18 lines\n");
  assertEquals(JSON.parse(await Deno.readTextFile(`${cwd}/on/config.json`)).lines, true);
});
