/** `report`, and the page that `train` leaves: where it is written, and what becomes of what is no run. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunFolder } from "../../src/files/run_folder.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { line } from "../report/runs.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

/** A run as it lies in its folder. */
async function makeRun(path: string, log: string = `${line(1)}\n${line(2)}\n`): Promise<string> {
  await Deno.mkdir(`${cwd}/${path}`, { recursive: true });
  await Deno.writeTextFile(`${cwd}/${path}/config.json`, '{"version":"0.1.0","epochs":2,"hiddenSize":7}');
  await Deno.writeTextFile(`${cwd}/${path}/log.jsonl`, log);
  return path;
}

const report = (...args: string[]): Promise<Result> => refrain(["report", ...args], { cwd });
const read = (path: string): Promise<string> => Deno.readTextFile(`${cwd}/${path}`);
const said = (path: string): string => `The report is in ${path}\n`;

Deno.test("report writes a page into the run's folder, of the newest run where none is named", async () => {
  await makeRun("runs/first");
  for (const words of [["runs/first"], ["first"], ["--model", "first"], ["runs/first/log.jsonl"]]) {
    await Deno.remove(`${cwd}/runs/first/report.html`).catch(() => {});
    assertEquals(await report(...words), { code: 0, stdout: said("runs/first/report.html"), stderr: "" });
    assertStringIncludes(await read("runs/first/report.html"), "<title>first</title>");
  }
  const here = await refrain(["report", "."], { cwd: `${cwd}/runs/first` });
  assertEquals(here, { code: 0, stdout: said("./report.html"), stderr: "" });
  assertStringIncludes(
    await read("runs/first/report.html"),
    "<title>first</title>",
    "from within its folder",
  );
  const none = {
    code: 1,
    stdout: "",
    stderr: "error: Cannot report a run as there is none under runs/: name its folder\n",
  };
  assertEquals(await report(), none, "without a model");
  await Deno.writeTextFile(`${cwd}/runs/first/model.safetensors`, "");
  assertEquals(await report(), { code: 0, stdout: said("runs/first/report.html"), stderr: "" });
});

Deno.test("several runs are one page here, or where --out says; a bad one is named, and the others are shown", async () => {
  await makeRun("a/one");
  await makeRun("b/one");
  assertEquals(await report("a/one", "b/one"), { code: 0, stdout: said("report.html"), stderr: "" });
  const page = await read("report.html");
  for (const name of ["a/one", "b/one"]) assertStringIncludes(page, `<th scope="col">${name}</th>`);
  const { code, stdout, stderr } = await report("a/one", "no/such", "b/one", "--out", "two.html");
  assertEquals([code, stdout], [1, said("two.html")]);
  assertEquals(stderr, 'error: Cannot report run "no/such": no such file or folder\n');
  assertEquals(await read("two.html"), page);
  assertEquals((await report("a/one", "--out", "two.html")).code, 0, "a page is written anew");
  await Deno.writeTextFile(`${cwd}/mine.html`, "<p>mine</p>");
  const refused =
    'error: Cannot write the report to "mine.html" as another file is there: report --out FILE writes it elsewhere\n';
  assertEquals(await report("a/one", "--out", "mine.html"), { code: 1, stdout: "", stderr: refused });
  assertEquals(await read("mine.html"), "<p>mine</p>");
  for (
    const [path, reason] of [["a", "a folder is there"], ["", "that is no file"], ["-", "that is no file"]]
  ) {
    const { code, stderr } = await report("a/one", `--out=${path}`);
    const sentence =
      `Cannot write the report to "${path}" as ${reason}: report --out FILE writes it elsewhere`;
    assertEquals([code, stderr], [1, `error: ${sentence}\n`]);
  }
});

Deno.test("another program's report.html in the folder of a run stays", async () => {
  await makeRun("others");
  await Deno.writeTextFile(`${cwd}/others/report.html`, "<p>mine</p>");
  const sentence =
    'Cannot write the report to "others/report.html" as another file is there: report --out FILE writes it elsewhere';
  assertEquals(await report("others"), { code: 1, stdout: "", stderr: `error: ${sentence}\n` });
  assertEquals(await read("others/report.html"), "<p>mine</p>");
});

Deno.test("what is no run is one sentence and exit code 1", async () => {
  await Deno.mkdir(`${cwd}/empty`);
  await Deno.mkdir(`${cwd}/foreign`);
  await Deno.writeTextFile(`${cwd}/foreign/config.json`, '{"architectures":["GPT2"]}');
  await Deno.writeTextFile(`${cwd}/some.txt`, "text");
  const holds = (name: string): string =>
    `Cannot report run "${name}" as it holds none: it has neither a log.jsonl nor a config.json of one`;
  const cases: Record<string, string> = {
    "empty": holds("empty"),
    "foreign": holds("foreign"),
    "some.txt": 'Cannot report run "some.txt" as it is a file: name its folder',
    "nowhere": 'Cannot report run "nowhere": no such folder under runs/, nor at that path',
    "": 'Cannot report run "" as that is no name: name its folder',
  };
  for (const [name, sentence] of Object.entries(cases)) {
    assertEquals(await report(name), { code: 1, stdout: "", stderr: `error: ${sentence}\n` }, name);
  }
  const both = await report("empty", "foreign");
  assertEquals([both.code, both.stdout], [1, ""]);
  assertMatch(both.stderr, /^error: Cannot report run "empty" .*\n/);
});

