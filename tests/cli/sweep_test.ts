/** `sweep` as people start it: real trainings of a moment, each a process. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Done, Line } from "../../src/sweep/line.ts";
import { untilFree } from "../../src/cli/sweep/trial_process.ts";
import { FolderLock } from "../../src/files/folder_lock.ts";
import { readEntries } from "../../src/sweep/journal.ts";
import { VERSION } from "../../src/version.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { command, kill, refrain, type Result } from "./spawn.ts";

const folder = await temporaryFolder();
const { path: cwd } = folder;
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());
await Deno.writeTextFile(`${cwd}/poem.txt`, "fa la re mi lafa remire ".repeat(20));

const SMALL = "--batch-size 2 --num-steps 5 --length 0 --device wasm --preset tutorial --log-every 1";
const FIXED = `-- --corpus poem.txt --validation-split 0.2 ${SMALL}`;
const FOUR = "--hidden-size 3,5 --seeds 0..1 --epochs 2";

async function sweep(line: string, env: Record<string, string> = {}): Promise<Result> {
  return await refrain(["sweep", ...line.split(" ")], { cwd, env });
}

/** The lines of a sweep's journal, sorted, without their times. */
async function linesOf(out: string, name = "journal.jsonl"): Promise<Line[]> {
  const { lines, damaged, rest } = readEntries(await Deno.readTextFile(`${cwd}/${out}/${name}`));
  assertEquals([damaged, rest], [[], ""]);
  return lines.map((line) => ({ ...line, seconds: 0 })).toSorted((a, b) => a.trial < b.trial ? -1 : 1);
}

Deno.test("one and four workers make the same trials, each a run, and tell which is the best", async () => {
  const one = await sweep(`${FOUR} --out one ${FIXED}`);
  assertEquals([one.code, one.stderr], [0, ""]);
  assertMatch(one.stdout, /^sweep +2 configurations, 2 seeds: 4 trials\nworkers 1\nfolder +one\n\n1\/4 /);
  assertMatch(one.stdout, /\nhidden-size +validation loss +of seeds +least +most +seconds +best run\n\d/);
  assertMatch(one.stdout, /\nThe report of the best is in one\/report\.html\n/);
  const four = await sweep(`--workers 4 --seeds 1,0 --hidden-size 5,3 --epochs 2 --out four --json ${FIXED}`);
  assertMatch(four.stderr, /\nworkers 4, each trial with one thread\n/);
  const objects = four.stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
  assertEquals(objects.map(({ event }) => event), ["start", "trial", "trial", "trial", "trial", undefined]);
  const { folder, trials, done, failed, left, best, report, ranking } = objects[5];
  assertEquals([folder, trials, done, failed, left, report], ["four", 4, 4, 0, 0, "four/report.html"]);
  assertEquals(ranking.length, 2);
  assert(ranking[0].validationLoss <= ranking[1].validationLoss);
  assertEquals(ranking[0].runs[0], best);

  const [lines, others] = [await linesOf("one"), await linesOf("four")];
  // The folder's name and the threads are all that differs.
  const own = ({ flags, device: _, ...line }: Done): object => ({
    ...line,
    flags: { ...flags, out: "", threads: 0 },
  });
  assertEquals((others as Done[]).map(own), (lines as Done[]).map(own));
  assertEquals((others as Done[]).map(({ flags }) => (flags as { threads: unknown }).threads), [1, 1, 1, 1]);
  for (const line of lines as Done[]) {
    const run = `${cwd}/one/${line.trial}`;
    const log = (await Deno.readTextFile(`${run}/log.jsonl`)).trimEnd().split("\n").map((text) =>
      JSON.parse(text)
    );
    const losses = log.map(({ validationLoss }) => validationLoss);
    assertEquals([line.validationLoss, line.version], [Math.min(...losses), VERSION]);
    const { hiddenSize, seed, epochs, learningRate, corpus } = line.flags as Record<string, unknown>;
    assertEquals(
      [hiddenSize, seed, epochs, learningRate, corpus],
      [Number(line.configuration["hidden-size"]), line.seed, 2, 1e-3, ["poem.txt"]],
    );
    assertMatch(line.text!, /^[0-9a-f]{64}$/);
  }
  const [first] = lines;
  const runs = await refrain(["runs", `one/${first!.trial}`], { cwd });
  assertMatch(runs.stdout, / ended +2 of 2 /);
  const text = await refrain(["generate", `one/${first!.trial}`, "--length", "3", "--device", "wasm"], {
    cwd,
  });
  assertEquals([text.code, text.stderr], [0, ""]);
});

