/**
 * The folder of a training run while a process works in it.
 *
 * ```
 * runs/2026-11-24T19-20-00Z/
 * ├── config.json              what the run was asked to do
 * ├── log.jsonl                one object a report
 * ├── samples.txt              what the model wrote at each report
 * ├── checkpoint.safetensors   all that it takes to go on
 * ├── model.safetensors        weights, configuration and vocabulary
 * └── report.html, inspect.json, which are made of it for people
 * ```
 *
 * While a process works in it, it holds the lock of folder_lock.ts.
 *
 * @module
 */
import { appendLine, cutLines, readFile, readTextFile, syncFile, writeFileAtomic } from "./atomic_file.ts";
import { defaultRunPath, isTemporary, RUN_FILES, RUN_NAMES } from "./find_run.ts";
import type { FolderLock } from "./folder_lock.ts";
import {
  assertEmpty,
  cannotStart,
  keepLock,
  lockFolder,
  refuseLink,
  removeFiles,
  removeRun,
} from "./free_folder.ts";
import { exists, listNames, makeDirectory, pathKind, remove, rename } from "./paths.ts";
import { isGranted } from "./permissions.ts";

/** How many lines the files have that grow. */
export interface RunLines {
  /** Of the log. */
  log: number;
  /** Of the samples. */
  samples: number;
}

/**
 * A folder that one training run writes to.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { modelPath } from "./find_run.ts";
 *
 * const path = `${await Deno.makeTempDir()}/first`;
 * const run = await RunFolder.create(path);
 * await run.appendLog('{"epoch":50}');
 * await run.writeModel(new Uint8Array(8));
 * assertEquals(await modelPath(path), `${path}/model.safetensors`);
 * await run.close();
 * await assertRejects(() => RunFolder.create(path), RangeError, "already holds a run");
 * ```
 */
export class RunFolder {
  /** The folder, as it was given. */
  readonly path: string;
  /** Whether this process made the folder. */
  readonly made: boolean;
  #lock: FolderLock | undefined;
  /** What config.json was last written with. */
  #config: string | undefined;

  private constructor(path: string, made: boolean, lock: FolderLock | undefined) {
    this.path = path;
    this.made = made;
    this.#lock = lock;
  }

  /**
   * Makes the folder of a new run. A run is never written over another, unless that is asked for, and never among other
   * files.
   *
   * @param path A folder that does not exist or is empty; without it, one named after the time under `runs`.
   * @param options `overwrite`: a run that is there goes, its own files alone.
   * @returns The run's folder, locked.
   * @throws {RangeError} If the path is a file or a folder that holds anything, another process has it, or it cannot be
   * made.
   */
  static async create(
    path?: string,
    { overwrite = false }: { overwrite?: boolean } = {},
  ): Promise<RunFolder> {
    if (path === undefined) {
      for (;;) {
        const free = await defaultRunPath(new Date());
        if (await makeDirectory(free)) return new RunFolder(free, true, await lockOwn(free)); // else it was just taken
      }
    }
    if (await pathKind(path) === "file") throw cannotStart(path, "it is a file");
    const task = `start a run in "${path}"`;
    if (overwrite) await refuseLink(path, task);
    const made = await makeDirectory(path);
    const lock = await (made ? lockOwn(path) : lockFolder(path));
    try {
      if (!made) await (overwrite ? removeRun(path, task) : assertEmpty(path));
      await removeTemporary(path);
      return new RunFolder(path, made, lock);
    } catch (error) {
      await lock?.[Symbol.asyncDispose]();
      if (made) await removeEmpty(path);
      throw error;
    }
  }

