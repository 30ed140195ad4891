/** `--json` and `--quiet` of each command: what programs read, and what people are spared. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result } from "./spawn.ts";

const TEXT = 'fa la "re" mi so\n'.repeat(40);
const DEVICE = "--device wasm --threads 1";
const SMALL = `--hidden-size 4 --batch-size 2 --num-steps 5 ${DEVICE}`;
const TRAIN = `train --corpus a.txt --preset tutorial --epochs 2 --log-every 1 --length 3 ${SMALL}`;

const folder = await temporaryFolder();
const { path: cwd } = folder;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/a.txt`, TEXT);
await Deno.mkdir(`${cwd}/odd`);
await Deno.writeTextFile(`${cwd}/odd/a.txt`, TEXT);
await Deno.writeFile(`${cwd}/odd/picture.png`, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff));

async function run(line: string, env: Record<string, string> = {}): Promise<Result> {
  return await refrain(line.split(" "), { cwd, env });
}

/** What a command writes for programs: each line is an object, and nothing else is there. */
async function objects(line: string, expected = 0): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await run(`${line} --json --quiet`);
  assertEquals([code, stderr], [expected, ""], line);
  assertEquals(stdout.endsWith("\n"), true, line);
  return stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
}

const trained = await objects(`${TRAIN} --validation-split 0.2 --baseline --out runs/first`);

Deno.test("train tells its start, reports, samples, saves and end", async () => {
  const events = trained.map(({ event }) => event);
  assertEquals(events.filter((event) => event !== "save"), [
    "start",
    "report",
    "sample",
    "report",
    "sample",
    "end",
  ]);
  assert(events.includes("save"));
  const of = (name: string): Record<string, unknown>[] => trained.filter(({ event }) => event === name);
  const [start] = of("start");
  assertEquals(
    [start!["run"], start!["resumed"], start!["corpus"], start!["vocabularySize"], start!["epochs"]],
    ["runs/first", false, "a.txt", 12, 2],
  );
  const log = (await Deno.readTextFile(`${cwd}/runs/first/log.jsonl`)).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  for (const [index, { event: _, ...report }] of of("report").entries()) {
    const { samples, temperature: __, ...logged } = log[index];
    assertEquals(report, logged);
    const { event: ___, epoch, ...sample } = of("sample")[index]!;
    assertEquals([epoch, [sample]], [logged.epoch, samples]);
  }
  const [end] = of("end");
  assertEquals(end, { event: "end", run: "runs/first", epoch: 2, steps: log[1].steps, code: 0 });
  assertEquals(of("save").at(-1), { event: "save", run: "runs/first", epoch: 2, steps: log[1].steps });
});

Deno.test("train tells why it stopped, and goes on by its first word", async () => {
  const stopped = await objects(`${TRAIN} --out stopped --stop-after 3`);
  const { stopped: word, code, steps } = stopped.at(-1)!;
  assertEquals([word, code, steps], ["Stopped behind step 3", 0, 3]);
  const [start, ...rest] = await objects("train stopped");
  assertEquals([start!["resumed"], rest.at(-1)!["epoch"]], [true, 2]);
  const [again] = await objects("train stopped/checkpoint.safetensors --epochs 3");
  assertEquals(again!["run"], "stopped");
});

Deno.test("people read on standard error what train says while programs read standard output", async () => {
  const { stdout, stderr } = await run(`${TRAIN} --out both --json`);
  assertEquals(stdout.split("\n").filter((line) => line !== "" && !line.startsWith('{"event":"')), []);
  assertMatch(stderr, /^device .*\nepoch 1, perplexity .*\nThe run is kept in both; /s);
});

