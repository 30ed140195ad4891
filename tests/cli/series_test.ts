/** `train --series`, `forecast` and what other commands make of a run of a series. @module */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeSafetensors, type TensorData } from "../../src/files/safetensors.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain, type Result } from "./spawn.ts";
import { atTerminal, hasPython } from "./terminal.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

/** A wave of 12 months that rises, and a saw; the last fifth is a hundred times as far off. */
const ROWS = Array.from({ length: 120 }, (_, t) => {
  const month = `${2010 + Math.floor(t / 12)}-${String(t % 12 + 1).padStart(2, "0")}`;
  const wave = 20 + t / 10 + 5 * Math.sin(t * Math.PI / 6);
  return [month, (t < 96 ? wave : 100 * wave).toFixed(3), String(t % 5)];
});
const csv = (rows: readonly (readonly string[])[]): string =>
  ["month,sales,saw", ...rows.map((row) => row.join(","))].join("\r\n");
await Deno.writeTextFile(`${cwd}/sales.csv`, `\ufeff${csv(ROWS)}\r\n`);
await Deno.writeTextFile(`${cwd}/short.csv`, csv(ROWS.slice(0, 11)));
await Deno.writeTextFile(`${cwd}/falls.csv`, csv([...ROWS.slice(0, 50), ...ROWS.slice(3, 60)]));

const SMALL = "--num-steps 12 --hidden-size 6 --batch-size 8 --device wasm --threads 1";
const run = (words: string): Promise<Result> => refrain(words.split(" "), { cwd });
const train = (words: string): Promise<Result> => run(`train --series sales.csv ${SMALL} ${words}`);
const read = (path: string): Promise<string> => Deno.readTextFile(`${cwd}/${path}`);
const linesOf = (text: string): string[] => text.trimEnd().split("\n");

const weightsOf = async (name: string): Promise<Record<string, TensorData>> =>
  decodeSafetensors(await Deno.readFile(`${cwd}/runs/${name}/model.safetensors`)).tensors;

const first = await train(
  "--columns sales,saw --horizon 3 --epochs 4 --log-every 2 --validation-split 0.2 --out runs/a",
);

Deno.test("train --series says what it learns, and keeps a run whose files belong together", async () => {
  assertEquals([first.code, first.stderr], [0, ""]);
  assertStringIncludes(
    first.stdout,
    "\nseries  sales.csv: 120 rows of sales, saw, month 2010-01 to 2019-12\n",
  );
  assertStringIncludes(
    first.stdout,
    "\nsplit   the last 24 rows are for validation, and windows that lie in them alone\n",
  );
  assertMatch(
    first.stdout,
    /\nwindow {2}12 rows tell the next 3\nepoch {3}10 steps of 8 windows, 2 windows left out/,
  );
  assertMatch(first.stdout, /\nepoch 4, loss \d+\.\d+, validation loss \d+\.\d+, .*windows\/s\n/);
  const logged = linesOf(await read("runs/a/log.jsonl")).map((line) => JSON.parse(line));
  assertEquals(logged.map(({ epoch, steps }) => [epoch, steps]), [[2, 20], [4, 40]]);
  const verified = await run("verify runs/a");
  assertEquals([verified.code, verified.stderr], [0, ""]);
  assertMatch(verified.stdout, /model\.safetensors +whole, by its SHA-256: a model of a series \(gru\)/);
  const page = await read("runs/a/report.html");
  assertStringIncludes(page, "in squared standard deviations");
  assertEquals(page.includes("erplexity (e to the loss)") || page.includes('"perplexity"'), false);
});

Deno.test("scales are those of the training part alone", async () => {
  const { stdout } = await run("info runs/a --json");
  const { columns, scale, numSteps, horizon, time } = JSON.parse(stdout).model;
  assertEquals([columns, numSteps, horizon, time], [["sales", "saw"], 12, 3, "month"]);
  const sales = ROWS.slice(0, 96).map(([, value]) => Number(value));
  const mean = sales.reduce((sum, value) => sum + value, 0) / 96;
  assertAlmostEquals(scale.mean[0], mean, 1e-9);
  assert(scale.deviation[0] < 10);
});

Deno.test("forecast prints rows as CSV, on from the series' end, and --json the same numbers", async () => {
  const { code, stdout, stderr } = await run("forecast runs/a --steps 5 --device wasm");
  assertEquals([code, stderr], [0, ""]);
  const rows = linesOf(stdout).map((line) => line.split(","));
  assertEquals(rows.map(([month]) => month), [
    "month",
    "2020-01",
    "2020-02",
    "2020-03",
    "2020-04",
    "2020-05",
  ]);
  assertEquals(rows[0], ["month", "sales", "saw"]);
  const { columns, time, steps } = JSON.parse(
    (await run("forecast runs/a --steps 5 --device wasm --json")).stdout,
  );
  assertEquals([steps, time.values], [5, rows.slice(1).map(([month]) => month)]);
  for (const [i, value] of columns.sales.entries()) assertAlmostEquals(Number(rows[i + 1]![1]), value, 0.01);
  const other = await run("forecast runs/a --from sales.csv --device wasm");
  assertEquals(linesOf(other.stdout), linesOf(stdout).slice(0, 4)); // the horizon's
});

