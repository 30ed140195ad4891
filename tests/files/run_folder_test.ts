import { assertEquals, assertRejects } from "@std/assert";
import { appendLine, readTextFile, writeFileAtomic } from "../../src/files/atomic_file.ts";
import { defaultRunPath, modelPath, newestRun } from "../../src/files/find_run.ts";
import { exists, listNames, makeDirectory } from "../../src/files/paths.ts";
import { RunFolder } from "../../src/files/run_folder.ts";
import { FaultyDisk } from "../faults/faulty_disk.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("RunFolder keeps a log, a configuration and a model", async () => {
  await using folder = await temporaryFolder();
  const run = await RunFolder.create(`${folder.path}/runs/first`);
  assertEquals(run.path, `${folder.path}/runs/first`);
  assertEquals(await listNames(run.path), ["run.lock"]);
  await run.writeConfig({ cell: "lstm", hiddenSize: 256 });
  await run.appendLog(JSON.stringify({ epoch: 50, prefix: "分开" }));
  await run.appendLog(JSON.stringify({ epoch: 100, loss: Infinity }));
  await run.writeModel(new TextEncoder().encode("first"));
  await run.writeModel(new TextEncoder().encode("second"));
  await run.close();
  assertEquals(await listNames(run.path), ["config.json", "log.jsonl", "model.safetensors"]);
  assertEquals(
    await readTextFile(`${run.path}/config.json`),
    '{\n  "cell": "lstm",\n  "hiddenSize": 256\n}\n',
  );
  assertEquals(
    await readTextFile(`${run.path}/log.jsonl`),
    '{"epoch":50,"prefix":"分开"}\n{"epoch":100,"loss":null}\n',
  );
  assertEquals(await readTextFile(`${run.path}/model.safetensors`), "second");
});

Deno.test("RunFolder.create() refuses a folder that holds a run", async () => {
  await using folder = await temporaryFolder();
  for (const name of ["log.jsonl", "config.json", "model.safetensors"]) {
    const path = `${folder.path}/${name}-run`;
    await makeDirectory(path);
    await appendLine(`${path}/a.txt`, "");
    await appendLine(`${path}/${name}`, "kept");
    const error = await assertRejects(() => RunFolder.create(path), RangeError);
    assertEquals(error.message, `Cannot start a run in "${path}" as it already holds a run: it has ${name}`);
    assertEquals(await readTextFile(`${path}/${name}`), "kept\n");
  }
});

Deno.test("RunFolder.create() refuses a file and a folder with anything in it, and takes an empty one", async () => {
  await using folder = await temporaryFolder();
  await appendLine(`${folder.path}/notes.txt`, "");
  const message = async (path: string) =>
    (await assertRejects(() => RunFolder.create(path), RangeError)).message;
  const file = `${folder.path}/notes.txt`;
  assertEquals(await message(file), `Cannot start a run in "${file}" as it is a file`);
  assertEquals(
    await message(folder.path),
    `Cannot start a run in "${folder.path}" as it is not empty: it has "notes.txt"`,
  );
  await makeDirectory(`${folder.path}/empty`);
  assertEquals((await RunFolder.create(`${folder.path}/empty`)).path, `${folder.path}/empty`);
});

Deno.test("RunFolder.create() without a path gives runs of the same second folders of their own", async () => {
  await using folder = await temporaryFolder();
  const module = new URL("../../src/files/run_folder.ts", import.meta.url);
  const code = `import { RunFolder } from ${JSON.stringify(module.href)};
    const runs = await Promise.all([1, 2, 3, 4].map(() => RunFolder.create()));
    console.log(JSON.stringify(runs.map((run) => run.path)));
    for (const run of runs) await run.close();`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--no-lock", code],
    cwd: folder.path,
  }).output();
  const paths: string[] = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(new Set(paths).size, 4);
  for (const path of paths) assertEquals(path.replace(/\d/g, "0").slice(0, 25), "runs/0000-00-00T00-00-00Z");
  assertEquals((await listNames(`${folder.path}/runs`)).map((name) => `runs/${name}`), paths.toSorted());
});

