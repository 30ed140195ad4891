/** `import` as people start it: a model of another framework becomes a run that other commands take. @module */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { unpacked } from "../frameworks/golden.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

for (const name of ["tf_keras_gru_language.h5", "keras_lstm_language.keras", "keras_mixed.keras"]) {
  await Deno.writeFile(`${cwd}/${name}`, await unpacked(name));
}
await Deno.writeTextFile(`${cwd}/tokens.json`, JSON.stringify([..."abcdefgh"]));
await Deno.writeTextFile(`${cwd}/text.txt`, "abba dad bad".replaceAll(" ", "c"));

const run = (...args: string[]): Promise<Result> => refrain(args, { cwd });
const LSTM = ["import", "keras_lstm_language.keras", "--vocabulary", "tokens.json"];
const DEVICE = ["--device", "wasm", "--threads", "1"];

Deno.test("import makes a run that generate, evaluate and verify take", async () => {
  const { code, stdout, stderr } = await run(...LSTM, "--out", "runs/lstm");
  assertEquals([code, stdout], [
    0,
    "The model of keras 3.15.1 is kept in runs/lstm: generate, evaluate and serve take it\n",
  ]);
  assertStringIncludes(stderr, "model: layers of 5, 3 units are layers of 5 here");
  const drawn = await run("generate", "--prefix", "abc", "--length", "9", ...DEVICE);
  assertEquals([drawn.code, drawn.stdout.trim().length], [0, 12]);
  const measured = await run("evaluate", "lstm", "--corpus", "text.txt", "--json", ...DEVICE);
  assertEquals([measured.code, JSON.parse(measured.stdout).characters], [0, 11]);
  const verified = await run("verify", "runs/lstm");
  assertEquals([verified.code, verified.stderr], [0, ""]);
  const listed = JSON.parse((await run("runs", "--json")).stdout.split("\n")[0]!);
  assertEquals(JSON.stringify(listed).includes("damaged"), false);
});

Deno.test("import tells programs what it made", async () => {
  const words = ["--vocabulary", "tokens.json", "--out", "gru", "--from", "keras", "--json"];
  const { code, stdout } = await run("import", "tf_keras_gru_language.h5", ...words);
  const { run: path, model, framework, version, config, notes } = JSON.parse(stdout);
  assertEquals(code, 0);
  assertEquals([path, model, framework, version], ["gru", "gru/model.safetensors", "keras", "2.21.0"]);
  assertEquals([config.kind, config.layer.numLayers, notes.length], ["gru", 2, 1]);
});

Deno.test("import says what is missing or cannot be done, and leaves no run", async () => {
  await Deno.writeTextFile(`${cwd}/few.json`, '["a", "b"]');
  for (
    const [args, code, sentence] of [
      [["import"], 2, "Cannot import without a file"],
      [["import", "nothing.keras"], 1, 'Cannot read "nothing.keras": no such file'],
      [["import", "tokens.json"], 1, '"tokens.json" is JSON'],
      [LSTM.slice(0, 2), 2, "--vocabulary names its 8 tokens"],
      [[...LSTM.slice(0, 3), "few.json"], 1, "must have 8 tokens: current size is 2"],
      [[...LSTM, "--from", "torch"], 2, '"torch"'],
      [["import", "keras_mixed.keras"], 1, "Cannot make a run of the model"],
      [[...LSTM, "gru.h5"], 1, "no such file"],
    ] as const
  ) {
    const result = await run(...args, "--out", "none");
    assertEquals([result.code, result.stdout], [code, ""], result.stderr);
    assertStringIncludes(result.stderr, "error: ");
    assertStringIncludes(result.stderr, sentence);
  }
  assertEquals([...Deno.readDirSync(cwd)].some(({ name }) => name === "none"), false);
});
