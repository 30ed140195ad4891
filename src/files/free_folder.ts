/**
 * The folder in which a new run may begin: no other process works in it, and nothing of anyone lies there.
 *
 * @module
 */
import { readTextFile } from "./atomic_file.ts";
import { fileError } from "./file_error.ts";
import { isTemporary, RUN_FILES, RUN_NAMES } from "./find_run.ts";
import { FolderLock, LOCK_FILE } from "./folder_lock.ts";
import { isLink, listNames, pathKind, remove } from "./paths.ts";

/** Locks a folder, or says who has it; undefined where the file system has no locks. */
export async function lockFolder(path: string): Promise<FolderLock | undefined> {
  let lock: FolderLock | { heldBy: string } | undefined;
  try {
    lock = await FolderLock.take(path);
  } catch (cause) {
    throw fileError(`write in folder "${path}"`, "folder", cause);
  }
  if (lock instanceof FolderLock || lock === undefined) return lock;
  throw new RangeError(`Cannot use folder "${path}" as ${lock.heldBy || "another process"} works in it`);
}

/**
 * Makes sure that a run's folder is its own still: it may have been moved away, and another one be in its place. One that
 * is gone is told by what is then tried in it.
 *
 * @param path The folder.
 * @param lock Its lock; undefined where the file system has none.
 * @param config What its config.json was written with.
 * @returns The lock: a new one where a copy of the run has taken its place, or the lock's file was removed.
 * @throws {RangeError} If another folder is there.
 */
export async function keepLock(
  path: string,
  lock: FolderLock | undefined,
  config: string | undefined,
): Promise<FolderLock | undefined> {
  if (!lock || await lock.isThere() || await pathKind(path) !== "folder") return lock;
  try {
    const there = await readTextFile(`${path}/${RUN_FILES.config}`);
    if (there !== config) throw new Error("its config.json is another one");
    const anew = await lockFolder(path);
    await lock[Symbol.asyncDispose]();
    return anew;
  } catch (cause) {
    throw new RangeError(`Cannot write in folder "${path}" as another one has taken its place`, { cause });
  }
}

export function cannotStart(path: string, reason: string): RangeError {
  return new RangeError(`Cannot start a run in "${path}" as ${reason}`);
}

export async function assertEmpty(path: string): Promise<void> {
  const names = (await listNames(path)).filter((name) => name !== LOCK_FILE && !isTemporary(name));
  const held = names.find((name) => RUN_NAMES.includes(name));
  if (held !== undefined) throw cannotStart(path, `it already holds a run: it has ${held}`);
  if (names.length > 0) throw cannotStart(path, `it is not empty: it has "${names[0]}"`);
}

/**
 * Removes the files of the run in a folder, and nothing else.
 *
 * @param path The folder.
 * @param task What it is for, as the sentence has it.
 * @throws {RangeError} If it is a link, holds no run, or holds other files.
 */
export async function removeRun(path: string, task: string): Promise<void> {
  const names = (await listNames(path)).filter((name) => name !== LOCK_FILE);
  if (names.every(isTemporary)) return await removeFiles(path, names); // one that was killed before it could begin
  const other = names.find((name) => !RUN_NAMES.includes(name) && !isTemporary(name));
  if (other !== undefined) {
    throw new RangeError(`Cannot ${task} as it holds more than a run: it has "${other}"`);
  }
  for (const name of names) {
    const inner = `${path}/${name}`;
    if (await pathKind(inner) === "folder" && !await isLink(inner)) {
      throw new RangeError(`Cannot ${task} as it holds more than a run: its "${name}" is a folder`);
    }
  }
  if (!await isConfig(`${path}/${RUN_FILES.config}`)) {
    throw new RangeError(`Cannot ${task} as what is there is no run: it has no ${RUN_FILES.config} of one`);
  }
  await removeFiles(path, names);
}

/**
 * Removes files of a run. config.json goes last: where that fails or is cut off, what is left still proves to be a run.
 *
 * @param path The folder.
 * @param names The files.
 */
export async function removeFiles(path: string, names: readonly string[]): Promise<void> {
  const { config } = RUN_FILES;
  for (const name of names) {
    if (name !== config) await remove(`${path}/${name}`);
  }
  if (names.includes(config)) await remove(`${path}/${config}`);
}

/**
 * Refuses a link: nothing is removed through one.
 *
 * @param path The folder.
 * @param task What it is for, as the sentence has it.
 * @throws {RangeError} If it is one.
 */
export async function refuseLink(path: string, task: string): Promise<void> {
  if (await isLink(path)) {
    throw new RangeError(`Cannot ${task} as it is a link, through which nothing is removed`);
  }
}

/** Whether a file is what a run was asked to do. */
async function isConfig(path: string): Promise<boolean> {
  try {
    return typeof JSON.parse(await readTextFile(path)).version === "string";
  } catch {
    return false;
  }
}
