/** What becomes of a run that is taken up: its flags, its files, where they lie, and who computes. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { type Flag, flagsOf } from "../../src/cli/flags.ts";
import { camelCase, parseFlags } from "../../src/cli/parse_flags.ts";
import { resumedSettings } from "../../src/cli/train/resume.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf } from "./files_of.ts";
import { refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const SONG = "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6);
await Deno.writeTextFile(`${cwd}/song.txt`, SONG);
const FLAGS =
  "--preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --threads 2 --seed 3 --length 3"
    .split(" ");
const train = (...args: string[]): Promise<Result> => refrain(["train", ...args], { cwd });
const resume = (...args: string[]): Promise<Result> => refrain(["train", "--resume", ...args], { cwd });

/** A run of eight epochs that was stopped in the fifth, as a copy of its own. */
async function stopped(name: string, ...more: string[]): Promise<string> {
  const args = [...FLAGS, "--device", "wasm", "--epochs", "8", "--log-every", "1", "--stop-after", "22"];
  assertEquals((await train(...args, ...more, "--out", name)).code, 0);
  return `${cwd}/${name}`;
}

/** What a resumed run says on standard error, and its exit code. */
async function told(...args: string[]): Promise<[number, string]> {
  const { code, stderr } = await resume(...args);
  return [code, stderr];
}

/** Flags that change nothing of what is learnt. */
const FREE = ["corpus", "epochs", "time-budget", "stop-after", "save-every", "log-every", "length", "prefix"]
  .concat([
    "prefix-file",
    "temperature",
    "device",
    "threads",
    "deterministic",
    "turbo",
    "accept-changed-weights",
    "resume",
    "trace",
    "json",
    "quiet",
    "debug",
    "help",
    "distributed",
    "mpi-library",
  ]);

/** A value that is not the default. */
function otherValue({ kind, choices, train: value, ...range }: Flag): string {
  if (kind === "choice") return choices!.find((choice) => choice !== value)!;
  if (kind === "text" || kind === "duration") return "7";
  return "to" in range && range.to === 1 || "below" in range ? "0.25" : "7";
}

for (const [, name, flag] of flagsOf("train")) {
  Deno.test(`--resume ${FREE.includes(name) ? "takes" : "refuses"} --${name}`, () => {
    const args = flag.kind === "switch" ? [`--${name}`] : [`--${name}=${otherValue(flag)}`];
    const settings = { ...parseFlags("train", args), resume: "run" };
    const config = { ...parseFlags("train", []), version: "0.1.0" };
    const given = new Set([camelCase(name)]);
    if (FREE.includes(name)) {
      const { [camelCase(name)]: value } = resumedSettings(config, settings, given) as Record<
        string,
        unknown
      >;
      assertEquals(value, (settings as Record<string, unknown>)[camelCase(name)]);
      return;
    }
    const error = assertThrows(() => resumedSettings(config, settings, given), UsageError);
    assertMatch(
      error.message,
      new RegExp(
        `^Cannot use "--${name}( [^"]+)?" with "--resume run": the run(\\'s is .+| has none| is of a text)$`,
      ),
    );
  });
}

Deno.test("a log that was shortened, or has half a line, is told and goes on", async () => {
  const run = await stopped("short");
  const lines = (await Deno.readTextFile(`${run}/log.jsonl`)).trimEnd().split("\n");
  assertEquals(lines.length, 4);
  await Deno.writeTextFile(`${run}/log.jsonl`, `\ufeff${lines[0]}\r\n${lines[1]}\n${lines[2]!.slice(0, 20)}`);
  await Deno.remove(`${run}/samples.txt`);
  assertEquals(await told("short"), [
    0,
    "resume: log.jsonl has 2 whole lines of the 4 that it had; new ones go behind them\n" +
    "resume: samples.txt has 0 whole lines of the 8 that it had; new ones go behind them\n",
  ]);
  const log = await Deno.readTextFile(`${run}/log.jsonl`);
  const epochs = log.slice(1).trimEnd().split("\n").map((line) => JSON.parse(line).epoch);
  assertEquals(epochs, [1, 2, 5, 6, 7, 8]);
  assertEquals(await told("short"), [0, ""]);
});

