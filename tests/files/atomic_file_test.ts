import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  appendLine,
  cutLines,
  readFile,
  readTextFile,
  writeFileAtomic,
} from "../../src/files/atomic_file.ts";
import {
  exists,
  fileSize,
  isLink,
  listDirectories,
  listNames,
  makeDirectory,
  modificationTime,
  pathKind,
  remove,
} from "../../src/files/paths.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Checks that a call fails with exactly this sentence. */
async function refuses(call: () => Promise<unknown>, message: string): Promise<void> {
  const error = await assertRejects(call, RangeError);
  assertEquals(error.message, message);
  assert(error.cause instanceof Error);
}

Deno.test("writeFileAtomic() writes a file, replaces it whole, and leaves nothing else", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model`;
  const large = Uint8Array.from({ length: 3_000_017 }, (_, i) => i % 251);
  for (const bytes of [large, Uint8Array.of(1, 2, 3), new Uint8Array(0)]) {
    await writeFileAtomic(path, bytes);
    assertEquals(await readFile(path), bytes);
    assertEquals(await listNames(folder.path), ["model"]);
  }
});

Deno.test("writeFileAtomic() replaces the file by renaming: who has the old one open reads it to its end", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model`;
  await writeFileAtomic(path, new TextEncoder().encode("old"));
  using old = await Deno.open(path);
  await writeFileAtomic(path, new TextEncoder().encode("new"));
  assertEquals(await new Response(old.readable).text(), "old");
  assertEquals(await readTextFile(path), "new");
});

Deno.test("writeFileAtomic() removes its temporary file when it fails", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/taken/inner`, { recursive: true });
  const error = await assertRejects(
    () => writeFileAtomic(`${folder.path}/taken`, new Uint8Array(9)),
    RangeError,
  );
  assert(error.message.startsWith(`Cannot write "${folder.path}/taken": `), error.message);
  assert(!error.message.includes("os error"), error.message);
  assertEquals(await listNames(folder.path), ["taken"]);
  await refuses(
    () => writeFileAtomic(`${folder.path}/none/model`, new Uint8Array(9)),
    `Cannot write "${folder.path}/none/model": no such folder`,
  );
});

Deno.test("writeFileAtomic() lets writers of one file meet: one of the files is there in the end", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model`;
  const files = [1, 2, 3, 4].map((value) => new Uint8Array(100_000).fill(value));
  await Promise.all(files.map((bytes) => writeFileAtomic(path, bytes)));
  const bytes = await readFile(path);
  assertEquals(bytes, files[bytes[0]! - 1]);
  assertEquals(await listNames(folder.path), ["model"]);
});

Deno.test("readFile() and readTextFile() say in one sentence what is wrong", async () => {
  await using folder = await temporaryFolder();
  await refuses(() => readFile("no/such.txt"), 'Cannot read "no/such.txt": no such file');
  await refuses(() => readTextFile("no/such.txt"), 'Cannot read "no/such.txt": no such file');
  const error = await assertRejects(() => readFile(folder.path), RangeError);
  assert(
    error.message.startsWith(`Cannot read "${folder.path}": `) && !error.message.includes("("),
    error.message,
  );
});

Deno.test("where there is no Deno, files are refused in one sentence", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  Reflect.deleteProperty(globalThis, "Deno");
  try {
    const message = "only Deno has files, elsewhere use decodeModel() and encodeModel()";
    await assertRejects(() => readFile("a"), RangeError, `Cannot read "a": ${message}`);
    await assertRejects(
      () => writeFileAtomic("a", new Uint8Array()),
      RangeError,
      `Cannot write "a": ${message}`,
    );
  } finally {
    Object.defineProperty(globalThis, "Deno", own);
  }
});

Deno.test({
  name: "readFile() says which permission is missing",
  permissions: { read: false },
  async fn() {
    await refuses(
      () => readFile("x.txt"),
      'Cannot read "x.txt": run with --allow-read=x.txt',
    );
  },
});

Deno.test("appendLine() adds lines to the end, and makes the file", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/log.jsonl`;
  await appendLine(path, "分开");
  await appendLine(path, "");
  await appendLine(path, "不分开");
  assertEquals(await readTextFile(path), "分开\n\n不分开\n");
  const missing = `${folder.path}/none/log.jsonl`;
  await refuses(() => appendLine(missing, ""), `Cannot write "${missing}": no such folder`);
});

Deno.test("pathKind() and exists() tell files, folders and nothing apart, through links", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => `${folder.path}/${name}`;
  await appendLine(path("file"), "");
  await Deno.symlink(path("file"), path("link"));
  await Deno.symlink(path("gone"), path("dangling"));
  const kinds = await Promise.all(["file", "link", "dangling", "none", "file/inner", ""].map((name) => {
    return pathKind(path(name));
  }));
  assertEquals(kinds, ["file", "file", "nothing", "nothing", "nothing", "folder"]);
  assertEquals([await exists(path("file")), await exists(folder.path), await exists(path("none"))], [
    true,
    true,
    false,
  ]);
});

Deno.test("modificationTime() is the time of the last write, in milliseconds", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model`;
  await appendLine(path, "");
  await Deno.utime(path, 1_700_000_000, 1_700_000_001);
  assertEquals(await modificationTime(path), 1_700_000_001_000);
  assertEquals(await modificationTime("no/such"), 0);
});

