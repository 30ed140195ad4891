/**
 * The one module of the library that touches the file system. It turns the system's complaints into one clear
 * sentence, and replaces files whole: after a crash a file is the old one or the new one, never a part.
 *
 * Paths are joined with "/", which Windows takes as well.
 *
 * @module
 */
import { assertFiles, fileError } from "./file_error.ts";
import { bytesText } from "../messages/printable.ts";
import { exists, pathKind } from "./paths.ts";

/** How the names of temporary files end. */
export const TEMPORARY = ".tmp";

/** Bytes that are read at once at most: more than V8 has in an array would fill the machine's memory first. */
const MOST_BYTES = 2 ** 33;

/**
 * Reads a file's bytes.
 *
 * @param path The file.
 * @param options `signal`: ends it.
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
export async function readFile(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array> {
  assertFiles(`read "${path}"`);
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) throw new Error(`it has more than ${bytesText(MOST_BYTES)}`);
    return await Deno.readFile(path, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw fileError(`read "${path}"`, "file", error);
  }
}

/**
 * Reads the first bytes of a file.
 *
 * @param path The file.
 * @param most How many bytes at most.
 * @returns As many as there are.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
 * assertEquals(await readStart(path, 2), Uint8Array.of(1, 2));
 * ```
 */
export async function readStart(path: string, most: number): Promise<Uint8Array> {
  try {
    const file = await Deno.open(path);
    try {
      const bytes = new Uint8Array(most);
      let there = 0;
      for (let read: number | null = 0; there < most && read !== null; there += read ?? 0) {
        read = await file.read(bytes.subarray(there));
      }
      return bytes.subarray(0, there);
    } finally {
      file.close();
    }
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
 * Writes a file, or replaces it whole: a temporary file in the same folder is written, forced to the disk and renamed, and
 * the folder is forced to the disk too. On failure the old file stays as it was and no temporary file is left.
 *
 * @param path The file.
 * @param bytes All of its bytes.
 * @param options `previous`: a path to which the old file is moved until the new one has been read back. `signal`: ends it
 * as long as the old file is in place.
 * @throws {RangeError} If it cannot be written, or is read back otherwise.
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
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  { previous, signal }: { previous?: string; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  assertFiles(`write "${path}"`);
  // A name of its own for each writer: two of them never write into one temporary file.
  const temporary = `${path}.${crypto.randomUUID()}${TEMPORARY}`;
  let moved = false;
  try {
    await writeSynced(temporary, bytes);
    signal?.throwIfAborted();
    if (previous !== undefined && await pathKind(path) === "file") {
      await Deno.rename(path, previous);
      moved = true;
    }
    await Deno.rename(temporary, path);
    await syncFolder(path);
    if (previous === undefined) return;
    if (!sameBytes(await Deno.readFile(path), bytes)) throw new Error("it is read back otherwise");
    if (moved) await Deno.remove(previous);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may not exist; the first error is the one that matters
    if (moved) await Deno.rename(previous!, path).catch(() => {}); // else it is found under the other name
    if (signal?.aborted && error === signal.reason) throw error;
    throw error instanceof RangeError ? error : fileError(`write "${path}"`, "folder", error);
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true });
  try {
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    await file.sync();
  } finally {
    file.close();
  }
}

/** Forces the names in a file's folder to the disk, where the system and the permissions let folders be opened. */
async function syncFolder(path: string): Promise<void> {
  let opened: Deno.FsFile;
  try {
    opened = await Deno.open(folderOf(path), { read: true });
  } catch {
    return;
  }
  try {
    await opened.sync();
  } finally {
    opened.close();
  }
}

function folderOf(path: string): string {
  const folder = /^(.*)[/\\]/s.exec(path)?.[1] ?? ".";
  return folder || "/";
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) { // every() takes eight times as long
    if (a[i] !== b[i]) return false;
  }
  return true;
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
 * Forces a file that grew by lines to the disk.
 *
 * @param path The file; without one there is nothing to do.
 * @throws {RangeError} If that fails.
 *
 * @example Usage
 * ```ts
 * const path = `${await Deno.makeTempDir()}/log.jsonl`;
 * await appendLine(path, "{}");
 * await syncFile(path);
 * ```
 */
export async function syncFile(path: string): Promise<void> {
  if (!await exists(path)) return;
  try {
    const file = await Deno.open(path, { write: true });
    try {
      await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    throw fileError(`write "${path}"`, "file", error);
  }
}

/**
 * Cuts a text file to its first lines, as a log whose last lines were written behind what is kept. A line without its
 * line break is no line.
 *
 * @param path The file; where its folder has none it has no line.
 * @param lines How many lines stay at most.
 * @returns How many lines it has then.
 * @throws {RangeError} If it cannot be cut, or its folder is gone.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/log.jsonl`;
 * await appendLine(path, "1");
 * await appendLine(path, "2");
 * assertEquals(await cutLines(path, 1), 1);
 * assertEquals(await readTextFile(path), "1\n");
 * ```
 */
export async function cutLines(path: string, lines: number): Promise<number> {
  if (!await exists(path) && await pathKind(folderOf(path)) === "folder") return 0;
  try {
    const bytes = await Deno.readFile(path);
    let end = 0;
    let count = 0;
    for (; count < lines; count++) {
      const next = bytes.indexOf(0x0a, end) + 1; // "\n"
      if (next === 0) break;
      end = next;
    }
    if (end < bytes.length) await Deno.truncate(path, end);
    return count;
  } catch (error) {
    throw fileError(`cut "${path}"`, "folder", error);
  }
}
