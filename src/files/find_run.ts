/**
 * What a run's files are called, and where runs are found.
 *
 * @module
 */
import { readFile, TEMPORARY } from "./atomic_file.ts";
import { exists, listDirectories, listNames, modificationTime, pathKind } from "./paths.ts";
import { grantingAdvice, grantingFlag, isGranted } from "./permissions.ts";

/** The names of a run's files. */
export const RUN_FILES = {
  config: "config.json",
  log: "log.jsonl",
  samples: "samples.txt",
  checkpoint: "checkpoint.safetensors",
  /** The checkpoint before, while a new one is written. */
  previous: "checkpoint.previous.safetensors",
  model: "model.safetensors",
  /** What `report` makes of it, and `train` at its end. */
  report: "report.html",
  /** What `inspect` found in its model. */
  inspect: "inspect.json",
} as const;
/** All of them. */
export const RUN_NAMES: readonly string[] = Object.values(RUN_FILES);
/** Those of its training: the others may be made long after it, and make no run newer. */
export const TRAINING_NAMES: readonly string[] = RUN_NAMES.filter((name) =>
  name !== RUN_FILES.report && name !== RUN_FILES.inspect
);

/**
 * Tells whether a name is that of a run's file that was being written.
 *
 * @param name The name, without a folder.
 * @returns Whether a process that was killed may have left it.
 */
export function isTemporary(name: string): boolean {
  return RUN_NAMES.some((file) => name.startsWith(`${file}.`)) && name.endsWith(TEMPORARY);
}

/** The folder of runs that were given no other. */
export const RUNS = "runs";

/**
 * Finds the newest run that holds a model: the one whose files were written last.
 *
 * @param root The folder of the runs.
 * @returns The run's folder, or undefined if there is none.
 * @throws {RangeError} If the folder cannot be read.
 */
export async function newestRun(root: string = RUNS): Promise<string | undefined> {
  if (await pathKind(root) !== "folder") return undefined;
  let newest: { path: string; written: number } | undefined;
  for (const name of await listDirectories(root)) {
    const path = `${root}/${name}`;
    if (await pathKind(`${path}/${RUN_FILES.model}`) !== "file") continue;
    const written = await lastWritten(path);
    if (newest === undefined || written >= newest.written) newest = { path, written };
  }
  return newest?.path;
}

