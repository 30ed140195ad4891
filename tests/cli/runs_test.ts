/** The list of runs, and how one is removed. @module */
import { assertEquals, assertMatch } from "@std/assert";
import { listNames } from "../../src/files/paths.ts";
import { RunFolder } from "../../src/files/run_folder.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { refrain } from "./spawn.ts";

/** A run that has written a log. */
async function addRun(path: string, config: object, ...log: string[]): Promise<RunFolder> {
  const run = await RunFolder.create(path);
  await run.writeConfig({ version: "0.1.0", ...config });
  for (const line of log) await run.appendLog(line);
  return run;
}

Deno.test("runs lists every run: its state, epoch, loss and size", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  assertEquals((await refrain(["runs"], { cwd })).stdout, "There is no run under runs/\n");
  await (await addRun(`${cwd}/runs/verse`, { epochs: 9 }, '{"epoch":9,"loss":1.25}')).close();
  await (await addRun(
    `${cwd}/runs/half`,
    { epochs: 9 },
    '{"epoch":3,"loss":2,"validationLoss":3.5}',
    '{"epo',
  ))
    .close();
  await (await addRun(`${cwd}/runs/lost`, { epochs: 9 }, '{"epoch":3,"loss":2}')).close();
  await Deno.writeTextFile(`${cwd}/runs/lost/config.json`, '{"epochs": 9');
  await (await addRun(`${cwd}/runs/new`, { epochs: 9 })).close();
  await (await addRun(
    `${cwd}/runs/patient`,
    { epochs: 9, patience: 2 },
    '\ufeff{"epoch":1,"loss":2}\r',
    '{"epoch":2,"loss":2}',
    '{"epoch":3,"loss":2.5}',
  )).close();
  await Deno.writeTextFile(`${cwd}/runs/notes.txt`, "");
  await Deno.mkdir(`${cwd}/runs/other`);
  const now = await addRun(`${cwd}/runs/work`, { epochs: 9 }, '{"epoch":1,"loss":4}');
  const { code, stdout, stderr } = await refrain(["runs"], { cwd });
  await now.close();
  assertEquals([code, stderr], [0, "runs: verify runs/lost says what is damaged\n"]);
  assertEquals(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4)), [
    ["run", "state", "epoch", "loss"],
    ["runs/verse", "ended", "9 of 9", "1.2500"],
    ["runs/half", "stopped", "3 of 9", "3.5000"],
    ["runs/lost", "damaged", "3", "2.0000"],
    ["runs/new", "stopped", "0 of 9", "-"],
    ["runs/patient", "ended", "3 of 9", "2.5000"],
    ["runs/work", "running", "1 of 9", "4.0000"],
    [""],
  ]);
  assertMatch(stdout, /^runs\/verse .* \d+ (bytes|B)$/m);
});

Deno.test({
  name: "a link to nothing hides no run from runs and info",
  ignore: Deno.build.os === "windows", // where links take a right of their own
  fn: async () => {
    await using folder = await temporaryFolder();
    const { path: cwd } = folder;
    for (const name of ["first", "second"]) {
      const run = await addRun(`${cwd}/runs/${name}`, { epochs: 9 }, '{"epoch":9,"loss":1.25}');
      await run.writeModel(new Uint8Array(8));
      await run.close();
    }
    await Deno.symlink("nowhere", `${cwd}/runs/second/samples.txt`);
    const { code, stdout, stderr } = await refrain(["runs"], { cwd });
    assertEquals([code, stderr, stdout.match(/^runs\/\w+/gm)], [0, "", ["runs/first", "runs/second"]]);
    const info = await refrain(["info"], { cwd });
    assertMatch(info.stderr, /^error: Cannot read the model /);
    assertMatch(info.stdout, /^model {5}runs\/second$/m);
  },
});

Deno.test("runs --remove takes a run's own files away, and asks before", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  const remove = async (name: string, ...more: string[]): Promise<[number, string]> => {
    const { code, stdout, stderr } = await refrain(["runs", "--remove", name, ...more], { cwd });
    return [code, stdout + stderr];
  };
  const run = await addRun(`${cwd}/runs/verse`, {});
  assertEquals(await remove("verse"), [
    2,
    'error: Cannot ask whether to remove as standard input is no terminal: write "--yes"\n',
  ]);
  assertEquals(await remove("verse", "--yes"), [
    1,
    `error: Cannot use folder "runs/verse" as process ${Deno.pid} works in it\n`,
  ]);
  await run.close();
  await Deno.writeTextFile(`${cwd}/runs/verse/notes.txt`, "mine");
  assertEquals(await remove("verse", "--yes"), [
    1,
    'error: Cannot remove run "runs/verse" as it holds more than a run: it has "notes.txt"\n',
  ]);
  assertEquals(await listNames(`${cwd}/runs/verse`), ["config.json", "notes.txt"]);
  await Deno.remove(`${cwd}/runs/verse/notes.txt`);
  assertEquals(await remove("verse", "--yes"), [0, "The run in runs/verse is removed\n"]);
  assertEquals(await listNames(`${cwd}/runs`), []);
  assertEquals(await remove("verse", "--yes"), [
    1,
    'error: Cannot remove run "verse": no such folder under runs/, nor at that path\n',
  ]);
  assertEquals((await refrain(["runs", "--yes"], { cwd })).code, 2);
});

Deno.test("runs lists those that are named, by folder, name or file, and says what is none", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  for (const name of ["first", "second", "third"]) {
    await (await addRun(`${cwd}/runs/${name}`, { epochs: 9 }, '{"epoch":9,"loss":1.25}')).close();
  }
  await Deno.mkdir(`${cwd}/empty`);
  await Deno.writeTextFile(`${cwd}/notes.txt`, "");
  const list = async (...args: string[]): Promise<[number, string]> => {
    const { code, stdout, stderr } = await refrain(["runs", ...args], { cwd });
    return [code, (stdout.match(/^runs\/\w+/gm) ?? []).join() + stderr];
  };
  assertEquals(await list("third", "runs/first/log.jsonl"), [0, "runs/third,runs/first"]);
  assertEquals(await list("--model", "runs/second"), [0, "runs/second"]);
  const wrong: [args: string[], code: number, sentence: string][] = [
    [["fourth"], 1, 'Cannot list run "fourth": no such folder under runs/, nor at that path'],
    [["empty"], 1, 'Cannot list run "empty" as it holds none: it has no config.json'],
    [["notes.txt"], 1, 'Cannot list run "notes.txt" as it is a file: name its folder'],
    [["third", "--model", "first"], 2, 'Cannot use "third" with "--model first": both name the run'],
    [
      ["third", "--remove", "first"],
      2,
      'Cannot use "--remove first" with "runs third": runs that are named are listed',
    ],
  ];
  for (const [args, code, sentence] of wrong) {
    assertEquals(await list(...args), [code, `error: ${sentence}\n`]);
  }
});
