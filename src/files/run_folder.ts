/**
 * The folder of a training run: what is in it, what it is called, and how to find it again.
 *
 * ```
 * runs/2026-11-24T19-20-00Z/
 * ├── config.json         what the run was asked to do
 * ├── log.jsonl           one object a report
 * └── model.safetensors   weights, configuration and vocabulary
 * ```
 *
 * @module
 */

import {
  appendLine,
  exists,
  listDirectories,
  listNames,
  makeDirectory,
  modificationTime,
  pathKind,
  writeFileAtomic,
} from "./atomic_file.ts";

const LOG = "log.jsonl";
const CONFIG = "config.json";
const MODEL = "model.safetensors";

/** The folder of runs that were given no other. */
const ROOT = "runs";

/** A default run's name: its UTC time, and a number where several began in one second. */
const TIME_NAME = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z(?:-(\d+))?$/;

/**
 * A folder that one training run writes to.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/first`;
 * const run = await RunFolder.create(path);
 * await run.appendLog({ epoch: 50, perplexity: 42.9 });
 * await run.writeModel(new Uint8Array(8));
 * assertEquals(await modelPath(path), `${path}/model.safetensors`);
 * await assertRejects(() => RunFolder.create(path), RangeError, "already holds a run");
 * ```
 */
export class RunFolder {
  /** The folder, as it was given. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder of a new run. A run is never written over another, and never among other files.
   *
   * @param path A folder that does not exist or is empty; without it, one named after the time under `runs`.
   * @returns The run's folder.
   * @throws {RangeError} If the path is a file or a folder that holds anything, or cannot be made.
   */
  static async create(path?: string): Promise<RunFolder> {
    if (path === undefined) {
      for (;;) {
        const free = await defaultRunPath(new Date());
        if (await makeDirectory(free)) return new RunFolder(free); // else another process has just taken it
      }
    }
    if (await pathKind(path) === "file") {
      throw new RangeError(`Cannot start a run in "${path}" as it is a file`);
    }
    if (!await makeDirectory(path)) {
      const names = await listNames(path);
      const held = names.find((name) => name === LOG || name === CONFIG || name === MODEL);
      if (held !== undefined) {
        throw new RangeError(`Cannot start a run in "${path}" as it already holds a run: it has ${held}`);
      }
      if (names.length > 0) {
        throw new RangeError(`Cannot start a run in "${path}" as it is not empty: it has "${names[0]}"`);
      }
    }
    return new RunFolder(path);
  }

  /**
   * Finds the newest run that holds a model. The time is that of the run's name, or of its model file where the name is no
   * time. Of two runs of the same time, the one whose model was written last is taken.
   *
   * @param root The folder of the runs.
   * @returns The run's folder, or undefined if there is none.
   * @throws {RangeError} If the folder cannot be read.
   */
  static async newest(root: string = ROOT): Promise<string | undefined> {
    if (await pathKind(root) !== "folder") return undefined;
    let newest: { path: string; age: number[] } | undefined;
    for (const name of await listDirectories(root)) {
      const path = `${root}/${name}`;
      if (await pathKind(`${path}/${MODEL}`) !== "file") continue;
      const written = await modificationTime(`${path}/${MODEL}`);
      const age = [...(timeOfName(name) ?? [written, 0]), written];
      if (newest === undefined || compare(age, newest.age) > 0) newest = { path, age };
    }
    return newest?.path;
  }

  /**
   * Adds a report to the log, as one line of JSON. JSON has no infinite numbers: they become null.
   *
   * @param report A plain object.
   * @throws {RangeError} If the log cannot be written.
   */
  async appendLog(report: object): Promise<void> {
    await appendLine(`${this.path}/${LOG}`, JSON.stringify(report));
  }

  /**
   * Writes what the run was asked to do, for people to read.
   *
   * @param config A plain object.
   * @throws {RangeError} If the file cannot be written.
   */
  async writeConfig(config: object): Promise<void> {
    const text = `${JSON.stringify(config, null, 2)}\n`;
    await writeFileAtomic(`${this.path}/${CONFIG}`, new TextEncoder().encode(text));
  }

  /**
   * Writes the model, in place of the one before.
   *
   * @param bytes The model file's bytes.
   * @throws {RangeError} If the file cannot be written.
   */
  async writeModel(bytes: Uint8Array): Promise<void> {
    await writeFileAtomic(`${this.path}/${MODEL}`, bytes);
  }
}

/**
 * Names the folder of a run that was given none: `runs/2026-11-24T19-20-00Z`, in UTC and without colons, which Windows
 * does not take; `-2`, `-3`, … is added where the name is taken.
 *
 * @param now The time of the run's start.
 * @param root The folder of the runs.
 * @returns A path where nothing lies.
 * @throws {RangeError} If that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await defaultRunPath(new Date("2026-11-24T19:20:00.123Z"), "no/such/folder");
 * assertEquals(path, "no/such/folder/2026-11-24T19-20-00Z");
 * ```
 */
export async function defaultRunPath(now: Date, root: string = ROOT): Promise<string> {
  const path = `${root}/${now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "-")}`;
  if (!await exists(path)) return path;
  let number = 2;
  while (await exists(`${path}-${number}`)) number++;
  return `${path}-${number}`;
}

/**
 * Finds the model file that a path means.
 *
 * @param pathOrFolder A model file, or the folder of a run.
 * @returns The model file's path.
 * @throws {RangeError} If nothing lies there, or the folder holds no model.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => modelPath("no/such/run"), RangeError, "no such file or folder");
 * ```
 */
export async function modelPath(pathOrFolder: string): Promise<string> {
  const kind = await pathKind(pathOrFolder);
  if (kind === "file") return pathOrFolder;
  if (kind === "nothing") {
    throw new RangeError(`Cannot find a model at "${pathOrFolder}": no such file or folder`);
  }
  const path = `${pathOrFolder.replace(/[/\\]+$/, "") || "/"}/${MODEL}`;
  if (await pathKind(path) === "file") return path;
  const other = (await listNames(pathOrFolder)).find((name) => name.endsWith(".safetensors"));
  const advice = other === undefined
    ? "name a run's folder or a model file"
    : `name ${path.replace(MODEL, other)}`;
  throw new RangeError(`Cannot find a model in folder "${pathOrFolder}" as it has no ${MODEL}: ${advice}`);
}

/** The time in a default run's name, in milliseconds since 1970, and its number within the second. */
function timeOfName(name: string): [number, number] | undefined {
  const match = TIME_NAME.exec(name);
  if (match === null) return undefined;
  const [, date, hours, minutes, seconds, number] = match;
  const time = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time) ? undefined : [time, Number(number ?? 1)];
}

/** Compares two lists of numbers; the first difference decides. */
function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, index) => value !== b[index]);
  return i < 0 ? 0 : a[i]! - b[i]!;
}