Deno.test("a run finds its text from any folder, and moves", async () => {
  const run = await stopped("here");
  const text = await Deno.readTextFile(`${run}/config.json`);
  assertEquals(JSON.parse(text).directory, await Deno.realPath(cwd));
  const copy = (to: string): Promise<Deno.CommandOutput> =>
    new Deno.Command("cp", { args: ["-r", run, `${cwd}/${to}`] }).output();
  await Deno.mkdir(`${cwd}/deep/inner`, { recursive: true });
  await copy("deep/moved");
  await copy("lost");
  await copy("other");
  assertEquals((await resume("here")).code, 0);
  const expected = await filesOf(run);
  const { code, stderr } = await refrain(["train", "--resume", "../moved"], { cwd: `${cwd}/deep/inner` });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await filesOf(`${cwd}/deep/moved`), expected);
  await Deno.rename(`${cwd}/song.txt`, `${cwd}/deep/song.txt`);
  assertEquals(await told("lost"), [
    1,
    'error: Cannot go on with run "lost" as its text "song.txt" is not there: --corpus says where it is\n',
  ]);
  assertEquals(await told("lost", "--corpus", "deep/song.txt"), [0, ""]);
  const changed = 'error: Cannot go on with run "other" as its text has changed: ' +
    "name the text it had with --corpus, or begin anew with its weights by --init-from other\n";
  for (const other of [`${SONG}新`, SONG.replace("我", "们")]) {
    await Deno.writeTextFile(`${cwd}/song.txt`, other);
    assertEquals(await told("other"), [1, changed]);
  }
  await Deno.rename(`${cwd}/deep/song.txt`, `${cwd}/song.txt`);
});

Deno.test("a run that has ended says so, and epochs that are past are refused", async () => {
  await stopped("past");
  assertEquals(await told("past", "--epochs", "4"), [
    2,
    'error: Cannot use "--epochs 4" with "--resume past": the run has come to epoch 5\n',
  ]);
  for (const steps of ["1", "22"]) {
    assertEquals(await told("past", "--stop-after", steps), [
      2,
      `error: Cannot use "--stop-after ${steps}" with "--resume past": the run has come to step 22\n`,
    ]);
  }
  const fewer = await resume("past", "--epochs", "5");
  assertEquals([fewer.code, fewer.stderr], [0, ""]);
  const before = await filesOf(`${cwd}/past`);
  const { code, stdout, stderr } = await resume("past");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /\nThe run has ended: 5 epochs are trained; --epochs with a larger number goes on\n\nThe report of the run is in past\/report.html\n\nThe run is kept in past; /,
  );
  assertEquals(await filesOf(`${cwd}/past`), before);
  await Deno.remove(`${cwd}/past/model.safetensors`);
  assertEquals((await resume("past")).code, 0);
  assertEquals(await filesOf(`${cwd}/past`), before);
  const patient = ["--patience", "1", "--learning-rate", "3", "--clip-grad-norm", "0", "--epochs", "90"];
  const args = [...FLAGS, ...patient, "--device", "wasm", "--log-every", "1", "--out", "patient"];
  assertEquals((await train(...args)).code, 0);
  const ended = await filesOf(`${cwd}/patient`);
  const again = await resume("patient");
  assertEquals(await filesOf(`${cwd}/patient`), ended);
  assertMatch(again.stdout, /\nThe run has ended by --patience: 1 report without a better loss\n/);
});