Deno.test("makeDirectory() makes the folders above, and says whether it made the folder", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/a/b`;
  assertEquals([await makeDirectory(path), await makeDirectory(path)], [true, false]);
  assertEquals([await makeDirectory(`${path}/c/c/`), await pathKind(`${path}/c/c`)], [true, "folder"]);
  const made = await Promise.all([1, 2, 3, 4].map(() => makeDirectory(`${path}/d/e`)));
  assertEquals(made.toSorted(), [false, false, false, true]);
  await appendLine(`${path}/file`, "");
  for (const name of ["file", "file/inner"]) {
    const error = await assertRejects(() => makeDirectory(`${path}/${name}`), RangeError);
    assert(error.message.startsWith(`Cannot make folder "${path}/${name}": `), error.message);
  }
});

Deno.test("listNames() and listDirectories() list a folder in order", async () => {
  await using folder = await temporaryFolder();
  for (const name of ["c", "a", "b"]) await makeDirectory(`${folder.path}/${name}`);
  await appendLine(`${folder.path}/file`, "");
  await Deno.symlink(`${folder.path}/a`, `${folder.path}/link`);
  assertEquals(await listNames(folder.path), ["a", "b", "c", "file", "link"]);
  assertEquals(await listDirectories(folder.path), ["a", "b", "c", "link"]);
  await refuses(() => listNames("no/such"), 'Cannot list folder "no/such": no such folder');
});

Deno.test("writeFileAtomic() keeps the file before until the new one has been read back", async () => {
  await using folder = await temporaryFolder();
  const [path, previous] = [`${folder.path}/checkpoint`, `${folder.path}/previous`];
  const read = Deno.readFile;
  const [old, fresh] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  await writeFileAtomic(path, old, { previous });
  const seen: string[][] = [];
  try {
    Deno.readFile = async (...args) => {
      seen.push(await listNames(folder.path));
      return await read(...args);
    };
    await writeFileAtomic(path, fresh, { previous });
    assertEquals(seen, [["checkpoint", "previous"]]);
    Deno.readFile = () => Promise.resolve(Uint8Array.of(2, 4));
    await refuses(
      () => writeFileAtomic(path, Uint8Array.of(2, 5), { previous }),
      `Cannot write "${path}": it is read back otherwise`,
    );
  } finally {
    Deno.readFile = read;
  }
  assertEquals(await listNames(folder.path), ["checkpoint"]);
  assertEquals(await readFile(path), fresh);
});

Deno.test("cutLines(), fileSize() and remove() say in one sentence what is wrong", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/log`;
  assertEquals(await cutLines(path, 2), 0);
  for (const line of ["一", "2", "3"]) await appendLine(path, line);
  await Deno.writeTextFile(path, "cut o", { append: true });
  assertEquals([await fileSize(path), await fileSize(`${path}s`)], [13, 0]);
  await cutLines(path, 3);
  assertEquals(await readTextFile(path), "一\n2\n3\n");
  await cutLines(path, 1);
  assertEquals(await readTextFile(path), "一\n");
  assertEquals([await cutLines(path, 2), await cutLines(path, 0)], [1, 0]);
  await refuses(() => cutLines(`${path}/s`, 1), `Cannot cut "${path}/s": not a directory`);
  const gone = `${folder.path}/none/log`;
  await refuses(() => cutLines(gone, 1), `Cannot cut "${gone}": no such folder`);
  await Deno.symlink(path, `${path}s`);
  assertEquals([await isLink(path), await isLink(`${path}s`), await isLink(`${path}none`)], [
    false,
    true,
    false,
  ]);
  assertEquals([await remove(`${path}s`), await remove(`${path}s`), await exists(path)], [true, false, true]);
  const full = await assertRejects(() => remove(folder.path), RangeError);
  assert(full.message.startsWith(`Cannot remove "${folder.path}": `), full.message);
});

Deno.test("a signal ends reading and writing: the file before stays, and no temporary one", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model`;
  const before = Uint8Array.of(1, 2, 3);
  await writeFileAtomic(path, before, { signal: new AbortController().signal });
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  for (
    const work of [
      () => writeFileAtomic(path, new Uint8Array(9), { signal }),
      () => readFile(path, { signal }),
    ]
  ) {
    assertEquals(await work().then(() => undefined, (error) => error), reason);
  }
  assertEquals(await readFile(path), before);
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name), ["model"]);
});

Deno.test({
  name: "what is larger than any array is told before it fills the memory",
  ignore: Deno.build.os === "windows", // whose files take all of their disk
  fn: async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/huge`;
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, 2 ** 33 + 1);
    await assertRejects(() => readFile(path), RangeError, `Cannot read "${path}": it has more than 8.0 GiB`);
  },
});