Deno.test("a run of a series that was stopped goes on with the same bits", async () => {
  const flags = "--columns sales --horizon 2 --epochs 6 --dropout 0.2 --num-layers 2 --log-every 1";
  await train(`${flags} --out runs/whole`);
  const stopped = await train(`${flags} --stop-after 17 --out runs/parts`);
  assertMatch(
    stopped.stdout,
    /Stopped behind step 17; the run is kept in runs\/parts; to go on with it:\n.* --resume runs\/parts/,
  );
  const refused = await run("train --resume runs/parts --temperature 2");
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.stderr, "it belongs to texts, and this is a series");
  const resumed = await run("train --resume runs/parts");
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  assertEquals(await weightsOf("parts"), await weightsOf("whole"));
  const losses = async (name: string) =>
    linesOf(await read(`runs/${name}/log.jsonl`)).map((line) => JSON.parse(line).loss);
  assertEquals(await losses("parts"), await losses("whole"));
  await Deno.copyFile(`${cwd}/falls.csv`, `${cwd}/moved.csv`);
  await Deno.writeTextFile(`${cwd}/moved.csv`, csv(ROWS.slice(1)));
  const changed = await run("train --resume runs/parts --epochs 9 --series moved.csv");
  assertStringIncludes(changed.stderr, 'Cannot go on with run "runs/parts" as its series has changed');
  const missing = await run("train --resume runs/parts --epochs 9 --series gone.csv");
  assertStringIncludes(missing.stderr, 'as its series "gone.csv" is not there: --series says where it is');
  const corpus = await run("train --resume runs/parts --epochs 9 --corpus sales.csv");
  assertStringIncludes(
    corpus.stderr,
    '"--corpus sales.csv" with "--resume runs/parts": the run is of a series',
  );
  // What is named now is named from here, though the run's folder has a file of that name.
  await Deno.mkdir(`${cwd}/elsewhere`);
  await Deno.writeTextFile(`${cwd}/elsewhere/moved.csv`, csv(ROWS));
  const words = "train --resume ../runs/parts --epochs 7 --series moved.csv".split(" ");
  const moved = await refrain(words, { cwd: `${cwd}/elsewhere` });
  assertEquals([moved.code, moved.stderr], [0, ""]);
  assertStringIncludes(moved.stdout, "behind epoch 6, where its cosine ends, the learning rate rises again");
});

Deno.test("--init-from begins with another model's weights and sizes, --accumulate-steps takes several batches", async () => {
  await Deno.writeTextFile(
    `${cwd}/double.csv`,
    csv(ROWS.map(([t, sales, saw]) => [t!, `${2 * Number(sales)}`, saw!])),
  );
  const flags = "--init-from runs/a --accumulate-steps 3 --batch-size 4 --learning-rate 1e-12 --epochs 2";
  const more = await run(`train --series double.csv ${flags} --device wasm --threads 1 --out runs/more`);
  assertEquals([more.code, more.stderr], [0, ""]);
  assertStringIncludes(more.stdout, "\nstart   runs/a: its weights\n");
  assertMatch(more.stdout, /\nepoch {3}6 steps of 3 × 4 windows, 10 windows left out/);
  const [was, is] = [await weightsOf("a"), await weightsOf("more")];
  for (const [name, { data }] of Object.entries(was)) {
    data.forEach((value, i) => assertAlmostEquals(is[name]!.data[i]!, value, 1e-6));
  }
  const { numSteps, horizon, scale } = JSON.parse((await run("info runs/more --json")).stdout).model;
  assertEquals([numSteps, horizon], [12, 3]);
  assert(scale.mean[0] > 40, "scales are the new series'");
});

