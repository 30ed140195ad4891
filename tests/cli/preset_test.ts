/** `--preset`: which one holds, what is picked, and that a run that goes on keeps it. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { givenFlags, parseFlags } from "../../src/cli/parse_flags.ts";
import { pick } from "../../src/cli/train/preset.ts";
import type { Settings } from "../../src/cli/flags.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf } from "./files_of.ts";
import { refrain } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(120));
const FAST = ["--hidden-size", "9", "--device", "wasm", "--threads", "1", "--length", "3"];

const told = (...args: string[]): Settings<"train"> => {
  const given = givenFlags(args);
  return pick(parseFlags("train", args), { given, text: { tokens: 1e6, vocabularySize: 65 } }).settings;
};
const configOf = async (run: string): Promise<Record<string, unknown>> =>
  JSON.parse(await Deno.readTextFile(`${cwd}/${run}/config.json`));

Deno.test("the tutorial's values hold without a text, and where they are asked for", () => {
  const args = ["--corpus=a", "--max-chars=10000", "--preset=tutorial"];
  for (const words of [[], args]) {
    const plain = parseFlags("train", words);
    assertEquals(told(...words), { ...plain, preset: "tutorial" });
  }
  assertEquals([told("--corpus=a").preset, told("--preset=auto").preset], ["auto", "auto"]);
});

Deno.test("a text of one's own has what suits it, and each flag that is given", () => {
  const auto = told("--corpus=a");
  const { cell, clipGradNorm, schedule, scheduleUnit } = auto;
  assertEquals([cell, clipGradNorm, schedule, scheduleUnit], ["gru", 1, "cosine", "step"]);
  assert(auto.epochs < 50 && auto.validationSplit === 0.1 && auto.resetProbability > 0);
  assertEquals(told("--corpus=a", "--cell=rnn", "--hidden-size=256").cell, "rnn"); // as the table has it
  assertEquals(told("--corpus=a", "--forget-bias=1").cell, "lstm");
  assertEquals(told("--corpus=a", "--nonlinearity=relu").cell, "rnn");
  const stepped = told("--corpus=a", "--step-size=3", "--gamma=0.5");
  assertEquals([stepped.schedule, stepped.scheduleUnit], ["step", "epoch"]);
  assertEquals(told("--corpus=a", "--warm-up=2").scheduleUnit, "epoch");
  assertEquals(told("--corpus=a", "--schedule=constant").schedule, "constant");
  assertEquals(told("--corpus=a", "--sampling=random").resetProbability, 0);
});

Deno.test("what is picked is told, kept, and not picked again by a run that goes on", async () => {
  const train = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    refrain(["train", ...args], { cwd });
  const whole = await train("--corpus", "song.txt", ...FAST, "--epochs", "3", "--out", "whole");
  assertEquals([whole.code, whole.stderr], [0, ""]);
  assertMatch(
    whole.stdout,
    /\nauto +--cell gru .*--learning-rate 0\.003 .*\nwhy +2,520 characters, 18 distinct: 3 epochs are [\d.e-]+ TFLOP, /,
  );
  assertEquals(/auto .*--(hidden-size|epochs)/.test(whole.stdout), false);
  const config = await configOf("whole");
  const { preset, cell, validationSplit, schedule, hiddenSize } = config;
  assertEquals([preset, cell, validationSplit, schedule, hiddenSize], ["auto", "gru", 0.1, "cosine", 9]);

  const args = ["--corpus", "song.txt", ...FAST, "--epochs", "3", "--out", "parts"];
  assertEquals((await train(...args, "--stop-after", "5")).code, 0);
  const changed = { ...await configOf("parts"), learningRate: 0.002 };
  const again = await train("--resume", "parts");
  assertEquals([again.code, again.stderr], [0, ""]);
  assertEquals(/\nauto /.test(again.stdout), false);
  assertEquals(await filesOf(`${cwd}/parts`), await filesOf(`${cwd}/whole`));
  assertEquals((await train(...args.slice(0, -1), "kept", "--stop-after", "5")).code, 0);
  await Deno.writeTextFile(`${cwd}/kept/config.json`, JSON.stringify(changed));
  await train("--resume", "kept", "--epochs", "4");
  assertEquals((await configOf("kept"))["learningRate"], 0.002);
  const refused = await train("--resume", "parts", "--preset", "tutorial");
  assertEquals(
    [refused.code, refused.stderr],
    [2, `error: Cannot use "--preset tutorial" with "--resume parts": the run's is auto\n`],
  );
});

Deno.test("a model to go on from keeps its sizes", async () => {
  const first = await refrain(
    ["train", "--corpus", "song.txt", ...FAST, "--cell", "lstm", "--epochs", "1", "--out", "first"],
    { cwd },
  );
  assertEquals(first.code, 0);
  const args = ["--corpus", "song.txt", "--init-from", "first", "--epochs", "1", "--out", "second"];
  const { code, stdout } = await refrain(["train", ...args, ...FAST.slice(2)], { cwd });
  assertEquals(code, 0);
  assertMatch(stdout, /\nmodel +LSTM, 1 layer of 9/);
  assertEquals(/auto .*--(cell|hidden-size|output-dropout)/.test(stdout), false);
  const { cell, hiddenSize, learningRate } = await configOf("second");
  assertEquals([cell, hiddenSize, learningRate], ["lstm", 9, 0.001]);
});