Deno.test("generate, evaluate, score, runs, info and profile give objects", async () => {
  const texts = await objects(`generate runs/first --prefix fa --count 2 --length 5 --seed 1 ${DEVICE}`);
  assertEquals(texts.map(({ row, prefix, end }) => [row, prefix, end]), [[0, "fa", "length"], [
    1,
    "fa",
    "length",
  ]]);
  assertEquals(texts.map(({ text }) => [...text as string].length), [7, 7]);
  assertEquals((await objects(`generate runs/first --prefix fa --length 0 ${DEVICE}`))[0], {
    row: 0,
    prefix: "fa",
    text: "fa",
    end: null,
  });

  const line = `evaluate runs/first --corpus a.txt ${DEVICE}`;
  const [plain, none] = await objects(line);
  assertEquals(none, undefined);
  assertEquals([plain!["characters"], plain!["kind"], plain!["model"]], [
    TEXT.length - 1,
    "character",
    "runs/first/model.safetensors",
  ]);
  assertMatch((await run(line)).stdout, new RegExp(`^loss +${(plain!["loss"] as number).toFixed(6)}\n`));
  const [split] = await objects(`${line} --validation-split 0.2 --baseline`);
  assertEquals(split!["heldOut"], { fraction: 0.2, rows: 1 });
  assertEquals(Object.keys(split!["baseline"] as object), ["order", "loss", "perplexity"]);

  const scores = await objects(`score runs/first --text fala ${DEVICE}`);
  assertEquals(scores.map(({ position, token }) => `${position}${token}`), ["1f", "2a", "3l", "4a"]);

  const runs = await objects("runs");
  assertEquals(runs.map(({ path, state, epoch, epochs }) => [path, state, epoch, epochs]), [
    ["runs/first", "ended", 2, 2],
  ]);
  const [info] = await objects("info runs/first");
  const { wasm, model } = info as { wasm: Record<string, unknown>; model: Record<string, unknown> };
  assertEquals([model["cell"], model["hiddenSize"], model["epoch"]], ["rnn", 4, 2]);
  assertEquals(typeof wasm["memoryBytes"], "number");

  const [profiled] = await objects(`profile --corpus a.txt --steps 1 ${SMALL}`);
  const { rows, step } = profiled as { rows: { kernel: string; seconds: number }[]; step: number };
  assert(rows.some(({ kernel }) => kernel === "gemm") && step > 0);
});

Deno.test("verify of a run tells of each file, and of what is wrong", async () => {
  const whole = await objects("verify runs/first");
  assertEquals(whole[0], { event: "run", path: "runs/first", running: false });
  assertEquals(whole.at(-1), { event: "end", ok: true, faults: [] });
  await Deno.mkdir(`${cwd}/broken`);
  await Deno.writeTextFile(`${cwd}/broken/config.json`, "{");
  const broken = await objects("verify --run broken", 1);
  assertEquals(broken[1], { event: "file", name: "config.json", ok: false, text: "BROKEN" });
  const { error, ok, faults } = broken.at(-1)!;
  assertEquals([ok, (faults as string[])[0]], [false, (error as string).split("; ")[0]]);
  const { code, stdout, stderr } = await run("verify broken --quiet");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: broken\/config\.json: Cannot read /);
});

Deno.test("runs tells of what it removed, and does not ask a program", async () => {
  await Deno.mkdir(`${cwd}/runs/old`);
  await Deno.writeTextFile(`${cwd}/runs/old/config.json`, '{ "version": "0.1.0", "epochs": 9 }');
  assertEquals(await objects("runs --remove old", 2), [
    { error: 'Cannot ask whether to remove with "--json": write "--yes"' },
  ]);
  assertEquals(await objects("runs --remove old --yes"), [{ removed: "runs/old" }]);
});

/** Lines, and the code that they end with without --json. */
const WRONG: readonly [line: string, code: number, sentence: RegExp][] = [
  ["trian", 2, /^Unknown command "trian": did you mean "train"\?$/],
  ["--json", 2, /^Cannot find a command before "--json": /],
  ["train --lr 1", 2, /^Unknown flag "--lr": did you mean "--learning-rate"\?$/],
  ["train --epochs 0", 2, /^Cannot use "--epochs" as it must be /],
  ["train --epochs", 2, /^Cannot use "--epochs" without a value: /],
  ["train --json=1", 2, /^Cannot use "--json=1" as --json takes no value$/],
  ["train --corpus none.txt", 1, /^Cannot read "none\.txt": no such file/],
  ["train --out odd", 1, /^Cannot start a run in "odd" as it is not empty/],
  ["generate none", 1, /^Cannot find a model at "none": no such file or folder/],
  ["generate a --model b", 2, /^Cannot use "a" with "--model b": both name the run$/],
  ["generate runs/first --raw", 2, /^Cannot use "--raw" with "--json": /],
  ["evaluate runs/first --rows 1 --windows 1", 2, /^Cannot use "--rows 1" with "--windows 1": /],
  ["score runs/first --text x", 1, /^Cannot encode character "x"/],
  ["runs --yes", 2, /^Cannot use "--yes" without "--remove"$/],
  ["info none", 1, /^Cannot find a model at "none"/],
  ["verify none", 1, /^Cannot check run "none": /],
  ["verify --device webgpu", 1, /^Cannot open device "webgpu"/],
  ["profile --corpus none.txt", 1, /^Cannot read "none\.txt"/],
  ["completions", 2, /^Cannot use "--json" with completions: what it prints is a script$/],
];

