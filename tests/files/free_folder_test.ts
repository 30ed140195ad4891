import { assertEquals, assertRejects } from "@std/assert";
import { appendLine, readTextFile } from "../../src/files/atomic_file.ts";
import { exists, listNames, makeDirectory } from "../../src/files/paths.ts";
import { RunFolder } from "../../src/files/run_folder.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("overwrite removes a run's own files, and nothing else", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  const over = (at: string): Promise<RunFolder> => RunFolder.create(at, { overwrite: true });
  const message = async (at: string): Promise<string> =>
    (await assertRejects(() => over(at), RangeError)).message;
  const first = await over(path);
  await first.writeConfig({ version: "0.1.0" });
  await first.appendLog(JSON.stringify({}));
  await first.close();
  await Deno.symlink(path, `${path}-link`);
  assertEquals(
    await message(`${path}-link`),
    `Cannot start a run in "${path}-link" as it is a link, through which nothing is removed`,
  );
  await (await over(path)).close();
  assertEquals(await listNames(path), []);
  await appendLine(`${path}/log.jsonl`, "mine");
  assertEquals(
    await message(path),
    `Cannot start a run in "${path}" as what is there is no run: it has no config.json of one`,
  );
  await appendLine(`${path}/config.json`, '{"version":"0.1.0"}');
  await appendLine(`${path}/notes.txt`, "mine");
  assertEquals(
    await message(path),
    `Cannot start a run in "${path}" as it holds more than a run: it has "notes.txt"`,
  );
  assertEquals(await listNames(path), ["config.json", "log.jsonl", "notes.txt"]);
  await Deno.remove(`${path}/notes.txt`);
  await Deno.remove(`${path}/log.jsonl`);
  await Deno.symlink(`${folder.path}/outside`, `${path}/log.jsonl`);
  await appendLine(`${folder.path}/outside`, "stays");
  await Deno.mkdir(`${path}/samples.txt`);
  assertEquals(
    await message(path),
    `Cannot start a run in "${path}" as it holds more than a run: its "samples.txt" is a folder`,
  );
  assertEquals(await listNames(path), ["config.json", "log.jsonl", "samples.txt"]);
  await Deno.remove(`${path}/samples.txt`);
  await Deno.symlink(folder.path, `${path}/samples.txt`);
  await (await over(path)).close();
  assertEquals(await readTextFile(`${folder.path}/outside`), "stays\n");
  assertEquals(await listNames(path), []);
});

for (const cut of ["config.json", "log.jsonl"]) {
  Deno.test(`a removal that fails at ${cut} can be done again`, async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/run`;
    const run = await RunFolder.create(path);
    await run.writeConfig({ version: "0.1.0" });
    await run.appendLog("{}");
    await run.appendSamples("la");
    await run.close();
    const { remove } = Deno;
    Deno.remove = async (name) => {
      if (`${name}`.endsWith(cut)) throw new Error("Input/output error (os error 5)");
      await remove(name);
    };
    try {
      await assertRejects(() => RunFolder.remove(path), RangeError, `Cannot remove "${path}/${cut}"`);
    } finally {
      Deno.remove = remove;
    }
    await RunFolder.remove(path);
    assertEquals(await exists(path), false);
  });
}

Deno.test("a folder with nothing but what was not written to its end can be overwritten and removed", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/run`;
  for (const act of [() => RunFolder.create(path, { overwrite: true }), () => RunFolder.remove(path)]) {
    await makeDirectory(path);
    await appendLine(`${path}/config.json.${crypto.randomUUID()}.tmp`, "{");
    await (await act())?.close();
    assertEquals(await exists(path) ? await listNames(path) : [], []);
  }
});
