/** What is gone on from: the command line's, a file's, a run's, a text's own beginning; and commands to copy. @module */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Corpus, generate, load, openDevice, save } from "../../mod.ts";
import { beginningOf, trainPrefixes } from "../../src/cli/prefixes.ts";
import { inALine } from "../../src/cli/wording.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { shell } from "./shell.ts";
import { refrain, type Result, withFlags } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

const SMALL = "--batch-size 2 --num-steps 5 --hidden-size 5 --epochs 1 --length 6 --device wasm --threads 1";

async function train(out: string, flags: string): Promise<string> {
  const { code, stdout, stderr } = await refrain([
    "train",
    "--preset=tutorial",
    ...withFlags(SMALL, flags),
    `--out=${out}`,
  ], {
    cwd,
  });
  assertEquals([code, stderr], [0, ""], flags);
  return stdout;
}

async function configOf(out: string): Promise<{ prefix: string[]; temperature: number }> {
  return JSON.parse(await Deno.readTextFile(`${cwd}/${out}/config.json`));
}

/** Texts that a shell, a terminal or a parser of flags would read as something else. */
const ODD = [
  "--corpus is where it begins\n",
  "-n -e\n",
  'it\'s a "quote" and `another` \\ here\n',
  "$HOME ${PATH} $(rm nothing) !! # ~\n",
  "\n\n  line breaks first\n",
  "spaces at the end   \nand more\n",
  "\x1b[31mred\x07 and \x7f\n",
  "a\0NUL and more\n",
  "👩‍👩‍👧 and 𠮷 and é\n",
  "=ls *? [a-z] {a,b} & ; | < > ( )\n",
  "\t\ttabs, and\r\nCR LF\r\n",
  "a",
];

Deno.test({
  name: "the command that train prints runs as it stands, whatever the text begins with",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const [index, text] of ODD.entries()) {
      await Deno.writeTextFile(`${cwd}/odd.txt`, text.padEnd(11, "xy").repeat(6));
      const out = ["run", "--run", "it's a $run", "two\nlines", "=run"][index % 5]! + index;
      const said = await train(out, `--corpus odd.txt${text.includes("\0") ? " --tokenizer byte" : ""}`);
      const line = said.slice(said.indexOf("to generate from it:\n") + 21);
      const { code, stdout, stderr } = await shell(line, cwd);
      assertEquals([code, stderr], [0, ""], text);
      const [prefix] = (await configOf(out)).prefix;
      assert(stdout.startsWith(prefix!), JSON.stringify([stdout, prefix]));
      const shown = said.split("\n").find((one) => one.startsWith(" - "))!;
      assert(shown.startsWith(` - ${inALine(prefix!)}`) && !/\p{Cc}/u.test(shown), shown);
    }
  },
});

Deno.test("a text's beginning is its first line that is not blank, or 20 tokens of it", () => {
  const cases: [text: string, beginning: string][] = [
    ["First Citizen:\nBefore we proceed", "First Citizen:"],
    ["\n \r\n\t Second line  \nthird", "Second line"],
    ["It was the best of times, it was the worst", "It was the best of t"],
    ["a", "a"],
    ["  a  ", "a"],
    ["关关雎鸠，在河之洲。\n窈窕淑女", "关关雎鸠，在河之洲。"],
    ["👩‍👩‍👧\nx", "👩‍👩‍👧"],
  ];
  for (const kind of ["character", "byte"] as const) {
    for (const [text, expected] of cases) {
      const corpus = Corpus.fromText(text, { kind });
      const beginning = beginningOf(corpus);
      if (kind === "character" || expected.length < 7) assertEquals(beginning, expected);
      assert(expected.startsWith(beginning) && beginning !== "", `${kind}: ${beginning}`);
      assert(corpus.vocabulary.covers(beginning));
    }
  }
  assertEquals(beginningOf(Corpus.fromText("四个字的诗四个字的诗", { kind: "byte" })), "四个字的诗四");
  assertEquals(beginningOf(Corpus.fromText("ab\ufffdc", { kind: "byte" })), "ab"); // as bytes that are no text
  const picture = Corpus.fromText("\ufffd\x1aPNG\ufffdb\n", { kind: "byte" });
  assertEquals(beginningOf(picture), "\x1aPNG"); // what is no text is not gone on from
  assertEquals(beginningOf(Corpus.fromText("\n\n\n")), "\n\n\n");
  const words = Corpus.fromText("\nto be or not to be", { kind: "word" });
  assertEquals(beginningOf(words), "to be or not to be");
});

