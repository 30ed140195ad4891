/** Signals to a training, wherever it is: opening, step, validation, samples, save. @module */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { filesOf } from "./files_of.ts";
import { command, refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const cwd = folder.path;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
const SONG = "我们只是暂时分开\n不是从此不再唱同一首歌\n";
await Deno.writeTextFile(`${cwd}/song.txt`, SONG.repeat(6));

const ignore = Deno.build.os === "windows";
const SLOW = decodeURIComponent(new URL("./slow_disk.ts", import.meta.url).pathname);
const FLAGS =
  "--preset tutorial --batch-size 3 --num-steps 7 --hidden-size 11 --device wasm --threads 2 --seed 3".split(
    " ",
  );
const train = (...args: string[]): Promise<Result> => refrain(["train", ...args], { cwd });
const isThere = (path: string): Promise<boolean> => Deno.stat(`${cwd}/${path}`).then(() => true, () => false);

/** A training in another process. */
interface Running {
  readonly kill: (signal: Deno.Signal) => void;
  /** Waits until it has written a text. */
  readonly wrote: (text: string, where?: "stdout" | "stderr") => Promise<void>;
  readonly end: () => Promise<Result>;
}

function start(child: Deno.ChildProcess): Running {
  const texts = { stdout: "", stderr: "" };
  const collect = async (name: "stdout" | "stderr"): Promise<void> => {
    for await (const part of child[name].pipeThrough(new TextDecoderStream())) texts[name] += part;
  };
  const both = Promise.all([collect("stdout"), collect("stderr")]);
  return {
    kill: (signal) => child.kill(signal),
    wrote: (text, where = "stdout") => until(() => texts[where].includes(text)),
    end: async () => {
      await both;
      return { code: (await child.status).code, ...texts };
    },
  };
}

const startTrain = (...args: string[]): Running => start(command(["train", ...args], { cwd }).spawn());

/** A training whose every sync takes a while. */
function startSlow(milliseconds: number, ...args: string[]): Running {
  const words = ["run", "-A", SLOW, `${milliseconds}`, "train", ...args];
  const options = { cwd, env: { NO_COLOR: "1" }, stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return start(new Deno.Command(Deno.execPath(), { args: words, ...options }).spawn());
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (await holds()) return;
    await wait(10);
  }
  throw new Error("It has not come within 30 seconds");
}

/** Saves by SIGUSR1 where nothing was saved before, and kills the training. */
async function saveAndKill(run: string, running: Running): Promise<void> {
  assertEquals(await isThere(`${run}/checkpoint.safetensors`), false);
  running.kill("SIGUSR1");
  await until(() => isThere(`${run}/checkpoint.safetensors`));
  await wait(50); // the one before is removed last
  running.kill("SIGKILL");
  await running.end();
}

Deno.test({
  name: "SIGUSR1 saves within samples, and the run that goes on from there draws them anew",
  ignore,
  fn: async () => {
    const flags = ["--corpus", "song.txt", ...FLAGS, "--epochs", "6", "--log-every", "3"];
    const running = startTrain(...flags, "--length", "3000000", "--out", "sampled");
    await running.wrote("\nepoch 3,");
    await saveAndKill("sampled", running);
    assertEquals((await train("--resume", "sampled", "--length", "6")).code, 0);
    assertEquals((await train(...flags, "--length", "6", "--out", "whole")).code, 0);
    assertEquals(await filesOf(`${cwd}/sampled`), await filesOf(`${cwd}/whole`));
  },
});

await Deno.writeTextFile(`${cwd}/long.txt`, SONG.repeat(10000));
/** Validation takes nearly all the time. */
const VALIDATING = ["--corpus", "long.txt", "--validation-split", "0.9995"]
  .concat([...FLAGS.map((word) => word === "11" ? "40" : word), "--cell", "lstm", "--num-layers", "2"])
  .concat(["--epochs", "3", "--log-every", "1"])
  .concat(["--schedule", "plateau", "--plateau-patience", "0", "--threshold", "0.9", "--length", "3"]);

Deno.test({
  name: "SIGUSR1, --save-every and the time budget save within a validation, which is made anew",
  ignore,
  fn: async () => {
    assertEquals((await train(...VALIDATING, "--out", "validated")).code, 0);
    const expected = await filesOf(`${cwd}/validated`);
    const { facts: { stepsPerEpoch } } = JSON.parse(
      await Deno.readTextFile(`${cwd}/validated/config.json`),
    );
    /** Whether all steps of an epoch are saved, and not its report. */
    const isWithin = async (run: string): Promise<boolean> => {
      const bytes = await Deno.readFile(`${cwd}/${run}/checkpoint.safetensors`).catch(() => undefined);
      if (!bytes) return false;
      return (await decodeCheckpoint(bytes)).state.step === stepsPerEpoch;
    };
    const assertEnds = async (run: string): Promise<void> => {
      const { code, stderr } = await train("--resume", run);
      assertEquals([code, stderr], [0, ""]);
      const files = await filesOf(`${cwd}/${run}`);
      for (const [name, content] of Object.entries(expected)) {
        if (name !== "config.json") assertEquals(files[name], content, `${run}: ${name}`);
      }
    };
    for (const [run, ...more] of [["asked"], ["often", "--save-every", "0.05s"]] as const) {
      const isSaved = async (running: Running): Promise<boolean> => {
        running.kill(run === "asked" ? "SIGUSR1" : "SIGCONT"); // throws where it has ended
        return await isWithin(run);
      };
      for (let tries = 0, saved = false; !saved; tries++) { // a fast machine may have left the validation
        assert(tries < 10, `${run}: no save within a validation`);
        const running = startTrain(...VALIDATING, "--out", run, "--overwrite", ...more);
        await running.wrote("\nrun ");
        saved = await until(() => isSaved(running)).then(() => true, (error) => {
          if (error instanceof TypeError) return false;
          throw error;
        });
        if (saved) running.kill("SIGKILL");
        await running.end();
      }
      await assertEnds(run);
    }
    let budget = 0.1;
    for (let within = false; !within; budget *= 2) { // steps take a small part of the time
      const args = [...VALIDATING, "--out", "budget", "--overwrite", "--time-budget", `${budget}s`];
      const { code, stdout } = await train(...args);
      assertEquals(code, 0);
      assertMatch(
        stdout,
        /\nStopped as the time budget of [\d.]+ seconds is spent; the run is kept in budget; /,
      );
      within = await isWithin("budget");
    }
    await assertEnds("budget");
  },
});

Deno.test({
  name: "SIGINT while the text is read ends at once, and nothing is kept",
  ignore,
  fn: async () => {
    const args = ["train", "--corpus", "-", ...FLAGS, "--out", "early"];
    const child = command(args, { cwd, stdin: "piped" }).spawn();
    const running = start(child);
    const writer = child.stdin.getWriter();
    const text = new TextEncoder().encode(SONG.repeat(10_000));
    for (let i = 0; i < 3; i++) await writer.write(text); // a pipe holds less: it is being read
    const before = performance.now();
    running.kill("SIGINT");
    const endless = async (): Promise<never> => {
      for (;;) await writer.write(text);
    };
    await assertRejects(endless); // whoever reads it is gone
    const { code, stdout, stderr } = await running.end();
    assertEquals([code, stdout, stderr], [130, "\nStopped before the first step: nothing is kept\n", ""]);
    assert(performance.now() - before < 2000);
    assertEquals(await isThere("early"), false);
  },
});

Deno.test({
  name: "SIGTERM while config.json is written takes the folder away again, though another signal comes",
  ignore,
  fn: async () => {
    const running = startSlow(700, "--corpus", "song.txt", ...FLAGS, "--out", "opened");
    await until(() => isThere("opened"));
    running.kill("SIGTERM");
    await wait(100);
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.end();
    assertEquals([code, stderr], [143, "Still undoing what was begun; once more ends at once\n"]);
    assertMatch(stdout, /\nStopped before the first step: nothing is kept\n$/);
    assertEquals(await isThere("opened"), false);
  },
});

Deno.test({
  name:
    "SIGUSR1 before the first step saves behind it; a run that is stopped before it goes on stays as it was",
  ignore,
  fn: async () => {
    const flags = ["--corpus", "song.txt", ...FLAGS, "--epochs", "200000", "--log-every", "200000"];
    const running = startSlow(300, ...flags, "--out", "asking");
    await until(() => isThere("asking"));
    running.kill("SIGUSR1");
    await until(() => isThere("asking/checkpoint.safetensors"));
    running.kill("SIGKILL");
    await running.end();
    const before = await filesOf(`${cwd}/asking`);
    const held = await Deno.readTextFile(`${cwd}/asking/run.lock`);
    const again = startSlow(1500, "--resume", "asking");
    const lock = (): Promise<string> => Deno.readTextFile(`${cwd}/asking/run.lock`);
    await until(async () => (await lock()).startsWith("process ") && await lock() !== held);
    again.kill("SIGINT");
    const { code, stdout } = await again.end();
    assertEquals(code, 130);
    assertMatch(stdout, /\nStopped before a step was taken; the run stays in asking as it was\n$/);
    const { ["run.lock"]: _lock, ["checkpoint.previous.safetensors"]: _old, ...files } = before;
    assertEquals(await filesOf(`${cwd}/asking`), files);
  },
});

Deno.test({
  name: "a second signal lets the save go on, a third ends at once, and either run goes on",
  ignore,
  fn: async () => {
    const flags = ["--corpus", "song.txt", ...FLAGS, "--epochs", "200000", "--log-every", "200000"];
    const stopped = async (run: string, signals: number): Promise<Result & { took: number }> => {
      const running = startSlow(600, ...flags, "--out", run);
      await until(() => isThere(`${run}/config.json`));
      await wait(700);
      running.kill("SIGTERM");
      await running.wrote("Stopping", "stderr");
      if (signals > 1) running.kill("SIGTERM");
      await running.wrote("Still saving", "stderr");
      const before = performance.now();
      if (signals > 2) running.kill("SIGINT");
      return { ...await running.end(), took: performance.now() - before };
    };
    const two = await stopped("two", 2);
    assertEquals([two.code, two.stderr], [
      143,
      "\nStopping after this step, then saving\nStill saving; once more ends at once, and what is not saved is lost\n",
    ]);
    assertMatch(two.stdout, /\nStopped; the run is kept in two; to go on with it:\n/);
    const three = await stopped("three", 3);
    assertEquals(three.code, 130);
    assert(three.took < two.took, `${three.took} ms, and ${two.took} ms with the save`);
    for (const run of ["two", "three"]) {
      const { code, stderr } = await train("--resume", run, "--time-budget", "0.01");
      assertEquals([code, stderr], [0, ""]);
    }
  },
});

Deno.test({
  name: "a signal during the last save lets it end: the run is whole, and the exit code is the signal's",
  ignore,
  fn: async () => {
    const flags = ["--corpus", "song.txt", ...FLAGS, "--epochs", "4", "--log-every", "4", "--length", "3"];
    const running = startSlow(500, ...flags, "--out", "last");
    await running.wrote("\n - ");
    await wait(100);
    running.kill("SIGTERM");
    const { code, stdout } = await running.end();
    assertEquals(code, 143);
    assertMatch(stdout, /\nThe run is kept in last; to generate from it:\n/);
    assertEquals((await train(...flags, "--out", "last-whole")).code, 0);
    assertEquals(await filesOf(`${cwd}/last`), await filesOf(`${cwd}/last-whole`));
  },
});