Deno.test("the same command runs what is left and nothing else; another one is refused", async () => {
  const line = `${FOUR} --out again ${FIXED}`;
  assertEquals((await sweep(line)).code, 0);
  const before = await linesOf("again");
  const file = `${cwd}/again/journal.jsonl`;
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.slice(0, -30)); // cut off within its last line
  const again = await sweep(line);
  assertEquals([again.code, again.stderr], [0, ""]);
  assertMatch(again.stdout, /\nkept +3 trials of before\n/);
  assertEquals(again.stdout.match(/^\d\/4 /gm), ["4/4 "]);
  assertEquals(await linesOf("again"), before);
  const nothing = await sweep(line);
  assertEquals([nothing.code, nothing.stdout.match(/^\d\/4 /gm)], [0, null]);
  const other = await sweep(`--hidden-size 3 --out again ${FIXED}`);
  assertEquals([other.code, other.stdout], [1, ""]);
  assertMatch(
    other.stderr,
    /^error: Cannot go on with the sweep of "again\/journal.jsonl" as it is another one, begun by "sweep --hidden-size 3,5 .*": name another folder\n$/,
  );
  const among = await sweep(`--hidden-size 3 --out . ${FIXED}`);
  assertEquals(among.code, 1);
  assertMatch(
    among.stderr,
    /^error: Cannot keep a sweep in "\." as it is not empty: it has "again": --out names/,
  );
});

Deno.test("a trial that fails is kept with its sentence, and run once more by --retry", async () => {
  const line = `--cell rnn,lstm --proj-size 0,2 --hidden-size 4 --epochs 1 --out fails ${FIXED}`;
  const sentence = 'Cannot use "--proj-size 2" with "--cell rnn": it belongs to lstm';
  for (const [flags, ran] of [["", 4], ["", 0], ["--retry ", 1]] as const) {
    const { code, stdout, stderr } = await sweep(`${flags}${line}`);
    assertEquals([code, stdout.match(/^\d\/4 /gm)?.length ?? 0], [1, ran]);
    assertEquals(
      stderr,
      `error: Cannot rank 1 of 4 trials, which failed; --retry runs them once more: ${sentence}\n`,
    );
  }
  const lines = await linesOf("fails");
  const failed = lines.filter(({ state }) => state === "failed");
  assertEquals([lines.length, failed.length], [5, 2]);
  assertEquals([...new Set(failed.map((line) => (line as { error: string }).error))], [sentence]);
  const short = await sweep(`--hidden-size 3 --out short ${FIXED} --epochs 9 --stop-after 1`);
  assertStringIncludes(
    short.stderr,
    "Cannot compare the trial as it had no validation: it stopped before its first report, and --log-every says",
  );
});

Deno.test("trials that read a file before and after it was changed are told", async () => {
  const line = `--hidden-size 3,5 --epochs 1 --out changed ${FIXED.replace("poem", "other")}`;
  const poem = await Deno.readTextFile(`${cwd}/poem.txt`);
  await Deno.writeTextFile(`${cwd}/other.txt`, poem);
  assertEquals((await sweep(line)).stderr, "");
  const file = `${cwd}/changed/journal.jsonl`;
  const lines = (await Deno.readTextFile(file)).split("\n");
  await Deno.writeTextFile(file, lines.slice(0, 2).join("\n") + "\n");
  await Deno.remove(`${cwd}/changed/${JSON.parse(lines[2]!).trial}`, { recursive: true });
  await Deno.writeTextFile(`${cwd}/other.txt`, poem.replace("fa", "fi"));
  assertMatch(
    (await sweep(line)).stderr,
    /^Trials "[0-9a-f]{12}" and "[0-9a-f]{12}" cannot be compared as what they read was changed between them: /,
  );
  const read = await sweep(`--tokenizer character,byte --hidden-size 3 --epochs 1 --out read ${FIXED}`);
  assertEquals(read.stderr, "");
});