Deno.test("train takes the tutorial's prefixes for the built-in corpus alone", () => {
  const own = Corpus.fromText("不分开\n分开");
  assertEquals(trainPrefixes([], own, false), ["不分开"]);
  assertEquals(trainPrefixes([], own, true), ["分开", "不分开"]);
  assertEquals(trainPrefixes([], Corpus.fromText("abc"), true), ["abc"]);
  assertEquals(trainPrefixes(["开", "开"], own, true), ["开", "开"]);
  for (
    const [prefix, said] of [["", "an empty prefix"], ["x", 'prefix "x" with its character "x"']] as const
  ) {
    const error = assertThrows(() => trainPrefixes([prefix], own, false), RangeError);
    assert(error.message.startsWith(`Cannot go on from ${said}`), error.message);
  }
});

Deno.test("generate goes on from the run's prefixes, and of a file alone from the tutorial's", async () => {
  await Deno.writeTextFile(`${cwd}/song.txt`, "我们分开\n不分开\n".repeat(9));
  await train("song", "--corpus song.txt --prefix 们分 --prefix 开");
  const texts = async (...flags: string[]): Promise<Result> =>
    await refrain(["generate", "--length", "1", "--threads", "1", ...flags], { cwd });
  for (const model of ["song", "song/model.safetensors"]) {
    const { stdout } = await texts("--model", model);
    assertMatch(stdout, /^==> 1 of 2 <==\n们分[^]\n\n==> 2 of 2 <==\n开[^]\n$/);
  }
  assertMatch((await texts("--model", "song", "--prefix", "不")).stdout, /^不[^]\n$/);
  await Deno.copyFile(`${cwd}/song/model.safetensors`, `${cwd}/bare.safetensors`);
  for (const config of [undefined, "{}", "not JSON", '{ "prefix": [5] }', '{ "prefix": "x" }', "null"]) {
    if (config !== undefined) await Deno.writeTextFile(`${cwd}/config.json`, config);
    const { stdout, stderr } = await texts("--model", "bare.safetensors");
    const told = 'prefix: none of the run\'s own: Cannot read "config.json" as it is not JSON\n';
    assertEquals(stderr, config === "not JSON" ? told : "");
    assertMatch(stdout, /^==> 1 of 2 <==\n分开[^]\n\n==> 2 of 2 <==\n不分开[^]\n$/, config);
  }
  await Deno.writeTextFile(`${cwd}/letters.txt`, "abc abc\n".repeat(9));
  await train("letters", "--corpus letters.txt");
  assertMatch((await texts("--model", "letters")).stdout, /^abc abc[^]\n$/);
  await Deno.remove(`${cwd}/letters/config.json`);
  const { code, stderr } = await texts("--model", "letters");
  const sentence = 'Cannot go on from "分开" as the model does not know it: name a text with --prefix';
  assertEquals([code, stderr], [1, `error: ${sentence}\n`]);
});

Deno.test("a prefix may come from files and standard input, as it stands", async () => {
  const text = "one\0two\n";
  await Deno.writeTextFile(`${cwd}/text.txt`, "one two\n".repeat(9));
  await Deno.writeTextFile(`${cwd}/prefix.txt`, text);
  await Deno.writeTextFile(`${cwd}/empty.txt`, "");
  await Deno.writeFile(`${cwd}/bad.txt`, Uint8Array.of(0x6f, 0xff));
  await train("zeros", "--corpus text.txt --tokenizer byte --prefix-file prefix.txt --prefix one");
  assertEquals((await configOf("zeros")).prefix, ["one", text]);
  const start = ["generate", "--model", "zeros", "--length", "0", "--threads", "1"];
  const file = await refrain([...start, "--prefix-file", "prefix.txt"], { cwd });
  assertEquals([file.code, file.stdout], [0, `${text}\n`]);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname),
      ...start,
      "--prefix-file",
      "-",
    ],
    cwd,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  assertEquals(new TextDecoder().decode((await child.output()).stdout), `${text}\n`);
  for (
    const [flags, code, sentence] of [
      ["--prefix-file none.txt", 1, 'Cannot read "none.txt": no such file'],
      ["--prefix-file empty.txt", 1, 'Cannot go on from "empty.txt" as it is empty'],
      [
        "--prefix-file bad.txt",
        1,
        'Cannot read "bad.txt" as UTF-8: invalid byte 0xff at offset 1: save it as UTF-8\n',
      ],
      [
        "--stop=",
        2,
        'Cannot use "--stop" as it must be a text of one character or more: current value is ""',
      ],
      ["count --count 5", 2, 'Cannot use "count" with "--model zeros": both name the run'],
      [
        "--prefix-file - --prefix-file -",
        2,
        'Cannot use "--prefix-file -" more than once: standard input is read once',
      ],
    ] as const
  ) {
    const result = await refrain([...start, ...flags.split(" ")], { cwd });
    assertEquals(result.code, code);
    assert(result.stderr.startsWith(`error: ${sentence}`), result.stderr);
  }
});

