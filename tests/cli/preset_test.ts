/** `--preset`: which one holds, what is picked, and that a run that goes on keeps it. @module */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { checkTogether } from "../../src/cli/check_flags.ts";
import { givenFlags, parseFlags } from "../../src/cli/parse_flags.ts";
import { pick } from "../../src/cli/train/preset.ts";
import type { Settings } from "../../src/cli/flags.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
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
  assertEquals(told("--corpus=a", "--warm-up=50").epochs, 100); // else none of a long text would be left
  assertEquals(told("--corpus=a", "--warm-up=50", "--epochs=60").epochs, 60);
  assertEquals(told("--corpus=a", "--schedule=constant").schedule, "constant");
  assertEquals(told("--corpus=a", "--sampling=random").resetProbability, 0);
});

Deno.test("flags that belong to one schedule or cell choose it, and others are refused by their own names", () => {
  for (const flag of ["factor=0.5", "threshold=0.1", "plateau-patience=3", "cooldown=2"]) {
    const settings = told("--corpus=a", `--${flag}`);
    checkTogether(settings);
    assertEquals([settings.schedule, settings.scheduleUnit], ["plateau", "epoch"]);
  }
  assertEquals(told("--corpus=a", "--factor=0.5", "--min-learning-rate=1e-5").schedule, "plateau");
  assertEquals(told("--corpus=a", "--min-learning-rate=1e-5").schedule, "cosine");
  const refused: [args: string[], message: string][] = [
    [["--gamma=0.5"], '"--gamma 0.5" with "--schedule cosine": it belongs to step and exponential'],
    [["--step-size=2", "--t-max=3"], '"--step-size 2" with "--schedule cosine": it belongs to step'],
    [
      ["--factor=0.5", "--schedule-unit=step"],
      '"--schedule-unit step" with "--schedule plateau": it watches the loss of an epoch',
    ],
    [["--tie-weights", "--embedding-size=0"], '"--tie-weights" without "--embedding-size 256"'],
  ];
  for (const [args, message] of refused) {
    assertThrows(() => checkTogether(told("--corpus=a", ...args)), UsageError, `Cannot use ${message}`);
  }
});

Deno.test("what is picked is told, kept, and not picked again by a run that goes on", async () => {
  const train = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    refrain(["train", ...args], { cwd });
  const whole = await train("--corpus", "song.txt", ...FAST, "--epochs", "3", "--out", "whole");
  assertEquals([whole.code, whole.stderr], [0, ""]);
  assertMatch(
    whole.stdout,
    /\nauto +--cell gru .*--learning-rate 0\.003 .*\nwhy +2,520 characters of a vocabulary of 18: 3 epochs are [\d.e-]+ TFLOP, 1 second /,
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
  const whole = ["--validation-split", "0"];
  const { code, stdout } = await refrain(["train", ...args, ...whole, ...FAST.slice(2)], { cwd });
  assertEquals(code, 0);
  assertMatch(stdout, /: 1 epoch is [\d.e-]+ TFLOP, /);
  assertMatch(stdout, /\nmodel +LSTM, 1 layer of 9/);
  assertEquals(/auto .*--(cell|hidden-size|output-dropout)/.test(stdout), false);
  const { cell, hiddenSize, learningRate, validationSplit } = await configOf("second");
  assertEquals([cell, hiddenSize, learningRate, validationSplit], ["lstm", 9, 0.001, undefined]);
  const again = ["train", "--resume", "second", "--validation-split", "0", "--epochs", "2"];
  assertEquals((await refrain(again, { cwd })).code, 0);
  const measured = ["evaluate", "--model", "second", "--corpus", "song.txt", "--validation-split", "0"];
  assertEquals(
    (await refrain(measured, { cwd })).stderr,
    'error: Cannot use "--validation-split 0" with "evaluate": nothing is measured\n',
  );
});
