/**
 * One process at a time in a folder: a lock on a file in it, which the system takes back when the process ends, however
 * it ends. The file says which process has it, for people.
 *
 * @module
 */
import { isLink } from "./paths.ts";

/** The file's name; it is there while the lock is held, and behind a process that was killed. */
export const LOCK_FILE = "run.lock";

/** A folder that this process has for itself. */
export class FolderLock implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #held = true;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Takes the lock.
   *
   * @param folder A folder that is there.
   * @param name The file's name.
   * @returns The lock; the process that has it, as far as it is known; or undefined where files have no locks.
   * @throws {Error} If the file cannot be made, or a link is in its place: nothing is written through one.
   */
  static async take(
    folder: string,
    name: string = LOCK_FILE,
  ): Promise<FolderLock | { heldBy: string } | undefined> {
    const path = `${folder}/${name}`;
    for (;;) {
      if (await isLink(path)) throw new Error(`its ${name} is a link`);
      const file = await Deno.open(path, { read: true, write: true, create: true });
      const taken = await tryLock(file);
      if (taken) {
        const lock = await FolderLock.#signed(path, file);
        if (lock) return lock;
      } else file.close();
      if (taken === false) return { heldBy: (await Deno.readTextFile(path).catch(() => "")).trim() };
      if (taken === undefined) {
        await Deno.remove(path);
        return undefined;
      } // else whoever had it has removed it meanwhile
    }
  }

  /**
   * A lock that says whose it is, or undefined where its file lies there no more. A disk that has no room for that has none
   * for a run.
   */
  static async #signed(path: string, file: Deno.FsFile): Promise<FolderLock | undefined> {
    const lock = new FolderLock(path, file);
    let isOwn = false;
    try {
      await file.truncate(0);
      await file.write(new TextEncoder().encode(sign()));
      isOwn = await isAt(path, file);
      return isOwn ? lock : undefined;
    } finally {
      if (!isOwn) await lock[Symbol.asyncDispose]();
    }
  }

  /**
   * Tells whether a process has the lock. It takes no permission to write.
   *
   * @param folder The folder.
   */
  static async isHeld(folder: string): Promise<boolean> {
    let file: Deno.FsFile | undefined;
    try {
      file = await Deno.open(`${folder}/${LOCK_FILE}`);
      return !await file.tryLock(false);
    } catch {
      return false; // there is no such file, or there are no locks
    } finally {
      file?.close();
    }
  }

  /** Whether the file still lies in the folder's place: else that is another folder by now, or somebody removed the file. */
  async isThere(): Promise<boolean> {
    try {
      return await isAt(this.#path, this.#file);
    } catch {
      return true; // whoever writes there is told why it fails
    }
  }

  /** Removes the file, and gives the lock back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    try {
      if (await isAt(this.#path, this.#file)) await Deno.remove(this.#path);
    } catch {
      // the folder is gone, or may not be written any more
    }
    this.#file.close();
  }
}

/** Whether this process has the lock now; undefined where the file system knows none. */
async function tryLock(file: Deno.FsFile): Promise<boolean | undefined> {
  try {
    return await file.tryLock(true);
  } catch {
    return undefined;
  }
}

/** What the file says while this process has the lock. */
function sign(): string {
  return `process ${Deno.pid}\n`;
}

/** Whether a signed file is still the one that lies at a path. */
async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    const there = await Deno.stat(path);
    const own = await ownStat(file);
    return own ? isSame(there, own) : await Deno.readTextFile(path) === sign();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error; // another try would have no other answer
  }
}

/** What an open file is; undefined behind a link: there Deno tells it only to whom the link's target is granted, too. */
async function ownStat(file: Deno.FsFile): Promise<Deno.FileInfo | undefined> {
  try {
    return await file.stat();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function isSame(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}
