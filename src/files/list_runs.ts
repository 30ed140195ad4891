/**
 * The runs in a folder: how far each has come, and whether a process works in it.
 *
 * @module
 */
import { readTextFile } from "./atomic_file.ts";
import { RUN_FILES, RUN_NAMES, RUNS, TRAINING_NAMES } from "./find_run.ts";
import { FolderLock } from "./folder_lock.ts";
import { readStored, type StoredModel, type StoredType } from "./stored_model.ts";
import { fileSize, listDirectories, listNames, modificationTime, pathKind } from "./paths.ts";

/** What is known of a run without reading its weights. */
export interface ListedRun {
  /** Its folder. */
  readonly path: string;
  /**
   * Whether a process works in it; else whether its settings can be read, and it has ended by epochs or patience. A model that
   * has no training beside it was quantized, or imported.
   */
  readonly state: "running" | "damaged" | "ended" | "stopped" | "quantized" | "model";
  /** The type of its model's weights; undefined where there is none, or it is damaged. */
  readonly weights: StoredType | undefined;
  /** The epoch of its last report, 0 before the first; of a model alone what its file says, if it does. */
  readonly epoch: number | undefined;
  /** How many epochs it was asked for; undefined where its settings cannot be read. */
  readonly epochs: number | undefined;
  /** The loss of its last report, of the validation where there is one. */
  readonly loss: number | undefined;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** When its training last wrote a file, in milliseconds since 1970. */
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
    const run = await describeRun(`${root}/${name}`);
    if (run) runs.push(run);
  }
  return runs.sort((a, b) => a.written - b.written || (a.path < b.path ? -1 : 1));
}

/**
 * Describes a run.
 *
 * @param path Its folder.
 * @returns What is known of it; undefined where the folder holds none.
 * @throws {RangeError} If the folder cannot be read.
 */
export async function describeRun(path: string): Promise<ListedRun | undefined> {
  const names = (await listNames(path)).filter((name) => RUN_NAMES.includes(name));
  if (!names.includes(RUN_FILES.config) && !names.includes(RUN_FILES.model)) return undefined;
  const files = names.map((name) => `${path}/${name}`);
  const sizes = await Promise.all(files.map(fileSize));
  const trained = names.filter((name) => TRAINING_NAMES.includes(name));
  const times = await Promise.all(trained.map((name) => modificationTime(`${path}/${name}`)));
  const config = await objectOf(`${path}/${RUN_FILES.config}`);
  const stored = names.includes(RUN_FILES.model) ? await storedIn(path) : undefined;
  const epochs = numberOf(config, "epochs");
  const patience = numberOf(config, "patience");
  const log = await textOf(`${path}/${RUN_FILES.log}`);
  const report = lastObject(log);
  const alone = trained.every((name) => name === RUN_FILES.model);
  const epoch = numberOf(report, "epoch") ?? 0;
  const running = await FolderLock.isHeld(path);
  const damaged = alone ? !stored : epochs === undefined && names.includes(RUN_FILES.config);
  const ended = epochs !== undefined && epoch >= epochs && !isWithin(report) ||
    patience !== undefined && worseReports(log) >= patience;
  return {
    path,
    state: running ? "running" : damaged ? "damaged" : alone ? kindOf(stored) : ended ? "ended" : "stopped",
    weights: stored?.weights,
    epoch: alone ? stored?.origin.epoch : epoch,
    epochs,
    loss: lossOf(lastObject(log, (line) => numberOf(line, "validationLoss") !== undefined) ?? report),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    written: Math.max(...times),
  };
}

/**
 * Whether a run is a model that has no training beside it.
 *
 * @param run What is known of it.
 * @returns Whether it was quantized or imported.
 */
export function isAlone({ state }: Pick<ListedRun, "state">): boolean {
  return state === "quantized" || state === "model";
}

/** Whether a model that is alone was quantized: what was imported is float32. */
function kindOf(stored: StoredModel | undefined): "quantized" | "model" {
  return stored?.weights === "int8" || stored?.weights === "float16" ? "quantized" : "model";
}

/** What the model of a run says of itself; undefined where it is damaged, or may not be read. */
async function storedIn(path: string): Promise<StoredModel | undefined> {
  try {
    return await readStored(`${path}/${RUN_FILES.model}`);
  } catch {
    return undefined;
  }
}

/** The whole of a file; empty where it is missing or may not be read. */
async function textOf(path: string): Promise<string> {
  try {
    return (await readTextFile(path)).replace(/^\ufeff/, "");
  } catch {
    return "";
  }
}

async function objectOf(path: string): Promise<object | undefined> {
  return parseObject(await textOf(path));
}

/** The last line that is an object, such a one: it may be cut off. */
function lastObject(text: string, isWanted: (value: object) => boolean = () => true): object | undefined {
  for (const line of text.trimEnd().split("\n").toReversed()) {
    const value = parseObject(line);
    if (value && isWanted(value)) return value;
  }
  return undefined;
}

function parseObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a report stands for no end of an epoch: it tells of the steps before it. */
function isWithin(report: object | undefined): boolean {
  return numberOf(report, "step") !== undefined;
}

/** Reports at ends of epochs since the one with the least loss. */
function worseReports(log: string): number {
  let best = Infinity;
  let worse = 0;
  for (const line of log.split("\n")) {
    const report = parseObject(line);
    const loss = lossOf(report);
    if (loss === undefined || isWithin(report)) continue;
    worse = loss < best ? 0 : worse + 1;
    best = Math.min(best, loss);
  }
  return worse;
}

/** Of the validation, where there is one; else of the epoch, where it has ended. */
function lossOf(report: object | undefined): number | undefined {
  return numberOf(report, "validationLoss") ?? numberOf(report, "epochLoss") ?? numberOf(report, "loss");
}

function numberOf(object: object | undefined, name: string): number | undefined {
  const value = (object as Record<string, unknown> | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
}
