/**
 * `verify RUN`: whether a run's files are whole and belong together. They are read, and nothing is changed.
 *
 * @module
 */
import { findRun, isTemporary, RUN_FILES, RUN_NAMES } from "../files/find_run.ts";
import { FolderLock, LOCK_FILE } from "../files/folder_lock.ts";
import { listNames } from "../files/paths.ts";
import { contradiction } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { event, fail, isJson, people } from "./results.ts";
import { checkFile, type Known } from "./verify_run/check_file.ts";
import { together } from "./verify_run/together.ts";
import { inFlags } from "./wording.ts";

/** Characters of a line's first column. */
const NAME = Math.max(...RUN_NAMES.map((name) => name.length));

/**
 * Checks the files of a run, or one of them.
 *
 * @param settings The flags' values.
 * @returns The exit code: 1 where a file is broken, or two do not belong together.
 * @throws {UsageError} If a flag asks for a device.
 */
export async function verifyRun(settings: Settings<"verify"> & { model: string }): Promise<number> {
  refuseDevice(settings);
  const { path, kind } = await findRun(settings.model, "check");
  const faults = kind === "file" ? await checkOne(path) : await checkFolder(path);
  if (!isJson()) fail(...faults);
  const error = faults.length > 0 ? faults.join("; ") : undefined;
  event("end", { ok: faults.length === 0, faults, error });
  return faults.length > 0 ? 1 : 0;
}

function refuseDevice({ model, device, threads, trace }: Settings<"verify"> & { model: string }): void {
  const flag = device !== undefined
    ? `--device ${device}`
    : threads !== undefined
    ? `--threads ${threads}`
    : trace
    ? "--trace"
    : undefined;
  if (flag !== undefined) {
    throw contradiction(flag, `verify ${model}`, "files are read, and no device computes");
  }
}

/** Checks a file by itself. */
async function checkOne(path: string): Promise<string[]> {
  const [, folder = "", name = ""] = /^(.*[/\\])?([^/\\]*)$/s.exec(path)!;
  return await checkAndTell(folder, name, {}, isText(name) ? name : "");
}

/** Whether a name alone says what a file is; a model may be called "checkpoint.safetensors", and the other way round. */
function isText(name: string): boolean {
  return !name.endsWith(".safetensors") && RUN_NAMES.includes(name);
}

/** Checks all files of a run, and whether they belong together. */
async function checkFolder(path: string): Promise<string[]> {
  const names = await listNames(path);
  if (!names.some((name) => RUN_NAMES.includes(name))) {
    throw new RangeError(`Cannot check run "${path}" as it holds none: it has no ${RUN_FILES.config}`);
  }
  const running = await FolderLock.isHeld(path);
  people(`run ${path}${running ? ": a process works in it, so its files may change meanwhile" : ""}`);
  event("run", { path, running });
  const faults: string[] = [];
  const known: Known = {};
  // First the checkpoint, which says how many lines of others must be whole.
  const { checkpoint, previous, config, log, samples, model, report, inspect } = RUN_FILES;
  for (const name of [checkpoint, previous, config, log, samples, model, report, inspect]) {
    if (names.includes(name)) faults.push(...await checkAndTell(`${path}/`, name, known));
  }
  for (const name of names) {
    if (isTemporary(name)) tell(name, "left over, by a process that was killed while it wrote");
    if (name === LOCK_FILE && !running) tell(name, "left over, by a process that was killed");
  }
  return [...faults, ...together(known, names).map((fault) => `${path}: ${fault}`)];
}

/** Checks a file, and says in a line what it is; `role` is the name of the run's file that it must be. */
async function checkAndTell(
  folder: string,
  name: string,
  known: Known,
  role: string = name,
): Promise<string[]> {
  try {
    tell(name, await checkFile(folder + name, role, known));
    return [];
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("Cannot ")) throw error;
    tell(name, "BROKEN", false);
    return [`${folder}${name}: ${inFlags(error, "train")}`];
  }
}

/** Says what a file is. */
function tell(name: string, text: string, ok: boolean = true): void {
  people(`  ${name.padEnd(NAME)}  ${text}`);
  event("file", { name, ok, text });
}
