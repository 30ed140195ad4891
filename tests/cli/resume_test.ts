/** Runs that are stopped or killed, and go on: every file is that of a run that was not. @module */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf as filesOfFolder } from "./files_of.ts";
import { command, kill, refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/song.txt`, "我们只是暂时分开\n不是从此不再唱同一首歌\n".repeat(6));

const FLAGS = [
  "--preset",
  "tutorial",
  "--corpus",
  "song.txt",
  "--batch-size",
  "3",
  "--num-steps",
  "7",
  "--hidden-size",
  "11",
]
  .concat(["--learning-rate", "0.05", "--device", "wasm", "--threads", "2", "--log-every", "3"])
  .concat(["--length", "6", "--seed", "3"]);
const VARIED =
  "--cell lstm --num-layers 2 --dropout 0.3 --sampling random --optimizer rmsprop --momentum 0.5 " +
  "--schedule plateau --plateau-patience 0 --warm-up 2 --validation-split 0.2";
const CASES: Record<string, string[]> = {
  "the tutorial's": [...FLAGS, "--epochs", "8"], // 5 steps an epoch
  "the ends of rows held out, and counted": [
    ...FLAGS,
    ..."--epochs 8 --validation-split 0.2 --split rows --baseline".split(" "),
  ],
  "dropout, random sampling, RMSprop, plateau, validation": [...FLAGS, "--epochs", "8", ...VARIED.split(" ")],
};

/** The flags with other values of some. */
function withFlags(...changes: string[]): string[] {
  const flags = [...FLAGS];
  for (let i = 0; i < changes.length; i += 2) {
    const at = flags.indexOf(changes[i]!);
    flags.splice(at < 0 ? flags.length : at, at < 0 ? 0 : 2, changes[i]!, changes[i + 1]!);
  }
  return flags;
}

const filesOf = (run: string): Promise<Record<string, string>> => filesOfFolder(`${cwd}/${run}`);
const train = (...args: string[]): Promise<Result> => refrain(["train", ...args], { cwd });

/** Checks file by file, so that a difference is named. */
async function assertFiles(run: string, expected: Record<string, string>, when: string): Promise<void> {
  const files = await filesOf(run);
  assertEquals(Object.keys(files).sort(), Object.keys(expected).sort(), when);
  for (const [name, content] of Object.entries(expected)) {
    assertEquals(files[name], content, `${when}: ${name}`);
  }
}

/** Starts a run and does something to it when a text was printed; gives how it ended. */
async function disturbed(
  args: readonly string[],
  text: string,
  act: (child: Deno.ChildProcess) => void,
): Promise<Result> {
  const child = command(["train", ...args], { cwd }).spawn();
  const error = new Response(child.stderr).text();
  let stdout = "";
  let acted = false;
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += piece;
    if (!acted && stdout.includes(text)) {
      acted = true;
      act(child);
    }
  }
  return { code: (await child.status).code, stdout, stderr: await error };
}

for (const [name, flags] of Object.entries(CASES)) {
  Deno.test(`a run that was stopped anywhere ends as one that was not: ${name}`, async () => {
    const whole = `whole-${flags.length}`;
    assertEquals((await train(...flags, "--out", whole)).code, 0);
    const expected = await filesOf(whole);
    assertEquals(Object.keys(expected).sort(), [
      "checkpoint.safetensors",
      "config.json",
      "log.jsonl",
      "model.safetensors",
      "report.html",
      "samples.txt",
    ]);
    for (const step of [1, 7, 15]) {
      const run = `parts-${flags.length}-${step}`;
      const first = await train(...flags, "--out", run, "--stop-after", `${step}`);
      assertMatch(first.stdout, new RegExp(`\\nStopped behind step ${step}; the run is kept in ${run}; `));
      assertEquals([first.code, first.stderr], [0, ""]);
      const second = await train("--resume", run);
      assertEquals([second.code, second.stderr], [0, ""]);
      await assertFiles(run, expected, `stopped behind step ${step}`);
    }
  });
}

const ENDLESS = [...FLAGS, "--epochs", "200000"];

/** Signals that stop, and the exit code of each. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

for (const [signal, code] of Object.entries(SIGNALS)) {
  Deno.test({
    name: `${signal} saves the run, says how to go on, and ends with ${code}`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const run = `run-${signal}`;
      const result = await disturbed(
        [...ENDLESS, "--out", run],
        "\nepoch 6,",
        (child) => child.kill(signal as Deno.Signal),
      );
      assertEquals([result.code, result.stderr], [code, "\nStopping after this step, then saving\n"]);
      assertMatch(result.stdout, new RegExp(`\\nStopped; the run is kept in ${run}; to go on with it:\\n.*`));
      const words = result.stdout.trimEnd().split(/mod\.ts'? /).at(-1)!.split(" ");
      const log = (await Deno.readTextFile(`${cwd}/${run}/log.jsonl`)).trimEnd().split("\n").length;
      const again = await refrain([...words, "--epochs", `${3 * log + 3}`], { cwd });
      assertEquals([again.code, again.stderr], [0, ""]);
      assertEquals(
        (await Deno.readTextFile(`${cwd}/${run}/log.jsonl`)).trimEnd().split("\n").length,
        log + 1,
      );
    },
  });
}

Deno.test({
  name: "SIGUSR1 and 2, and SIGHUP without a terminal, save the run and let it go on",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const signal of ["SIGUSR1", "SIGUSR2", "SIGHUP"] as const) {
      const run = `run-${signal}`;
      const path = `${cwd}/${run}/checkpoint.safetensors`;
      const args = withFlags("--epochs", "200000", "--log-every", "150000", "--out", run);
      const child = command(["train", ...args], { cwd }).spawn();
      const output = child.stdout.cancel();
      const saved = async (): Promise<boolean> => await Deno.stat(path).then(() => true, () => false);
      const begun = (): Promise<boolean> =>
        Deno.stat(`${cwd}/${run}/config.json`).then(() => true, () => false);
      for (let i = 0; i < 1000 && !await begun(); i++) await wait(20);
      await wait(200);
      assertEquals(await saved(), false);
      child.kill(signal);
      for (let i = 0; i < 200 && !await saved(); i++) await wait(20);
      assertEquals(await saved(), true);
      child.kill("SIGTERM");
      await output;
      assertEquals((await child.status).code, 143);
      await child.stderr.cancel();
    }
  },
});

Deno.test("a run that was killed goes on from its last save, and ends as one that was not", async () => {
  const flags = withFlags("--epochs", "200", "--log-every", "50", "--save-every", "0.02");
  assertEquals((await train(...flags, "--out", "untouched")).code, 0);
  const expected = await filesOf("untouched");
  for (const milliseconds of [0, 40, 90]) {
    const run = `killed-${milliseconds}`;
    const { code } = await disturbed([...flags, "--out", run], "\nrun  ", (child) => {
      setTimeout(() => kill(child), milliseconds);
    });
    if (code === 0) continue; // it was faster
    const { code: second, stderr } = await train("--resume", run);
    assertEquals([second, stderr], [0, ""]);
    await assertFiles(run, expected, `killed after ${milliseconds} ms`);
  }
});

Deno.test("a report whose samples were cut short is made again", async () => {
  const flags = withFlags("--epochs", "6", "--length", "3000000");
  const { code } = await disturbed(
    [...flags, "--out", "short"],
    "\nepoch 3,",
    (child) => child.kill("SIGINT"),
  );
  assertEquals(code, 130);
  assertEquals(await Deno.stat(`${cwd}/short/log.jsonl`).then(({ size }) => size, () => 0), 0);
  assertEquals((await train("--resume", "short", "--length", "6")).code, 0);
  assertEquals((await train(...FLAGS, "--epochs", "6", "--out", "long")).code, 0);
  const [short, long] = [await filesOf("short"), await filesOf("long")];
  for (const name of ["log.jsonl", "samples.txt", "model.safetensors"]) assertEquals(short[name], long[name]);
});

Deno.test("a run of bytes goes on in another folder, with its text named from there", async () => {
  const flags = [...withFlags("--epochs", "4"), "--tokenizer", "byte"];
  assertEquals((await train(...flags, "--out", "bytes")).code, 0);
  assertEquals((await train(...flags, "--out", "moved", "--stop-after", "9")).code, 0);
  await Deno.mkdir(`${cwd}/inner`);
  const args = ["train", "--resume", "../moved", "--corpus", "../song.txt"];
  const { code, stderr } = await refrain(args, { cwd: `${cwd}/inner` });
  assertEquals([code, stderr], [0, ""]);
  const { ["config.json"]: config, ...moved } = await filesOf("moved");
  const { ["config.json"]: _, ...whole } = await filesOf("bytes");
  assertEquals(moved, whole);
  assertMatch(config!, /"corpus": \[\n +"\.\.\/song\.txt"\n/);
});

Deno.test("what a run may not go on with is told in a sentence", async () => {
  assertEquals((await train(...FLAGS, "--epochs", "2", "--out", "small")).code, 0);
  const refuse = async (args: string[], code: number, sentence: string): Promise<void> => {
    const before = await filesOf("small");
    const result = await train("--resume", "small", ...args);
    assertEquals([result.code, result.stdout, result.stderr], [code, "", `error: ${sentence}\n`]);
    assertEquals(await filesOf("small"), before);
  };
  await refuse(
    ["--hidden-size", "12"],
    2,
    'Cannot use "--hidden-size 12" with "--resume small": the run\'s is 11',
  );
  await refuse(["--no-bias"], 2, 'Cannot use "--no-bias" with "--resume small": the run has none');
  await Deno.writeTextFile(
    `${cwd}/song.txt`,
    (await Deno.readTextFile(`${cwd}/song.txt`)).replace("我", "们"),
  );
  await refuse(
    [],
    1,
    'Cannot go on with run "small" as its text has changed: name the text it had with --corpus, ' +
      "or begin anew with its weights by --init-from small",
  );
  const none = await train("--resume", "nowhere");
  assertEquals(none.stderr, 'error: Cannot go on with run "nowhere": no such folder\n');
  assert(none.code === 1);
});

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Deno.test("a checkpoint that another program wrote again is refused, and gone on with where that is meant", async () => {
  assertEquals((await train(...withFlags("--epochs", "2"), "--out", "changed")).code, 0);
  const path = `${cwd}/changed/checkpoint.safetensors`;
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
  tensors["dense.bias"]!.data.fill(0.5);
  await Deno.writeFile(path, encodeSafetensors(tensors, metadata));
  const refused = await train("--resume", "changed");
  assertEquals([refused.code, refused.stdout, refused.stderr], [
    1,
    "",
    'error: Cannot go on with run "changed" as its checkpoint is not sound, but --init-from changed begins anew ' +
    "with its model: cannot go on from the checkpoint as it has changed since refrain wrote it: it is damaged, " +
    "or another program wrote it again, which --accept-changed-weights takes\n",
  ]);
  const taken = await train("--resume", "changed", "--accept-changed-weights", "--epochs", "3");
  assertEquals([taken.code, taken.stderr], [0, ""]);
  assertEquals((await train("--resume", "changed", "--epochs", "4")).code, 0); // it is refrain's own again
});