Deno.test("what is wrong is an object too, with the code that it has without --json", async () => {
  for (const [line, code, sentence] of WRONG) {
    const json = / ?--json/.test(line) ? line : `${line} --json`;
    const result = await run(json, { DENO_WEBGPU_BACKEND: "none" });
    assertEquals([result.code, result.stderr], [code, ""], line);
    assertEquals(result.stdout.split("\n").length, 2, line);
    const { error, ...rest } = JSON.parse(result.stdout);
    assertEquals(rest, {});
    assertMatch(error, sentence, line);
    if (line === "completions" || json === line) continue;
    const plain = await run(line, { DENO_WEBGPU_BACKEND: "none" });
    if (!line.includes("--raw")) {
      assertEquals([plain.code, plain.stderr], [code, `error: ${error}\n`]);
    }
  }
});

Deno.test("--debug shows on standard error where an error came from, beside the object", async () => {
  const { stdout, stderr } = await run("generate none --json --debug");
  assertMatch(stdout, /^\{"error":"Cannot find a model at .*\}\n$/);
  assertMatch(stderr, /^error: RangeError: .*\n {4}at /);
});

Deno.test("--quiet leaves results and errors alone", async () => {
  const loud = await run(`evaluate --corpus odd ${DEVICE}`);
  assertMatch(loud.stderr, /^model: runs\/first\ncorpus: left out .*picture\.png/m);
  const quiet = await run(`evaluate --corpus odd ${DEVICE} --quiet`);
  assertEquals([quiet.code, quiet.stderr, quiet.stdout], [0, "", loud.stdout]);
  const text = await run(`generate --length 5 --prefix fa ${DEVICE} --quiet`);
  assertEquals([text.stderr, text.stdout.length], ["", 8]);
  const trained = await run(`${TRAIN} --out quiet --quiet`);
  assertEquals([trained.code, trained.stdout, trained.stderr], [0, "quiet\n", ""]);
  const stopped = await run(`${TRAIN} --out quieter --quiet --stop-after 2`);
  assertEquals([stopped.code, stopped.stdout, stopped.stderr], [0, "quieter\n", ""]);
  const checked = await run("verify runs/first --quiet");
  assertEquals([checked.code, checked.stdout, checked.stderr], [0, "", ""]);
  const wrong = await run("generate none --quiet");
  assertEquals(wrong.stderr, 'error: Cannot find a model at "none": no such file or folder\n');
});

Deno.test("both READMEs name every key, and every event", async () => {
  const lines = [
    `${
      TRAIN.replace("every 1", "every 40steps")
    } --validation-split 0.2 --baseline --out keys --stop-after 60`,
    `generate runs/first --prefix fa --length 1 ${DEVICE}`,
    `evaluate runs/first --corpus a.txt --validation-split 0.2 --baseline ${DEVICE}`,
    `score runs/first --text fa ${DEVICE}`,
    `inspect runs/first --text odd/a.txt --no-save ${DEVICE}`,
    "runs",
    "report runs/first",
    "info runs/first",
    "verify runs/first",
    `profile --corpus a.txt --steps 1 ${SMALL}`,
  ];
  const keys = new Set<string>(["error"]);
  for (const line of lines) {
    for (const object of await objects(line)) {
      for (const key of Object.keys(object)) keys.add(key);
      if (typeof object["event"] === "string") keys.add(object["event"]);
    }
  }
  for (const [name, heading] of [["README.md", "### For programs"], ["README.zh-CN.md", "### 给程序用"]]) {
    const text = await Deno.readTextFile(new URL(`../../${name}`, import.meta.url));
    const [section] = text.slice(text.indexOf(heading!)).split("\n## ");
    assertEquals([...keys].filter((key) => !section!.includes(`\`${key}\``)), [], name);
  }
});