Deno.test("a run that is damaged or still training is shown, and a sentence says what is wrong", async () => {
  const cut = await makeRun("cut", `${line(1)}\n${line(2).slice(0, 20)}`);
  const { code, stderr } = await report(cut);
  assertEquals([code, stderr], [0, 'Run "cut": the last line of its log is cut off and left out\n']);
  const run = await RunFolder.create(`${cwd}/working`);
  await run.writeConfig({ version: "0.1.0", epochs: 9 });
  assertEquals((await report("working")).stderr, 'Run "working": it has no report yet\n');
  await run.appendLog(line(3));
  assertEquals((await report("working")).stderr, "");
  await run.close();
  const page = await read("working/report.html");
  assertStringIncludes(page, "<td>still training</td>");
  assertStringIncludes(page, "3 of 9");
});

Deno.test("a report makes no old run the newest", async () => {
  await makeRun("runs/newer");
  await Deno.writeTextFile(`${cwd}/runs/newer/model.safetensors`, "");
  await Deno.utime(`${cwd}/runs/first/model.safetensors`, 1, 1);
  for (const name of ["config.json", "log.jsonl"]) await Deno.utime(`${cwd}/runs/first/${name}`, 1, 1);
  assertEquals((await report("first")).code, 0);
  assertEquals((await report()).stdout, said("runs/newer/report.html"));
});

const TRAIN =
  "--max-chars 300 --hidden-size 4 --batch-size 2 --num-steps 5 --device wasm --threads 1 --length 3";

Deno.test("train leaves a page at its end and at a stop, with the command that made it", async () => {
  const words = [
    "train",
    ...TRAIN.split(" "),
    "--epochs",
    "3",
    "--log-every",
    "1",
    "--prefix",
    "分开 不分开",
    "--out",
    "with page",
  ];
  const stopped = await refrain([...words, "--stop-after", "5"], { cwd });
  assertEquals([stopped.code, stopped.stderr], [0, ""]);
  assertStringIncludes(stopped.stdout, "\nThe report of the run is in with page/report.html\n");
  const first = await read("with page/report.html");
  assertStringIncludes(first, "<td>stopped</td>");
  assertEquals((await refrain(["train", "--resume", "with page"], { cwd })).code, 0);
  const page = await read("with page/report.html");
  for (const text of ["<td>ended</td>", "3 of 3", "WebAssembly", '<p class="label">Epoch 3</p>']) {
    assertStringIncludes(page, text);
  }
  const { facts: { command } } = JSON.parse(await read("with page/config.json"));
  assertMatch(command, / train --max-chars 300 .*--prefix '分开 不分开'.* --out 'with page'/);
  assert(!command.includes("stop-after"), "another process may go further");
  assertStringIncludes(page, "--prefix &#39;分开 不分开&#39;");
});

Deno.test({
  name: "a page that cannot be written fails no training",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await Deno.mkdir(`${cwd}/blocked`);
    const words = ["train", ...TRAIN.split(" "), "--epochs", "400", "--out", "blocked"];
    const child = refrain(words, { cwd, env: {} });
    // A folder in its place stands for whatever keeps a file from being written.
    for (;;) {
      if (await Deno.stat(`${cwd}/blocked/config.json`).then(() => true, () => false)) break;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Deno.mkdir(`${cwd}/blocked/report.html`);
    const { code, stdout, stderr } = await child;
    assertEquals(code, 0);
    assertMatch(
      stderr,
      /^Cannot write the report to "blocked\/report\.html" as a folder is there: [^\n]*; the run is kept without its report\n$/,
    );
    assertMatch(stdout, /\nThe run is kept in blocked; to generate from it:\n/);
  },
});

Deno.test("what inspect has found of a run is in its report", async () => {
  await Deno.writeTextFile(`${cwd}/lines.txt`, "分开\n不分开\n".repeat(60));
  const words = ["--corpus", "lines.txt", "--preset", "tutorial", "--epochs", "1", "--out", "inspected"];
  assertEquals((await refrain(["train", ...TRAIN.split(" "), ...words], { cwd })).code, 0);
  const text = ["--text", "lines.txt", "--threads", "1"];
  const { code, stderr } = await refrain(["inspect", "inspected", ...text], { cwd });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await report("inspected"), { code: 0, stdout: said("inspected/report.html"), stderr: "" });
  const page = await read("inspected/report.html");
  assertMatch(page, /<h3>Layer 0, h\[\d\] follows [a-z ]+: correlation -?[01]\.\d{3}<\/h3>/);
  assertMatch(page, /<p class="text units" dir="auto">(<span( class="[np]\d")?>[^<]+<\/span>)+<\/p>/);
  assertStringIncludes(page, "Read of lines.txt");
});