/** When its training last wrote a file, in milliseconds since 1970. */
async function lastWritten(path: string): Promise<number> {
  const names = (await listNames(path)).filter((name) => TRAINING_NAMES.includes(name));
  return Math.max(...await Promise.all(names.map((name) => modificationTime(`${path}/${name}`))));
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
export async function defaultRunPath(now: Date, root: string = RUNS): Promise<string> {
  const path = `${root}/${now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "-")}`;
  if (!await exists(path)) return path;
  let number = 2;
  while (await exists(`${path}-${number}`)) number++;
  return `${path}-${number}`;
}

/**
 * What a name of a run may mean.
 *
 * @param name The name, or a path of a folder or a file.
 * @returns Paths, without a slash at their ends.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([placesOf("first"), placesOf("./first/")], [["runs/first", "first"], ["./first"]]);
 * ```
 */
export function placesOf(name: string): string[] {
  const places = /[/\\]/.test(name) ? [name] : [`${RUNS}/${name}`, name];
  return places.map((place) => place.replace(/(?<=.)[/\\]+$/, ""));
}

/**
 * Finds what a name of a run means: a folder under `runs/`, or a path. Who may read nothing but the run itself finds it
 * too.
 *
 * @param name The name, or a path of a folder or a file.
 * @param task What is to be done with it, for the sentence: "remove".
 * @returns The path, without a slash at its end, and what lies there.
 * @throws {RangeError} If nothing does, or that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => findRun("no/such", "check"), RangeError, 'Cannot check run "no/such": no such file or folder');
 * ```
 */
export async function findRun(
  name: string,
  task: string,
): Promise<{ path: string; kind: "file" | "folder" }> {
  if (name === "") throw new RangeError(`Cannot ${task} run "" as that is no name: name its folder`);
  const places = placesOf(name);
  const granted = places.filter((path) => isGranted("read", path));
  for (const path of granted.length > 0 ? granted : places) {
    const kind = await pathKind(path);
    if (kind !== "nothing") return { path, kind };
  }
  const hidden = granted.length > 0 ? places.find((path) => !granted.includes(path)) : undefined;
  const where = hidden !== undefined
    ? `there is no "${granted[0]}", and "${hidden}" may not be read: ${
      grantingAdvice([grantingFlag("read", [hidden])])
    }`
    : places.length > 1
    ? `no such folder under ${RUNS}/, nor at that path`
    : "no such file or folder";
  throw new RangeError(`Cannot ${task} run "${name}": ${where}`);
}

/**
 * Finds the folder of a run that a name means, be it that of one of its files.
 *
 * @param name The name, or a path of a folder or a file.
 * @param task What is to be done with it, for the sentence: "report".
 * @returns The folder's path, without a slash at its end.
 * @throws {RangeError} If nothing lies there, a file that is no run's does, or that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => findRunFolder("no/such", "list"), RangeError, "no such file or folder");
 * ```
 */
export async function findRunFolder(name: string, task: string): Promise<string> {
  const { path, kind } = await findRun(name, task);
  if (kind === "folder") return path;
  const folder = runFolderOf(path);
  if (folder !== path) return folder;
  throw new RangeError(`Cannot ${task} run "${name}" as it is a file: name its folder`);
}

/**
 * The folder of a run, of which a file may have been named.
 *
 * @param path A folder, or a file.
 * @returns The folder of a file that is called as one of a run is; any other path as it is.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["runs/a/log.jsonl", "log.jsonl", "runs/a"].map(runFolderOf), ["runs/a", ".", "runs/a"]);
 * ```
 */
export function runFolderOf(path: string): string {
  const [, folder = ".", name = ""] = /^(?:(.*)[/\\])?([^/\\]*)$/s.exec(path)!;
  return RUN_NAMES.includes(name) ? folder || "/" : path;
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
  const path = `${pathOrFolder.replace(/[/\\]+$/, "") || "/"}/${RUN_FILES.model}`;
  if (await pathKind(path) === "file") return path;
  const other = (await listNames(pathOrFolder)).find((name) =>
    name.endsWith(".safetensors") && !RUN_NAMES.includes(name)
  );
  const advice = other === undefined
    ? "name a run's folder or a model file"
    : `name ${path.replace(RUN_FILES.model, other)}`;
  throw new RangeError(
    `Cannot find a model in folder "${pathOrFolder}" as it has no ${RUN_FILES.model}: ${advice}`,
  );
}

/**
 * Reads the settings of the run whose model a file is.
 *
 * @param modelFile The model file's path.
 * @returns What its config.json holds, not trusted; undefined where there is none, or Deno has not been told that it may be
 * read.
 * @throws {RangeError} If it is there and cannot be read.
 * @throws {SyntaxError} If it is no JSON.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * assertEquals(await readConfigBeside(`${folder}/model.safetensors`), undefined);
 * await Deno.writeTextFile(`${folder}/config.json`, '{ "prefix": ["分开"] }');
 * assertEquals(await readConfigBeside(`${folder}/model.safetensors`), { prefix: ["分开"] });
 * ```
 */
export async function readConfigBeside(modelFile: string): Promise<unknown> {
  const path = modelFile.replace(/[^/\\]*$/, RUN_FILES.config);
  if (!isGranted("read", path) || await pathKind(path) !== "file") return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await readFile(path)));
  } catch (error) {
    throw error instanceof SyntaxError ? new SyntaxError(`Cannot read "${path}" as it is not JSON`) : error;
  }
}
