import { assertEquals, assertRejects } from "@std/assert";
import {
  appendLine,
  listNames,
  makeDirectory,
  readTextFile,
  writeFileAtomic,
} from "../../src/files/atomic_file.ts";
import { defaultRunPath, modelPath, RunFolder } from "../../src/files/run_folder.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("RunFolder keeps a log, a configuration and a model", async () => {
  await using folder = await temporaryFolder();
  const run = await RunFolder.create(`${folder.path}/runs/first`);
  assertEquals(run.path, `${folder.path}/runs/first`);
  assertEquals(await listNames(run.path), []);
  await run.writeConfig({ cell: "lstm", hiddenSize: 256 });
  await run.appendLog({ epoch: 50, prefix: "分开" });
  await run.appendLog({ epoch: 100, loss: Infinity });
  await run.writeModel(new TextEncoder().encode("first"));
  await run.writeModel(new TextEncoder().encode("second"));
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
    console.log(JSON.stringify(runs.map((run) => run.path)));`;
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

Deno.test("RunFolder.newest() goes by the time in a run's name", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  assertEquals(await RunFolder.newest(path), undefined);
  assertEquals(await RunFolder.newest(`${path}/none`), undefined);
  await addRun(`${path}/2026-11-24T19-20-00Z`, "2026-11-24T23:00:00Z");
  await addRun(`${path}/2026-11-24T19-20-01Z`, "2026-11-24T19:30:00Z");
  await addRun(`${path}/2025-12-31T23-59-59Z`, "2026-11-24T23:30:00Z");
  assertEquals(await RunFolder.newest(path), `${path}/2026-11-24T19-20-01Z`);
  await addRun(`${path}/2026-11-24T19-20-01Z-10`, "2026-11-24T19:30:00Z");
  await addRun(`${path}/2026-11-24T19-20-01Z-2`, "2026-11-24T19:30:00Z");
  assertEquals(await RunFolder.newest(path), `${path}/2026-11-24T19-20-01Z-10`);
});

Deno.test("RunFolder.newest() passes over runs without a model", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await addRun(`${path}/2026-11-24T19-20-00Z`, "2026-11-24T19:30:00Z");
  await makeDirectory(`${path}/2026-11-24T20-00-00Z`);
  await appendLine(`${path}/2026-11-24T20-00-00Z/log.jsonl`, "{}");
  await makeDirectory(`${path}/2026-11-24T21-00-00Z/model.safetensors`);
  await appendLine(`${path}/2026-11-24T22-00-00Z`, "a file");
  assertEquals(await RunFolder.newest(path), `${path}/2026-11-24T19-20-00Z`);
});

Deno.test("RunFolder.newest() goes by the model's time where the name is none", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await addRun(`${path}/2026-11-24T19-20-00Z`, "2026-11-24T19:30:00Z");
  await addRun(`${path}/verse`, "2026-11-24T19:10:00Z");
  assertEquals(await RunFolder.newest(path), `${path}/2026-11-24T19-20-00Z`);
  await addRun(`${path}/chorus`, "2026-11-24T19:40:00Z");
  assertEquals(await RunFolder.newest(path), `${path}/chorus`);
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
