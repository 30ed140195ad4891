/**
 * The one module of the library that touches the file system. It turns the system's complaints into one clear
 * sentence, and replaces files whole: after a crash a file is the old one or the new one, never a part.
 *
 * Paths are joined with "/", which Windows takes as well.
 *
 * @module
 */

/** What lies at a path. */
export type PathKind = "file" | "folder" | "nothing";

/**
 * Makes the error of a failed system call. Deno's messages end in `(os error 2): open 'x'`, which says nothing more.
 *
 * @param task What was tried, "read "a.txt"".
 * @param missing What is not there where nothing is.
 * @param error What the call threw.
 * @returns The error, to be thrown.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = new Deno.errors.NotFound("No such file (os error 2): open 'a.txt'");
 * assertEquals(fileError('read "a.txt"', "file", error).message, 'Cannot read "a.txt": no such file');
 * ```
 */
export function fileError(task: string, missing: "file" | "folder", error: unknown): RangeError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Deno.errors.NotFound
    ? `no such ${missing}`
    : error instanceof Deno.errors.IsADirectory && task.startsWith("read")
    ? "it is a folder, so name the file in it"
    : message.replace(/ \(os error.*$/s, "").replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new RangeError(`Cannot ${task}: ${reason}`, { cause: error });
}

/** Only Deno has files; the rest of the library runs in browsers too. */
function assertFiles(task: string): void {
  if ("Deno" in globalThis) return;
  throw new RangeError(`Cannot ${task}: only Deno has files, elsewhere use decodeModel() and encodeModel()`);
}

/**
 * Reads a file's bytes.
 *
 * @param path The file.
 * @returns The bytes.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => readFile("no/such.txt"), RangeError, 'Cannot read "no/such.txt": no such file');
 * ```
 */
export async function readFile(path: string): Promise<Uint8Array> {
  assertFiles(`read "${path}"`);
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw fileError(`read "${path}"`, "file", error);
  }
}

/**
 * Reads a text file written by this program; a corpus goes through `readFile` and `decodeUtf8`, which are strict.
 *
 * @param path The file, in UTF-8.
 * @returns The text.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/log.jsonl`;
 * await appendLine(path, "{}");
 * assertEquals(await readTextFile(path), "{}\n");
 * ```
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw fileError(`read "${path}"`, "file", error);
  }
}

/**
 * Writes a file, or replaces it whole: a temporary file in the same folder is written, forced to the disk and renamed.
 * On failure the old file stays as it was and no temporary file is left.
 *
 * @param path The file.
 * @param bytes All of its bytes.
 * @throws {RangeError} If it cannot be written.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/model`;
 * await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
 * assertEquals(await readFile(path), Uint8Array.of(1, 2, 3));
 * ```
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  assertFiles(`write "${path}"`);
  // A name of its own for each writer: two of them never write into one temporary file.
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true });
    try {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may not exist; the first error is the one that matters
    throw fileError(`write "${path}"`, "folder", error);
  }
}

/**
 * Adds a line to the end of a text file, which is made if it does not exist.
 *
 * @param path The file.
 * @param text The line, without its line break.
 * @throws {RangeError} If it cannot be written.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/log.jsonl`;
 * await appendLine(path, '{"epoch":1}');
 * await appendLine(path, '{"epoch":2}');
 * assertEquals(await readTextFile(path), '{"epoch":1}\n{"epoch":2}\n');
 * ```
 */
export async function appendLine(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, `${text}\n`, { append: true });
  } catch (error) {
    throw fileError(`write "${path}"`, "folder", error);
  }
}

/**
 * Tells what lies at a path; links are followed.
 *
 * @param path The path.
 * @returns What it is: anything that is not a folder counts as a file.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await pathKind(await Deno.makeTempDir()), "folder");
 * ```
 */
export async function pathKind(path: string): Promise<PathKind> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return "nothing";
    throw fileError(`look for "${path}"`, "file", error);
  }
}

/**
 * Tells whether there is anything at a path.
 *
 * @param path The path.
 * @returns Whether a file or folder is there.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await exists("no/such.txt"), false);
 * ```
 */
export async function exists(path: string): Promise<boolean> {
  return await pathKind(path) !== "nothing";
}

/**
 * Tells when a file was last written.
 *
 * @param path The file.
 * @returns Milliseconds since 1970; 0 where the system does not know.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * assert(await modificationTime(path) > 0);
 * ```
 */
export async function modificationTime(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    throw fileError(`look for "${path}"`, "file", error);
  }
}

/**
 * Makes a folder, and those above it.
 *
 * @param path The folder.
 * @returns Whether this call made it; false when it was there before. Of two that make the same one at the same time,
 * exactly one gets true.
 * @throws {RangeError} If it cannot be made, or a file is in its place.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/runs/first`;
 * assertEquals([await makeDirectory(path), await makeDirectory(path)], [true, false]);
 * ```
 */
export async function makeDirectory(path: string): Promise<boolean> {
  try {
    const above = path.replace(/[/\\]+$/, "").match(/^(.*[^/\\])[/\\]+[^/\\]+$/s)?.[1];
    if (above !== undefined) await Deno.mkdir(above, { recursive: true });
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists && await pathKind(path) === "folder") return false;
    throw fileError(`make folder "${path}"`, "folder", error);
  }
}

/**
 * Lists a folder.
 *
 * @param path The folder.
 * @returns The names in it, in the order of their UTF-16 units.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await listNames(await Deno.makeTempDir()), []);
 * ```
 */
export async function listNames(path: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
    return names.sort();
  } catch (error) {
    throw fileError(`list folder "${path}"`, "folder", error);
  }
}

/**
 * Lists the folders in a folder, and the links to folders.
 *
 * @param path The folder.
 * @returns Their names, in the order of their UTF-16 units.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempDir();
 * await makeDirectory(`${path}/first`);
 * await appendLine(`${path}/notes.txt`, "");
 * assertEquals(await listDirectories(path), ["first"]);
 * ```
 */
export async function listDirectories(path: string): Promise<string[]> {
  const names = await listNames(path);
  const kinds = await Promise.all(names.map((name) => pathKind(`${path}/${name}`)));
  return names.filter((_, i) => kinds[i] === "folder");
}
