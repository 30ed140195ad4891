/** `inspect` as people start it: its table, its text, its file, and what it refuses. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type InspectedUnit, type Inspection, openDevice, RNN, RNNModel, save } from "../../mod.ts";
import { unitLines } from "../../src/cli/inspect/lines.ts";
import { styled } from "../../src/cli/style.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { corpusOf, plantedModel, shuffled, spokenText, UNIT } from "../inspect/planted.ts";
import { contents, refrain } from "./spawn.ts";

const DEVICE = ["--device", "wasm", "--threads", "1"];
const TEXT = spokenText(9000, 4);

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);
await Deno.writeTextFile(`${cwd}/shuffled.txt`, shuffled(TEXT, 1));
await Deno.writeTextFile(`${cwd}/short.txt`, "the sea");
{
  using device = await openDevice("wasm", { threads: 1 });
  const { vocabulary } = corpusOf(TEXT);
  using model = await plantedModel(device, vocabulary);
  await save(`${cwd}/planted.safetensors`, model, vocabulary);
  const options = { inputSize: vocabulary.size, hiddenSize: 4, nonlinearity: "relu", seed: 0 } as const;
  using large = new RNNModel(new RNN(device, options), vocabulary.size);
  const dict = await large.stateDict();
  dict["rnn.weight_hh_l0"]!.data.fill(1e30);
  large.loadStateDict(dict);
  await save(`${cwd}/large.safetensors`, large, vocabulary);
}
const trained = await refrain(
  [
    ..."train --preset tutorial --corpus text.txt --validation-split 0.4 --hidden-size 8 --epochs 2".split(
      " ",
    ),
    ..."--log-every 1 --length 3 --batch-size 4 --num-steps 20 --out run".split(" "),
    ...DEVICE,
  ],
  { cwd },
);
assertEquals([trained.code, trained.stderr], [0, ""]);

/** Runs the command; gives what it says where it ends well. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await refrain(["inspect", ...args, ...DEVICE], { cwd });
  assertEquals([code, stderr], [0, ""], args.join(" "));
  return stdout;
}

Deno.test("inspect ranks units, says how it has read, and shows each with a digit below each character", async () => {
  const stdout = await said("planted.safetensors", "--text", "text.txt", "--top", "2", "--excerpt", "90");
  assertMatch(stdout, /^model {3}LSTM, 1 layer of 12: /);
  assertMatch(
    stdout,
    /\ntext {4}text\.txt: one stream from a zero state, [\d,]+ of [\d,]+ characters read\n/,
  );
  assertMatch(
    stdout,
    new RegExp(`\\nquotes +\\d\\d\\.\\d %  layer 0, [hc]\\[${UNIT}\\] +1\\.000 +1\\.000\\n`),
  );
  assertMatch(stdout, /\nnot counted: [^\n]*brackets[^\n]*: it never comes\n/);
  const first = new RegExp(
    `\\n\\n1\\. layer 0, [hc]\\[${UNIT}\\] follows quotes \\(inside quotation marks: [^\\n]+\\): r = 1\\.000\\n` +
      "  point-biserial, over [\\d,]+ characters, \\d\\d\\.\\d % of them so; 1\\.000 with what the character tells\\n",
  );
  assertMatch(stdout, first);
  const [, excerpt] = stdout.split(first);
  const [characters, digits] = excerpt!.split("\n");
  assertEquals(digits!.length, characters!.length);
  let open = false;
  for (const [at, character] of [...characters!].entries()) {
    if (at < 2) continue;
    if (character === '"') open = !open;
    assertEquals(Number(digits![at]) > 4, open, `${characters}\n${digits} at ${at}`);
  }
  assertEquals(stdout.match(/\n\d\. /g)!.length, 2);
});

Deno.test("inspect tells programs how far a unit is from its mean, in two standard deviations", async () => {
  const { units: [first] } = JSON.parse(await said("planted.safetensors", "--text", "text.txt", "--json"));
  const { value, mean, deviation, pieces: [{ tokens, activations }] } = first;
  const high = value === "c" ? 1 : Math.tanh(1);
  let open = false;
  for (const [at, token] of tokens.entries()) {
    if (token === '"') open = !open;
    const shade = Math.min(1, ((open ? high : 0) - mean) / (2 * deviation));
    assert(Math.abs(activations[at] - shade) < 2e-3, `${activations[at]} at ${at}, not ${shade}`);
  }
});

Deno.test("inspect reads what the run held out, and keeps in the run's folder what it has found", async () => {
  const before = await contents(`${cwd}/run`);
  const unkept = await said("run", "--no-save");
  assertMatch(unkept, /\ntext {4}text\.txt, what was held out: one stream from a zero state, /);
  assertEquals(await contents(`${cwd}/run`), before);
  const kept = await said("run");
  assertEquals(kept, `${unkept}\nKept in run/inspect.json\n`);
  const found = JSON.parse(await Deno.readTextFile(`${cwd}/run/inspect.json`));
  assertEquals([found.version, found.text, found.layers], [1, "text.txt, what was held out", 1]);
  assertEquals(found.characters, corpusOf(TEXT).split(0.4)[1].size - 1);
  assertEquals(found.units.length, 5);
  for (const { layer, unit, value, feature, correlation, pieces } of found.units) {
    assertEquals([layer, value, typeof feature, unit < 8], [0, "h", "string", true]);
    assert(Math.abs(correlation) <= 1);
    for (const { tokens, activations } of pieces) {
      assertEquals([tokens.length, activations.length], [240, 240]);
      assert(TEXT.includes(tokens.join("")));
      assert(activations.every((shade: number) => shade >= -1 && shade <= 1));
    }
  }
  assertEquals(JSON.parse(await said("run", "--no-save", "--json")), found);
  assertMatch(await said("run", "--text", "shuffled.txt"), /nothing for a unit to follow\.\n$/);
  assertEquals(JSON.parse(await Deno.readTextFile(`${cwd}/run/inspect.json`)), found, "it stays");
  const { code, stdout } = await refrain(["verify", "run"], { cwd });
  assertEquals(code, 0, stdout);
});

Deno.test("inspect asks nobody whether it may keep what it has found", async () => {
  const program = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
  const before = await contents(`${cwd}/run`);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read=run,text.txt",
      program,
      "inspect",
      "run",
      ...DEVICE,
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 0);
  assertMatch(new TextDecoder().decode(stdout), /\n\nNot kept for the report: run with --allow-write=run\n$/);
  assertEquals(await contents(`${cwd}/run`), before);
});

Deno.test("inspect refuses a text that is not the run's any more", async () => {
  await Deno.mkdir(`${cwd}/changed`);
  for (const name of ["config.json", "model.safetensors"]) {
    await Deno.copyFile(`${cwd}/run/${name}`, `${cwd}/changed/${name}`);
  }
  const config = JSON.parse(await Deno.readTextFile(`${cwd}/changed/config.json`));
  const write = (corpus: string): Promise<void> =>
    Deno.writeTextFile(`${cwd}/changed/config.json`, JSON.stringify({ ...config, corpus: [corpus] }));
  const cases = [
    [
      "shuffled.txt",
      "Cannot read the text of the model's run as it has changed since, shuffled.txt: --text names one",
    ],
    ["gone.txt", "gone.txt"],
    ["-", "Cannot read the text of the model's run as it came from standard input: --text names one"],
  ];
  for (const [corpus, sentence] of cases) {
    await write(corpus!);
    const { code, stdout, stderr } = await refrain(["inspect", "changed", ...DEVICE], { cwd });
    assertEquals([code, stdout, stderr.match(/\n/g)!.length], [1, "", 1], stderr);
    assertStringIncludes(stderr, sentence!);
  }
});

Deno.test("inspect says what it cannot read", async () => {
  await Deno.mkdir(`${cwd}/alone`);
  await Deno.copyFile(`${cwd}/planted.safetensors`, `${cwd}/alone/model.safetensors`);
  const nothing = "it comes 1 time, and 20 are needed";
  const cases: [args: string, code: number, sentence: string][] = [
    [
      "planted.safetensors",
      1,
      "Cannot read the text of the model as no run's config.json beside it names it: --text names one",
    ],
    ["planted.safetensors --max-chars 9", 2, 'Cannot use "--max-chars 9" without "--text"'],
    ["planted.safetensors --encoding big5", 2, 'Cannot use "--encoding big5" without "--text"'],
    ["planted.safetensors --text no.txt", 1, "no.txt"],
    ["planted.safetensors --text empty.txt", 1, "empty"],
    ["planted.safetensors --text short.txt --max-chars 1", 1, "Cannot inspect the model on 1 character"],
    [
      "planted.safetensors --text short.txt",
      1,
      'Cannot rank units on text "short.txt" as no feature of it counts (',
    ],
    ["planted.safetensors --text short.txt", 1, nothing],
    [
      "planted.safetensors --text text.txt --top 0",
      2,
      'Cannot use "--top" as it must be a whole number from 1',
    ],
    [
      "planted.safetensors --text short.txt --rows 9",
      1,
      "Cannot inspect 7 characters with --rows 9: each row",
    ],
    ["large.safetensors --text text.txt", 1, "Cannot inspect the model as its states are not finite"],
    ["alone --text other.txt", 1, "Cannot encode character"],
    ["run --corpus text.txt", 2, 'Cannot use "--corpus" with inspect: --text names the text'],
  ];
  await Deno.writeTextFile(`${cwd}/empty.txt`, "");
  await Deno.writeTextFile(`${cwd}/other.txt`, "the sea, 分开");
  for (const [args, code, sentence] of cases) {
    const result = await refrain(["inspect", ...args.split(" "), ...DEVICE], { cwd });
    assertStringIncludes(result.stderr, sentence, args);
    assertEquals([result.code, result.stdout, result.stderr.match(/\n/g)!.length], [code, "", 1], args);
  }
});

Deno.test("on a shuffled text inspect says what tells nothing", async () => {
  const stdout = await said("planted.safetensors", "--text", "shuffled.txt");
  assertMatch(stdout, /\nnot counted: [^\n]*quotes[^\n]*: it tells nothing of the next character\n/);
  assertMatch(stdout, /\nNo feature of the text counts: there is nothing for a unit to follow\.\n$/);
  const { units, features } = JSON.parse(
    await said("planted.safetensors", "--text", "shuffled.txt", "--json"),
  );
  assertEquals(units, []);
  assert(features.find(({ feature }: { feature: string }) => feature === "quotes").times > 20);
});

Deno.test("an excerpt is coloured where there are colours, and breaks at lines and at the terminal's end", () => {
  const excerpt = { position: 1, tokens: [..."ab\ncd分e"], activations: [2, 2, 1, 0, 1.2, 0, 1] };
  const unit: InspectedUnit = {
    layer: 0,
    unit: 3,
    state: "h",
    feature: "line end",
    correlation: -0.5,
    plain: 0.25,
    mean: 1,
    deviation: 0.5,
    excerpt,
  };
  const found = {
    units: [unit],
    features: [{ name: "line end", meaning: "far", kind: "number", mean: 2 }],
    tokens: 7,
    measured: "",
  } as Inspection;
  const lines = (terminal: { columns: number; colour: boolean }): unknown[] =>
    unitLines(unit, { rank: 1, found, kind: "character" }, terminal).slice(2);
  assertEquals(lines({ columns: 7, colour: false }), ["  ab↵", "  88.", "  cd分", "  0500", "  e", "  ."]);
  assertEquals(lines({ columns: 80, colour: true }), [
    ["  ", styled("warm4", "ab"), "↵"],
    ["  ", styled("cool4", "c"), styled("warm1", "d"), styled("cool4", "分"), "e"],
  ]);
});