/** Waits until a trial of a sweep has a file. */
async function untilThere(out: string, name: string): Promise<string> {
  for (let i = 0; i < 600; i++) {
    const trials = [...Deno.readDirSync(cwd)].some((entry) => entry.name === out)
      ? [...Deno.readDirSync(`${cwd}/${out}`)].filter(({ isDirectory }) => isDirectory)
      : [];
    for (const trial of trials) {
      const path = `${cwd}/${out}/${trial.name}/${name}`;
      if (await Deno.stat(path).then(() => true, () => false)) return path;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No trial of ${out} has a ${name}`);
}

const LONG = `--hidden-size 3 --seeds 0..2 --workers 2 --epochs 100000000 ${FIXED}`;

Deno.test({
  name: "a signal ends the workers, which are saved, and keeps what is done",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const child = command(["sweep", ...`--out stopped ${LONG}`.split(" ")], { cwd }).spawn();
    const said = new Response(child.stdout).text();
    const errors = new Response(child.stderr).text();
    try {
      await untilThere("stopped", "checkpoint.safetensors");
      child.kill("SIGINT");
      assertEquals([(await child.status).code, await errors], [
        130,
        "\nStopping after this step, then saving\n",
      ]);
    } finally {
      kill(child);
    }
    assertMatch(
      await said,
      /\nStopped; what has ended is kept in stopped; to go on with it:\ndeno run .* sweep /,
    );
    for (const { name, isDirectory } of Deno.readDirSync(`${cwd}/stopped`)) {
      if (!isDirectory) continue;
      const { stdout } = await refrain(["runs", `stopped/${name}`], { cwd });
      assertMatch(stdout, / stopped /); // no process has it
    }
    assertEquals(await linesOf("stopped"), []);
  },
});

Deno.test({
  name: "a sweep that is killed takes its trials with it, and the same command goes on with them",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const line =
      `--out killed --hidden-size 3 --seeds 0..1 --workers 2 --epochs 120 ${FIXED} --save-every 1s`;
    const child = command(["sweep", ...line.split(" ")], { cwd }).spawn();
    const closed = [child.stdout.cancel(), child.stderr.cancel()];
    const checkpoint = await untilThere("killed", "checkpoint.safetensors");
    child.kill("SIGKILL");
    await Promise.all([child.status, ...closed]);
    const first = async (): Promise<string> => {
      const log = await Deno.readTextFile(checkpoint.replace("checkpoint.safetensors", "log.jsonl"));
      return log.split("\n")[0]!;
    };
    const begun = await first();
    const again = await sweep(line);
    assertEquals([again.code, again.stderr], [0, ""]);
    assertEquals(await first(), begun); // its time is in it: it was not trained anew
    const lines = await linesOf("killed") as Done[];
    const undisturbed = await sweep(line.replace("killed", "undisturbed"));
    assertEquals(undisturbed.code, 0);
    const others = await linesOf("undisturbed") as Done[];
    const own = (
      { trial, validationLoss, epoch, loss, text }: Done,
    ): unknown => [trial, validationLoss, epoch, loss, text];
    assertEquals(lines.map(own), others.map(own));
  },
});

Deno.test("a trial waits while another process has its folder, unless the sweep is stopped", async () => {
  const path = `${cwd}/taken`;
  await Deno.mkdir(path);
  const lock = await FolderLock.take(path) as FolderLock;
  const controller = new AbortController();
  let free = 0;
  const waiting = [controller.signal, new AbortController().signal].map((signal) =>
    untilFree(path, signal).then(() => free++)
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals(free, 0);
  controller.abort();
  await waiting[0];
  assertEquals(free, 1);
  await lock[Symbol.asyncDispose]();
  await Promise.all(waiting);
  assertEquals(free, 2);
});

Deno.test("tasks of a job array share the trials out, and the last table has those of all", async () => {
  const task = (id: number): Promise<Result> =>
    sweep(`${FOUR} --out array ${FIXED}`, {
      SLURM_ARRAY_TASK_ID: `${id}`,
      SLURM_ARRAY_TASK_COUNT: "2",
      SLURM_ARRAY_TASK_MIN: "3",
      SLURM_ARRAY_TASK_MAX: "4",
    });
  const [third, fourth] = await Promise.all([task(3), task(4)]);
  assertEquals([third.code, third.stderr, fourth.code, fourth.stderr], [0, "", 0, ""]);
  assertMatch(third.stdout, /\ntask +1 of 2: 2 trials\n/);
  const last = await task(4);
  assertMatch(last.stdout, /\nkept +2 trials of before\n/);
  assertMatch(last.stdout, /\n\d +\S+ +2 of 2 .*\n\d +\S+ +2 of 2 /);
  const lines = [...await linesOf("array", "journal-3.jsonl"), ...await linesOf("array", "journal-4.jsonl")];
  assertEquals(new Set(lines.map(({ trial }) => trial)).size, 4);
});

Deno.test("a sweep needs what its trials need, and to start Deno", async () => {
  const line = `--hidden-size 3 --epochs 1 --out least ${FIXED}`;
  const files = ["--allow-read=poem.txt,least", "--allow-write=least"];
  const start = `--allow-run=${Deno.execPath()}`;
  const run = (grants: string[]): Promise<Result> =>
    refrain(["sweep", ...line.split(" ")], { cwd, grants: ["--no-prompt", ...grants] });
  assertMatch(
    (await run([start])).stderr,
    /^error: Cannot read "poem.txt", "least" or write "least": run with /,
  );
  assertMatch((await run(files)).stderr, /^error: Cannot start Deno: run with --allow-run=/);
  const { code, stderr } = await run([...files, start]);
  assertEquals([code, stderr], [0, ""]);
});