  /**
   * Takes up the folder of a run that was stopped or killed. Temporary files that it left are removed.
   *
   * @param path The folder.
   * @returns The run's folder, locked.
   * @throws {RangeError} If it is no run's, or another process has it.
   */
  static async open(path: string): Promise<RunFolder> {
    const kind = await pathKind(path);
    if (kind === "nothing") throw new RangeError(`Cannot go on with run "${path}": no such folder`);
    if (kind === "file") {
      throw new RangeError(`Cannot go on with run "${path}" as it is a file: name its folder`);
    }
    if (await pathKind(`${path}/${RUN_FILES.config}`) !== "file") {
      throw new RangeError(`Cannot go on with run "${path}" as it has no ${RUN_FILES.config}`);
    }
    const lock = await lockFolder(path);
    try {
      await removeTemporary(path);
    } catch (error) {
      await lock?.[Symbol.asyncDispose]();
      throw error;
    }
    return new RunFolder(path, false, lock);
  }

  /**
   * Removes a run: its own files, and its folder where nothing else is in it.
   *
   * @param path The folder.
   * @throws {RangeError} If a process works in it, it is a link or no run's, or holds other files.
   */
  static async remove(path: string): Promise<void> {
    if (await pathKind(path) !== "folder") {
      throw new RangeError(`Cannot remove run "${path}": no such folder`);
    }
    const task = `remove run "${path}"`;
    await refuseLink(path, task);
    const lock = await lockFolder(path);
    try {
      await removeRun(path, task);
    } finally {
      await lock?.[Symbol.asyncDispose]();
    }
    await remove(path);
  }

  /**
   * Makes a folder beside that of a run, which is gone or cannot be written any more.
   *
   * @param path The run's folder.
   * @returns A new folder: its path and `-2`, `-3`, …, locked.
   * @throws {RangeError} If none can be made, or Deno has not been told that it may be: nobody is asked.
   */
  static async beside(path: string): Promise<RunFolder> {
    const stem = path.replace(/[/\\]+$/, "");
    for (let number = 2;; number++) {
      const free = `${stem}-${number}`;
      if (!isGranted("read", free) || !isGranted("write", free)) {
        throw new RangeError(`Cannot make folder "${free}": it has not been granted`);
      }
      if (!await exists(free)) return await RunFolder.create(free);
    }
  }

  /** Whether another process can be kept out: some file systems have no locks. */
  get locked(): boolean {
    return this.#lock !== undefined;
  }