Deno.test("columns may have commas in their names, numbers may be far from 0, and all rows may be learnt", async () => {
  const rows = Array.from({ length: 130 }, (_, t) => `${1_700_000_000 + t % 7},0`);
  await Deno.writeTextFile(`${cwd}/far.csv`, `"seen, UTC",b\n${rows.join("\n")}\n`);
  const flags = `${SMALL} --epochs 2 --horizon 100 --validation-split 0 --stop-after 2 --out runs/far`;
  const first = await refrain([
    "train",
    "--series",
    "far.csv",
    "--columns",
    '"seen, UTC"',
    ...flags.split(" "),
  ], {
    cwd,
  });
  assertEquals([first.code, /\nsplit/.test(first.stdout)], [0, false], first.stderr);
  const resumed = await run("train --resume runs/far");
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  const { stdout } = await run("forecast runs/far --steps 130000 --device wasm");
  const [header, ...lines] = linesOf(stdout);
  assertEquals([header, lines.length], ['step,"seen, UTC"', 130_000]);
  const told = JSON.parse((await run("forecast runs/far --json --device wasm")).stdout).columns["seen, UTC"];
  for (const [i, value] of told.entries()) assertAlmostEquals(Number(lines[i]!.split(",")[1]), value, 1e-5);
});

Deno.test("evaluate --series tells each column beside its last value and its last season", async () => {
  const { code, stdout } = await run(
    "evaluate runs/a --series sales.csv --validation-split 0.2 --device wasm",
  );
  assertEquals(code, 0);
  assertMatch(stdout, /^loss +\d+\.\d+, in squared standard deviations\nwindows +10 of 24 rows\nsales\n/);
  assertMatch(
    stdout,
    /\nsaw\n {2}model +RMSE .*\n {2}last value +RMSE .*\n {2}last season +RMSE 0: 5 rows repeated\n/,
  );
  const told = JSON.parse((await run("evaluate runs/a --series sales.csv --json --device wasm")).stdout);
  assertEquals([told.windows, told.columns[1].lastSeason.rows, told.seen], [106, 5, true]);
});

Deno.test({
  name: "on a terminal forecast shows a curve of each column beside its rows",
  ignore: !hasPython,
  fn: async () => {
    const { output, code } = await atTerminal("forecast runs/a --device wasm --threads 1".split(" "), [], {
      cwd,
    });
    assertEquals(code, 0);
    // deno-lint-ignore no-control-regex
    const plain = output.replace(/\x1b\[\d+m/g, "");
    assertMatch(plain, /^month,sales,saw\n(2020-0\d,.*\n){3}[▁-█]{15} sales\n[▁-█]{15} saw\n$/);
  },
});

const REFUSED: [words: string, code: number, sentence: string][] = [
  ["train --series sales.csv --tokenizer byte", 2, '"--tokenizer byte" with "--series": it belongs to texts'],
  [
    "train --series sales.csv --preset tutorial",
    2,
    '"--preset tutorial" with "--series": its numbers are of texts',
  ],
  ["train --horizon 3", 2, 'Cannot use "--horizon 3" without "--series"'],
  ["train --columns a", 2, 'Cannot use "--columns a" without "--series"'],
  ['train --series sales.csv --columns "sold', 1, "quotation marks must be in pairs around one"],
  ["train --series sales.csv --columns sold", 1, 'as it has no column "sold"'],
  [
    "train --series falls.csv",
    1,
    'do not rise: row 52 is "2010-04", behind "2014-02"; --time none takes rows as they stand',
  ],
  ["train --series short.csv --horizon 20", 1, "--horizon 20 as they take"],
  ["train --series sales.csv --validation-split 0.1", 1, "the part of --validation-split 0.1 has 12"],
  ["train --series sales.csv --batch-size 900", 2, "windows to learn"],
  [
    "train --series sales.csv --init-from runs/a --horizon 4",
    2,
    '"--horizon 4" with "--init-from runs/a": the model\'s is 3',
  ],
  [
    "train --series sales.csv --init-from runs/a --columns sales",
    2,
    '"--columns sales" with "--init-from runs/a": its model is of 2 columns',
  ],
  ["train --series nowhere.csv", 1, "nowhere.csv"],
  ["forecast runs/a --from short.csv", 1, "Cannot forecast as the model reads 12 rows: the series has 11"],
  [
    "evaluate runs/a --series short.csv",
    1,
    "Cannot measure the model as it reads 12 rows and tells 3 behind them: what is measured has 11",
  ],
  ["forecast runs/a --steps 0", 2, '"--steps"'],
  ["generate runs/a", 1, "Cannot load the model as a language model as it is one of a series: forecast"],
  ["export runs/a --html --out p.html", 1, "as a language model as it is one of a series"],
  ["evaluate runs/a", 1, "evaluate --series measures it"],
  ["evaluate runs/a --series sales.csv --windows 3", 2, '"--windows 3" with "--series sales.csv"'],
];

for (const [words, code, sentence] of REFUSED) {
  Deno.test(`it is refused: ${words}`, async () => {
    const result = await run(words);
    assertEquals(result.code, code, result.stderr);
    assertStringIncludes(result.stderr, sentence);
    assertEquals(linesOf(result.stderr).length, 1);
  });
}