Deno.test("several texts are drawn independently, in order, each under a line of its own", async () => {
  await Deno.writeTextFile(`${cwd}/many.txt`, "abcdefgh\nbadcfehg\n".repeat(9));
  await train("many", "--corpus many.txt");
  const output = async (...flags: string[]): Promise<string> => {
    const start = ["generate", "--model", "many", "--device", "wasm", "--threads", "1", "--seed", "4"];
    const { code, stdout, stderr } = await refrain([...start, ...flags], { cwd });
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  const texts = (stdout: string): string[] => stdout.split(/(?:^|\n)==> \d+ of \d+ <==\n/).slice(1);
  using device = await openDevice("wasm", { threads: 1 });
  const { model, vocabulary } = await load(`${cwd}/many/model.safetensors`, device);
  const expected = Array<string>(70).fill("a");
  const options = { prefix: "a", count: 70, length: 9, seed: 4 };
  for await (const { row, text } of generate(model, vocabulary, options)) expected[row] += text;
  const counted = await output("--prefix", "a", "--count", "70", "--length", "9");
  assertEquals(texts(counted), expected.map((text) => `${text}\n`));
  assertEquals(counted.match(/==> \d+ of 70 <==/g)!.at(-1), "==> 70 of 70 <==");
  assertEquals(new Set(expected).size, 70);
  const named = await output("--prefix", "a", "--prefix", "a", "--prefix", "b", "--length", "9");
  assertEquals(texts(named).slice(0, 2), texts(counted).slice(0, 2));
  assertEquals(await output("--prefix", "a", "--length", "9"), texts(counted)[0]);
  const stopped = await output(
    "--prefix",
    "a",
    "--count",
    "5",
    "--length",
    "9",
    "--stop",
    "b",
    "--stop",
    "\n",
  );
  assertEquals(
    texts(stopped),
    expected.slice(0, 5).map((text) => `a${text.slice(1).replace(/[b\n][^]*$/, "")}\n`),
  );
  assertEquals(texts(await output("--prefix", "a", "--count", "2", "--length", "0")), ["a\n", "a\n"]);
});

Deno.test("generate says that logits are not finite, behind what was drawn", async () => {
  await Deno.writeTextFile(`${cwd}/spoilt.txt`, "abcdefgh\nbadcfehg\n".repeat(9));
  await train("spoilt", "--corpus spoilt.txt");
  using device = await openDevice("wasm", { threads: 1 });
  const { model, vocabulary } = await load(`${cwd}/spoilt/model.safetensors`, device);
  const dict = await model.stateDict();
  dict["dense.weight"]!.data.fill(3.4e38);
  dict["rnn.bias_hh_l0"]!.data.fill(9); // h is 1, and sums of several such weights are infinite
  model.loadStateDict(dict);
  await save(`${cwd}/spoilt.safetensors`, model, vocabulary);
  const args = ["generate", "--model", "spoilt.safetensors", "--prefix", "ab", "--device", "wasm"];
  const { code, stdout, stderr } = await refrain(args, { cwd });
  assertEquals([code, stdout], [1, "ab\n"]);
  assertMatch(
    stderr,
    /^error: Cannot generate as the model's logits are not finite: row 0, character 1; .*\n$/,
  );
});

Deno.test("samples are drawn at the temperature that the settings and the log have, and change no bit", async () => {
  await Deno.writeTextFile(`${cwd}/own.txt`, "abcdefgh\nbadcfehg\n".repeat(9));
  const models = new Map<string, string>();
  const samples = new Map<string, string>();
  for (
    const [flags, temperature] of [["", 0.8], [" --temperature 0", 0], [" --temperature 3.5", 3.5]] as const
  ) {
    const out = `own${temperature}`;
    await train(out, `--corpus own.txt --epochs 6 --log-every 2${flags}`);
    assertEquals((await configOf(out)).temperature, temperature);
    const log = (await Deno.readTextFile(`${cwd}/${out}/log.jsonl`)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(log.map((report) => report.temperature), [temperature, temperature, temperature]);
    samples.set(out, JSON.stringify(log.map((report) => report.samples)));
    models.set(out, (await Deno.readFile(`${cwd}/${out}/model.safetensors`)).toBase64());
  }
  assertEquals(new Set(models.values()).size, 1);
  assertEquals(new Set(samples.values()).size, 3);
  await train("own-again", "--corpus own.txt --epochs 6 --log-every 2");
  const again = (await Deno.readTextFile(`${cwd}/own-again/log.jsonl`)).trimEnd().split("\n");
  assertEquals(JSON.stringify(again.map((line) => JSON.parse(line).samples)), samples.get("own0.8"));
  await train("lyrics", "--max-chars 500");
  const { temperature, prefix } = await configOf("lyrics");
  assertEquals([temperature, prefix], [0, ["分开", "不分开"]]);
});
