/**
 * The runs in a folder: how far each has come, and whether a process works in it.
 *
 * @module
 */
import { readTextFile } from "./atomic_file.ts";
import { RUN_FILES, RUN_NAMES, RUNS } from "./find_run.ts";
import { FolderLock } from "./folder_lock.ts";
import { fileSize, listDirectories, listNames, modificationTime, pathKind } from "./paths.ts";

/** What is known of a run without reading its weights. */
export interface ListedRun {
  /** Its folder. */
  readonly path: string;
  /** Whether a process works in it; else whether its settings can be read, and all its epochs have been trained. */
  readonly state: "running" | "damaged" | "ended" | "stopped";
  /** The epoch of its last report; 0 before the first. */
  readonly epoch: number;
  /** How many epochs it was asked for; undefined where its settings cannot be read. */
  readonly epochs: number | undefined;
  /** The loss of its last report, of the validation where there is one. */
  readonly loss: number | undefined;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** When a file of it was last written, in milliseconds since 1970. */
  readonly written: number;
}

/**
 * Lists runs.
 *
 * @param root The folder of the runs.
 * @returns The runs, the one that was written last at the end; none where there is no such folder.
 * @throws {RangeError} If the folder cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RunFolder } from "./run_folder.ts";
 *
 * const root = await Deno.makeTempDir();
 * const run = await RunFolder.create(`${root}/first`);
 * await run.writeConfig({ version: "0.1.0", epochs: 3 });
 * await run.appendLog('{"epoch":2,"loss":1.5}');
 * const [{ state, epoch, epochs, loss }] = await listRuns(root) as [ListedRun];
 * assertEquals([state, epoch, epochs, loss], ["running", 2, 3, 1.5]);
 * await run.close();
 * ```
 */
export async function listRuns(root: string = RUNS): Promise<ListedRun[]> {
  if (await pathKind(root) !== "folder") return [];
  const runs: ListedRun[] = [];
  for (const name of await listDirectories(root)) {
    const run = await describe(`${root}/${name}`);
    if (run) runs.push(run);
  }
  return runs.sort((a, b) => a.written - b.written || (a.path < b.path ? -1 : 1));
}

/** What a folder holds; undefined where that is no run. */
async function describe(path: string): Promise<ListedRun | undefined> {
  const names = (await listNames(path)).filter((name) => RUN_NAMES.includes(name));
  if (!names.includes(RUN_FILES.config) && !names.includes(RUN_FILES.model)) return undefined;
  const files = names.map((name) => `${path}/${name}`);
  const sizes = await Promise.all(files.map(fileSize));
  const times = await Promise.all(files.map(modificationTime));
  const epochs = numberOf(await objectOf(`${path}/${RUN_FILES.config}`), "epochs");
  const report = await objectOf(`${path}/${RUN_FILES.log}`);
  const epoch = numberOf(report, "epoch") ?? 0;
  const running = await FolderLock.isHeld(path);
  return {
    path,
    state: running ? "running" : stateOf({ epoch, epochs, hasSettings: names.includes(RUN_FILES.config) }),
    epoch,
    epochs,
    loss: numberOf(report, "validationLoss") ?? numberOf(report, "loss"),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    written: Math.max(...times),
  };
}

function stateOf(
  { epoch, epochs, hasSettings }: { epoch: number; epochs: number | undefined; hasSettings: boolean },
): ListedRun["state"] {
  if (epochs === undefined) return hasSettings ? "damaged" : "stopped";
  return epoch >= epochs ? "ended" : "stopped";
}

/** The whole of a file as an object, or its last line that is one: a line may be cut off. */
async function objectOf(path: string): Promise<object | undefined> {
  let text: string;
  try {
    text = await readTextFile(path);
  } catch {
    return undefined; // it is missing, or may not be read
  }
  for (const json of [text, ...text.trimEnd().split("\n").toReversed()]) {
    try {
      const value: unknown = JSON.parse(json);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // the next one
    }
  }
  return undefined;
}

function numberOf(object: object | undefined, name: string): number | undefined {
  const value = (object as Record<string, unknown> | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
}