Deno.test("defaultRunPath() is the UTC time, and a number where it is taken", async () => {
  await using folder = await temporaryFolder();
  const now = new Date("2026-11-24T21:20:00.789+02:00");
  const path = `${folder.path}/2026-11-24T19-20-00Z`;
  for (const expected of [path, `${path}-2`, `${path}-3`, `${path}-4`]) {
    assertEquals(await defaultRunPath(now, folder.path), expected);
    await makeDirectory(expected);
  }
});

/** Makes a run's folder with a model that was written at a time. */
async function addRun(path: string, written: string): Promise<void> {
  await makeDirectory(path);
  await writeFileAtomic(`${path}/model.safetensors`, new Uint8Array(1));
  await Deno.utime(`${path}/model.safetensors`, new Date(written), new Date(written));
}

Deno.test("newestRun() goes by the time of the files, whatever their folder is called", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  assertEquals(await newestRun(path), undefined);
  assertEquals(await newestRun(`${path}/none`), undefined);
  await addRun(`${path}/2026-11-24T19-20-00Z`, "2026-11-24T23:00:00Z");
  await addRun(`${path}/2026-11-24T19-20-01Z`, "2026-11-24T19:30:00Z");
  assertEquals(await newestRun(path), `${path}/2026-11-24T19-20-00Z`);
  await addRun(`${path}/verse`, "2026-11-24T23:30:00Z");
  assertEquals(await newestRun(path), `${path}/verse`);
  await appendLine(`${path}/2026-11-24T19-20-01Z/log.jsonl`, "{}"); // now: a run that goes on
  assertEquals(await newestRun(path), `${path}/2026-11-24T19-20-01Z`);
});

Deno.test("newestRun() passes over runs without a model", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await addRun(`${path}/2026-11-24T19-20-00Z`, "2026-11-24T19:30:00Z");
  await makeDirectory(`${path}/2026-11-24T20-00-00Z`);
  await appendLine(`${path}/2026-11-24T20-00-00Z/log.jsonl`, "{}");
  await makeDirectory(`${path}/2026-11-24T21-00-00Z/model.safetensors`);
  await appendLine(`${path}/2026-11-24T22-00-00Z`, "a file");
  assertEquals(await newestRun(path), `${path}/2026-11-24T19-20-00Z`);
});

Deno.test("modelPath() takes a model file or a run's folder", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await addRun(`${path}/run`, "2026-11-24T19:30:00Z");
  const file = `${path}/run/model.safetensors`;
  assertEquals(await modelPath(file), file);
  assertEquals(await modelPath(`${path}/run`), file);
  assertEquals(await modelPath(`${path}/run/`), file);
  const message = async (at: string) => (await assertRejects(() => modelPath(at), RangeError)).message;
  assertEquals(
    await message(`${path}/none`),
    `Cannot find a model at "${path}/none": no such file or folder`,
  );
  assertEquals(
    await message(path),
    `Cannot find a model in folder "${path}" as it has no model.safetensors: name a run's folder or a model file`,
  );
});

Deno.test("a folder has one process at a time", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  const run = await RunFolder.create(path);
  await run.writeConfig({});
  for (const take of [() => RunFolder.create(path), () => RunFolder.open(path)]) {
    const { message } = await assertRejects(take, RangeError);
    assertEquals(message, `Cannot use folder "${path}" as process ${Deno.pid} works in it`);
  }
  await run.close();
  const again = await RunFolder.open(path);
  assertEquals(again.locked, true);
  await again.close();
  assertEquals(await listNames(path), ["config.json"]);
});