Deno.test("a damaged checkpoint gives way to the one before; where both are, the model is left", async () => {
  const run = await stopped("broken");
  const [last, previous] = ["checkpoint", "checkpoint.previous"].map((name) => `${run}/${name}.safetensors`);
  const damage = async (path: string): Promise<void> => {
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 5]! ^= 1;
    await Deno.writeFile(path, bytes);
  };
  await Deno.copyFile(last!, previous!);
  await damage(last!);
  const [code, stderr] = await told("broken", "--stop-after", "30");
  assertEquals(code, 0);
  assertMatch(stderr, /^resume: the checkpoint before the last one is taken: Cannot go on from [^\n]+\n$/);
  await Deno.copyFile(last!, previous!);
  await damage(last!);
  await damage(previous!);
  const [bad, sentence] = await told("broken");
  assertEquals(bad, 1);
  assertMatch(
    sentence,
    /^error: Cannot go on with run "broken" as its checkpoint is not sound, but --init-from broken begins anew with its model: cannot go on from [^\n]+\n$/,
  );
  const config = JSON.parse(await Deno.readTextFile(`${run}/config.json`));
  await Deno.writeTextFile(`${run}/config.json`, JSON.stringify({ ...config, version: "9.0.0", mood: 3 }));
  const [newer, newest] = await told("broken");
  assertEquals(newer, 1);
  assertMatch(newest, /it has the unknown setting "mood": refrain 9\.0\.0 wrote it, and this is \d/);
});

/** The losses of a run's log. */
async function lossesOf(run: string): Promise<number[]> {
  const log = await Deno.readTextFile(`${cwd}/${run}/log.jsonl`);
  return log.trimEnd().split("\n").map((line) => JSON.parse(line).loss);
}

const OTHERS = [["--deterministic"], ["--device", "webgpu"]];
for (const other of OTHERS) {
  const named = Deno.env.get("REFRAIN_DEVICES")?.split(",").includes("webgpu");
  Deno.test({
    name: `a run that goes on with ${other.join(" ")} says so, and has the same losses to 1e-5`,
    ignore: other.includes("webgpu") && !named,
    fn: async () => {
      const name = `with${other.at(-1)}`;
      await stopped(name);
      await stopped(`${name}-not`);
      assertEquals((await resume(`${name}-not`)).code, 0);
      const { code, stdout, stderr } = await resume(name, ...other);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /\nresume {2}.+ computed before: losses agree to 1e-5, bits do not\n/);
      const [losses, expected] = [await lossesOf(name), await lossesOf(`${name}-not`)];
      assertEquals(losses.length, 8);
      for (const [i, loss] of losses.entries()) {
        assert(Math.abs(loss - expected[i]!) < 1e-5, `${loss}, and ${expected[i]}`);
      }
    },
  });
}

const COSINE = ["--schedule", "cosine", "--warm-up", "2"];

Deno.test("--resume with more epochs leaves a cosine's end where the run's first epochs put it", async () => {
  const short = [...COSINE, "--t-max", "4"]; // it has come down, and goes up again
  await stopped("cosine", ...short);
  assertEquals((await resume("cosine", "--epochs", "9")).code, 0);
  const args = [...FLAGS, "--device", "wasm", "--epochs", "9", "--log-every", "1"];
  assertEquals((await train(...args, ...short, "--out", "never-stopped")).code, 0);
  assertEquals(await filesOf(`${cwd}/cosine`), await filesOf(`${cwd}/never-stopped`));
});

for (const unit of ["epoch", "step"]) {
  Deno.test(`--resume says of epochs behind a cosine's end that the rate rises again: unit ${unit}`, async () => {
    const name = `down-${unit}`;
    const warmUp = unit === "epoch" ? COSINE : COSINE.slice(0, 2);
    await stopped(name, ...warmUp, "--schedule-unit", unit);
    assertEquals(await told(name), [0, ""]);
    const ended =
      `\nThe run has ended: 8 epochs are trained; --init-from ${name} begins anew with its weights\n`;
    assertStringIncludes((await resume(name)).stdout, ended);
    const more = await resume(name, "--epochs", "9");
    const note = `resume  behind epoch 8, where its cosine ends, the learning rate rises again; ` +
      `--init-from ${name} begins a new one with its weights\n`;
    assertEquals([more.code, more.stdout.includes(note)], [0, true], more.stdout);
    assertEquals((await resume(name, "--epochs", "10")).stdout.includes("rises again"), false);
    const anew = ["--init-from", name, ...FLAGS, "--epochs", "1", "--out", `${name}-anew`];
    assertEquals((await train(...anew)).code, 0);
  });
}