  /**
   * Adds a report to the log.
   *
   * @param line The report as JSON, without a line break.
   * @throws {RangeError} If the log cannot be written.
   */
  async appendLog(line: string): Promise<void> {
    await appendLine(await this.#own("log"), line);
  }

  /**
   * Adds to the samples.
   *
   * @param text Lines, without the last line break.
   * @throws {RangeError} If the file cannot be written.
   */
  async appendSamples(text: string): Promise<void> {
    await appendLine(await this.#own("samples"), text);
  }

  /**
   * Takes away what was written behind a checkpoint.
   *
   * @param lines How many lines log and samples had.
   * @returns How many they have then: fewer where someone has shortened them.
   * @throws {RangeError} If a file cannot be cut.
   */
  async cut({ log, samples }: RunLines): Promise<RunLines> {
    return {
      log: await cutLines(await this.#own("log"), log),
      samples: await cutLines(await this.#own("samples"), samples),
    };
  }

  /**
   * Writes what the run was asked to do, for people to read.
   *
   * @param config A plain object.
   * @throws {RangeError} If the file cannot be written.
   */
  async writeConfig(config: object): Promise<void> {
    const text = `${JSON.stringify(config, null, 2)}\n`;
    await writeFileAtomic(await this.#own("config"), new TextEncoder().encode(text));
    this.#config = text;
  }

  /**
   * Reads what the run was asked to do.
   *
   * @returns The parsed JSON, not trusted.
   * @throws {RangeError} If the file cannot be read.
   * @throws {SyntaxError} If it is not JSON.
   */
  async readConfig(): Promise<unknown> {
    const path = `${this.path}/${RUN_FILES.config}`;
    try {
      return JSON.parse(await readTextFile(path));
    } catch (error) {
      throw error instanceof SyntaxError ? new SyntaxError(`Cannot read "${path}" as it is not JSON`) : error;
    }
  }

  /**
   * Writes the model, in place of the one before.
   *
   * @param bytes The model file's bytes.
   * @throws {RangeError} If the file cannot be written.
   */
  async writeModel(bytes: Uint8Array): Promise<void> {
    await writeFileAtomic(await this.#own("model"), bytes);
  }

  /**
   * Reads the model.
   *
   * @returns The model file's bytes.
   * @throws {RangeError} If the file cannot be read.
   */
  async readModel(): Promise<Uint8Array> {
    return await readFile(await this.#own("model"));
  }

  /**
   * Writes a checkpoint, which counts the lines of log and samples: they are forced to the disk first. The checkpoint before
   * stays until the new one has been read back.
   *
   * @param bytes The checkpoint's bytes.
   * @throws {RangeError} If a file cannot be written.
   */
  async writeCheckpoint(bytes: Uint8Array): Promise<void> {
    const path = await this.#own("checkpoint");
    for (const name of [RUN_FILES.log, RUN_FILES.samples]) await syncFile(`${this.path}/${name}`);
    const previous = `${this.path}/${RUN_FILES.previous}`;
    await writeFileAtomic(path, bytes, { previous });
  }

  /**
   * Reads the newest checkpoint that is sound; it is then the only one.
   *
   * @param decode Reads one, and throws where it is damaged.
   * @returns What it holds, and why an older one was taken where one was; undefined where there is none.
   * @throws {RangeError} If one is there and cannot be read.
   * @throws {SyntaxError} If all that are there are damaged.
   */
  async readCheckpoint<C>(
    decode: (bytes: Uint8Array) => Promise<C>,
  ): Promise<{ checkpoint: C; instead?: Error } | undefined> {
    const path = `${this.path}/${RUN_FILES.checkpoint}`;
    const previous = `${this.path}/${RUN_FILES.previous}`;
    const isThere = await pathKind(path) === "file";
    let reason: Error = new SyntaxError("it is missing");
    if (isThere) {
      const bytes = await readFile(path);
      try {
        const checkpoint = await decode(bytes);
        await remove(previous);
        return { checkpoint };
      } catch (error) {
        if (!(error instanceof SyntaxError) || await pathKind(previous) !== "file") throw error;
        reason = error;
      }
    } else if (await pathKind(previous) !== "file") return undefined;
    const checkpoint = await decode(await readFile(previous));
    await rename(previous, path);
    return { checkpoint, instead: reason };
  }

  /** Removes a run that has nothing worth keeping; the folder too, where this process made it. */
  async discard(): Promise<void> {
    try {
      await this.#own("config");
      await removeFiles(this.path, RUN_NAMES);
      await this.close();
      if (this.made) await remove(this.path);
    } catch {
      // it is gone, may not be removed, or holds something else
    }
  }

  /** Lets another process have the folder. */
  async close(): Promise<void> {
    await this.#lock?.[Symbol.asyncDispose]();
  }

  /** Where a file of the run lies, in a folder that is the run's own still. */
  async #own(name: keyof typeof RUN_FILES): Promise<string> {
    this.#lock = await keepLock(this.path, this.#lock, this.#config);
    return `${this.path}/${RUN_FILES[name]}`;
  }
}

/** Locks a folder that this process has made, which goes where that fails. */
async function lockOwn(path: string): Promise<FolderLock | undefined> {
  try {
    return await lockFolder(path);
  } catch (error) {
    await removeEmpty(path);
    throw error;
  }
}

/** Removes a folder that nothing is in. */
async function removeEmpty(path: string): Promise<void> {
  await remove(path).catch(() => {}); // another process has begun in it
}

/** Removes what a process left that was killed while it wrote. */
async function removeTemporary(path: string): Promise<void> {
  for (const name of await listNames(path)) {
    if (isTemporary(name)) await remove(`${path}/${name}`);
  }
}