Deno.test("of many that want one empty folder, one gets it", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/out`;
  await makeDirectory(path);
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => RunFolder.create(path)));
  const runs = all.filter(({ status }) => status === "fulfilled");
  assertEquals(runs.length, 1);
  for (const run of runs) await (run as PromiseFulfilledResult<RunFolder>).value.close();
});

Deno.test("a run that has kept nothing goes, and its folder where it made it", async () => {
  await using folder = await temporaryFolder();
  const [made, found] = [`${folder.path}/made`, `${folder.path}/found`];
  await makeDirectory(found);
  for (const path of [made, found]) {
    const run = await RunFolder.create(path);
    await run.writeConfig({});
    await run.appendLog(JSON.stringify({}));
    await run.discard();
  }
  assertEquals([await exists(made), await listNames(found)], [false, []]);
});

Deno.test("a run writes nothing into a folder that has taken the place of its own", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  const run = await RunFolder.create(path);
  await run.writeConfig({ seed: 1 });
  await Deno.rename(path, `${path}-moved`);
  const other = await RunFolder.create(path);
  await other.writeConfig({ seed: 2 });
  await other.writeModel(Uint8Array.of(2));
  const before = await listNames(path);
  const bytes = Uint8Array.of(1);
  const writes: Record<string, () => Promise<unknown>> = {
    log: () => run.appendLog("{}"),
    samples: () => run.appendSamples(""),
    cut: () => run.cut({ log: 0, samples: 0 }),
    config: () => run.writeConfig({}),
    model: () => run.writeModel(bytes),
    "the model's reader": () => run.readModel(),
    checkpoint: () => run.writeCheckpoint(bytes),
  };
  for (const [name, write] of Object.entries(writes)) {
    const { message, cause } = await assertRejects(write, RangeError, undefined, name);
    assertEquals(message, `Cannot write in folder "${path}" as another one has taken its place`);
    assertEquals(cause instanceof Error, true);
  }
  await run.discard();
  assertEquals(await listNames(path), before);
  await other.close();
  await run.close();
});

Deno.test({
  name: "nothing is written through a link in the place of the lock's file",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const [path, file] = [`${folder.path}/run`, `${folder.path}/notes.txt`];
    await appendLine(file, "kept");
    for (const target of [file, `${folder.path}/nothing`]) {
      await makeDirectory(path);
      await Deno.symlink(target, `${path}/run.lock`);
      await writeFileAtomic(`${path}/config.json`, new TextEncoder().encode('{"version":"0.1.0"}'));
      const acts = [
        () => RunFolder.create(path, { overwrite: true }),
        () => RunFolder.open(path),
        () => RunFolder.remove(path),
      ];
      for (const act of acts) {
        await assertRejects(act, RangeError, `Cannot write in folder "${path}": its run.lock is a link`);
      }
      await Deno.remove(path, { recursive: true });
    }
    assertEquals([await readTextFile(file), await listNames(folder.path)], ["kept\n", ["notes.txt"]]);
  },
});

Deno.test("a run goes on in a copy of its folder, and without its lock's file", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  await using run = { folder: await RunFolder.create(path), [Symbol.asyncDispose]: () => run.folder.close() };
  await run.folder.writeConfig({ seed: 1 });
  await Deno.remove(`${path}/run.lock`);
  await run.folder.appendLog("{}");
  await assertRejects(() => RunFolder.open(path), RangeError, "works in it");
  await Deno.rename(path, `${path}-moved`);
  await makeDirectory(path);
  await assertRejects(() => run.folder.appendLog("{}"), RangeError, "another one has taken its place");
  await Deno.copyFile(`${path}-moved/config.json`, `${path}/config.json`);
  await run.folder.appendLog("{}");
  assertEquals(await listNames(path), ["config.json", "log.jsonl", "run.lock"]);
});

Deno.test("open() takes up a run, and removes what a killed process left", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  const run = await RunFolder.create(path);
  await run.writeConfig({ epochs: 3 });
  await run.close();
  await appendLine(`${path}/run.lock`, "process 1");
  const own = `${path}/model.safetensors.${crypto.randomUUID()}.tmp`;
  for (const file of [own, `${path}/notes.txt.tmp`]) await appendLine(file, "");
  const again = await RunFolder.open(path);
  assertEquals(await again.readConfig(), { epochs: 3 });
  await again.close();
  assertEquals(await listNames(path), ["config.json", "notes.txt.tmp"]);
  const message = async (at: string): Promise<string> =>
    (await assertRejects(() => RunFolder.open(at), RangeError)).message;
  assertEquals(await message(`${path}s`), `Cannot go on with run "${path}s": no such folder`);
  const file = `${path}/config.json`;
  assertEquals(await message(file), `Cannot go on with run "${file}" as it is a file: name its folder`);
  assertEquals(await message(folder.path), `Cannot go on with run "${folder.path}" as it has no config.json`);
});

Deno.test("log and samples are cut to where a checkpoint left them", async () => {
  await using folder = await temporaryFolder();
  const run = await RunFolder.create(`${folder.path}/run`);
  await run.cut({ log: 0, samples: 0 });
  for (const epoch of [1, 2]) await run.appendLog(`{"epoch":${epoch}}`);
  await run.appendSamples("分开");
  assertEquals(await run.cut({ log: 1, samples: 0 }), { log: 1, samples: 0 });
  assertEquals(await readTextFile(`${run.path}/log.jsonl`), '{"epoch":1}\n');
  assertEquals(await readTextFile(`${run.path}/samples.txt`), "");
  await Deno.writeTextFile(`${run.path}/log.jsonl`, '{"epoch":1}\r\n{"ep');
  assertEquals(await run.cut({ log: 2, samples: 1 }), { log: 1, samples: 0 });
  assertEquals(await readTextFile(`${run.path}/log.jsonl`), '{"epoch":1}\r\n');
  await run.close();
});

Deno.test("the checkpoint before is taken where the newest is damaged or missing", async () => {
  await using folder = await temporaryFolder();
  const run = await RunFolder.create(`${folder.path}/run`);
  const decode = (bytes: Uint8Array): Promise<number> => {
    if (bytes.length === 0) throw new SyntaxError("it is damaged");
    return Promise.resolve(bytes[0]!);
  };
  assertEquals(await run.readCheckpoint(decode), undefined);
  await run.writeCheckpoint(Uint8Array.of(1));
  assertEquals(await run.readCheckpoint(decode), { checkpoint: 1 });
  const file = `${run.path}/checkpoint.safetensors`;
  const previous = `${run.path}/checkpoint.previous.safetensors`;
  for (const instead of ["it is missing", "it is damaged"]) {
    await Deno.rename(file, previous);
    if (instead === "it is damaged") await writeFileAtomic(file, new Uint8Array(0));
    const found = await run.readCheckpoint(decode);
    assertEquals([found?.checkpoint, found?.instead?.message], [1, instead]);
    assertEquals(await listNames(run.path), ["checkpoint.safetensors", "run.lock"]);
  }
  await Deno.copyFile(file, previous);
  assertEquals(await run.readCheckpoint(decode), { checkpoint: 1 });
  assertEquals(await listNames(run.path), ["checkpoint.safetensors", "run.lock"]);
  for (const path of [file, previous]) await writeFileAtomic(path, new Uint8Array(0));
  await assertRejects(() => run.readCheckpoint(decode), SyntaxError, "it is damaged");
  await run.close();
});

Deno.test("a checkpoint that cannot be read is not taken for none", async () => {
  await using folder = await temporaryFolder();
  const run = await RunFolder.create(`${folder.path}/run`);
  await run.writeCheckpoint(Uint8Array.of(1));
  const { readFile } = Deno;
  Deno.readFile = () => Promise.reject(new Error("Input/output error (os error 5)"));
  try {
    const read = run.readCheckpoint((bytes) => Promise.resolve(bytes));
    await assertRejects(() => read, RangeError, 'checkpoint.safetensors": input/output error');
  } finally {
    Deno.readFile = readFile;
    await run.close();
  }
});

Deno.test("what a process left that was killed before it wrote its settings is in nobody's way", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  await makeDirectory(path);
  await appendLine(`${path}/run.lock`, "process 1");
  await appendLine(`${path}/config.json.${crypto.randomUUID()}.tmp`, "{");
  const run = await RunFolder.create(path);
  assertEquals(await listNames(path), ["run.lock"]);
  await run.close();
});

Deno.test("a folder that cannot be locked goes where this process made it", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  for (const name of ["open /run.lock", "truncate /run.lock", "write /run.lock", "readDir "]) {
    using counting = new FaultyDisk(path);
    await (await RunFolder.create(path)).discard();
    counting[Symbol.dispose]();
    const at = counting.operations.findIndex(({ what }) => what === name) + 1;
    using _ = new FaultyDisk(path, { kind: "once", at, halfway: false, reason: "ENOSPC" });
    await assertRejects(() => RunFolder.create(path), RangeError, "o space left on device");
    assertEquals(await exists(path), false, name);
  }
});
