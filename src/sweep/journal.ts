/**
 * The journal of a sweep: a first line that says whose it is, then a line for each trial that has ended, in the order of
 * their ends. It grows at its end alone, by one process. Whoever is killed while it writes leaves a part of a line, which
 * goes when the journal is opened: its trial has not been told to anybody, and its run's folder has all of it.
 *
 * @module
 */
import { appendLine, cutLines, readTextFile, syncFile, writeFileAtomic } from "../files/atomic_file.ts";
import { FolderLock } from "../files/folder_lock.ts";
import { fileError } from "../files/file_error.ts";
import { listNames, pathKind } from "../files/paths.ts";
import { quote } from "../messages/quote.ts";
import { type Head, type Line, readHead, readLine } from "./line.ts";

/** What a journal holds. */
export interface Entries {
  /** Whose it is; undefined where no line has been written, or the first one is damaged. */
  readonly head: Head | undefined;
  readonly lines: readonly Line[];
  /** Numbers of lines, from 1, that are none. */
  readonly damaged: readonly number[];
  /** What stands behind the last line break: a line that was being written. */
  readonly rest: string;
}

/** The name of a journal: of one process alone, or of a part of the trials. */
const NAME = /^journal(-\d+)?\.jsonl$/;

/**
 * The file of a journal.
 *
 * @param part Which part of the trials it is of, where processes share them out.
 */
export function journalName(part?: number): string {
  return part === undefined ? "journal.jsonl" : `journal-${part}.jsonl`;
}

/**
 * Reads the text of a journal.
 *
 * @param text The text.
 * @returns What of it can be told.
 */
export function readEntries(text: string): Entries {
  const all = text.split("\n");
  const rest = all.pop()!;
  const head = readHead(all[0] ?? "");
  const lines: Line[] = [];
  const damaged: number[] = [];
  for (const [index, line] of all.entries()) {
    const read = index === 0 && head ? undefined : readLine(line);
    if (read) lines.push(read);
    else if (index > 0 || !head) damaged.push(index + 1);
  }
  return { head, lines, damaged, rest };
}

/**
 * Reads all journals of a sweep, of processes that are at work too.
 *
 * @param folder The sweep's folder.
 * @param sweep What identifies the sweep.
 * @returns What they hold, and sentences on what of them is damaged.
 * @throws {RangeError} If one cannot be read, or is of another sweep.
 */
export async function readJournals(
  folder: string,
  sweep: string,
): Promise<{ lines: Line[]; notes: string[] }> {
  const lines: Line[] = [];
  const notes: string[] = [];
  if (await pathKind(folder) !== "folder") return { lines, notes };
  for (const name of await listNames(folder)) {
    if (!NAME.test(name)) continue;
    const path = `${folder}/${name}`;
    const entries = readEntries(await readTextFile(path));
    assertOwn(path, entries.head, sweep);
    lines.push(...entries.lines);
    if (entries.damaged.length === 0) continue;
    const numbers = entries.damaged.slice(0, 3).join(", ") + (entries.damaged.length > 3 ? ", …" : "");
    notes.push(`Line ${numbers} of "${path}" cannot be read; a trial that stood there is run again`);
  }
  return { lines, notes };
}

function assertOwn(path: string, head: Head | undefined, sweep: string): void {
  if (head === undefined || head.sweep === sweep) return;
  throw new RangeError(
    `Cannot go on with the sweep of "${path}" as it is another one, begun by ${quote(head.command)}: ` +
      "name another folder",
  );
}

/**
 * A journal that this process writes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const head = { sweep: "0123456789ab", trials: 1, version: "0.1.0", command: "sweep" };
 * const journal = await Journal.open(folder, head);
 * await journal.append({
 *   trial: "ba9876543210",
 *   seed: 0,
 *   configuration: {},
 *   seconds: 1,
 *   version: "0.1.0",
 *   state: "failed",
 *   error: "Cannot train",
 * });
 * await journal.close();
 * assertEquals((await readJournals(folder, head.sweep)).lines.length, 1);
 * ```
 */
export class Journal {
  readonly #path: string;
  readonly #lock: FolderLock | undefined;
  /** Whether the file ends with a line break: a write may have failed halfway. */
  #whole = true;

  private constructor(path: string, lock: FolderLock | undefined) {
    this.#path = path;
    this.#lock = lock;
  }

  /**
   * Opens a journal, or begins one.
   *
   * @param folder The sweep's folder, which is there.
   * @param head Whose it is.
   * @param part Which part of the trials this process runs, where several share them out.
   * @returns The journal, which no other process writes until it is closed.
   * @throws {RangeError} If it is of another sweep, another process has it, or it cannot be written.
   */
  static async open(folder: string, head: Head, part?: number): Promise<Journal> {
    const path = `${folder}/${journalName(part)}`;
    const lock = await lockFile(folder, `${journalName(part)}.lock`);
    try {
      const journal = new Journal(path, lock);
      await journal.#begin(head);
      return journal;
    } catch (error) {
      await lock?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Adds a trial, and forces it to the disk.
   *
   * @param line The trial.
   * @throws {RangeError} If that fails; what was there stays.
   */
  async append(line: Line): Promise<void> {
    if (!this.#whole) await cutLines(this.#path, Infinity);
    this.#whole = false;
    await appendLine(this.#path, JSON.stringify(line));
    this.#whole = true;
    await syncFile(this.#path);
  }

  /** Lets another process have it. */
  async close(): Promise<void> {
    await this.#lock?.[Symbol.asyncDispose]();
  }

  /** Writes the first line where there is none, and takes away a part of a line. */
  async #begin(head: Head): Promise<void> {
    const text = await pathKind(this.#path) === "nothing" ? "" : await readTextFile(this.#path);
    const { head: own, rest, lines, damaged } = readEntries(text);
    assertOwn(this.#path, own, head.sweep);
    if (!own && lines.length + damaged.length === 0) {
      if (!`${JSON.stringify(head)}\n`.startsWith(rest.slice(0, 9))) {
        throw new RangeError(`Cannot keep a sweep in "${this.#path}" as another file is there`);
      }
      return await writeFileAtomic(this.#path, new TextEncoder().encode(`${JSON.stringify(head)}\n`));
    }
    if (rest === "") return;
    if (readLine(rest)) await appendLine(this.#path, ""); // its line break alone was lacking
    else await cutLines(this.#path, Infinity);
  }
}

async function lockFile(folder: string, name: string): Promise<FolderLock | undefined> {
  let lock: FolderLock | { heldBy: string } | undefined;
  try {
    lock = await FolderLock.take(folder, name);
  } catch (cause) {
    throw fileError(`write in folder "${folder}"`, "folder", cause);
  }
  if (lock instanceof FolderLock || lock === undefined) return lock;
  throw new RangeError(
    `Cannot run the sweep in "${folder}" as ${lock.heldBy || "another process"} runs it: ` +
      "more workers are --workers, or the tasks of a job array",
  );
}
