/**
 * A run's report as a file: what it is made of, what the run is called in it, and what it may take the place of.
 *
 * @module
 */
import { readStart, readTextFile } from "../files/atomic_file.ts";
import { RUN_FILES } from "../files/find_run.ts";
import { pathKind } from "../files/paths.ts";
import type { ReportedRun } from "../report.ts";
import { BEGINNING } from "../report/beginning.ts";
import { currentFolder } from "./train/resume.ts";

/**
 * Reads the files of a run from which a report is made; none of them is trusted.
 *
 * @param path The run's folder.
 * @returns The texts of log.jsonl, config.json and inspect.json, of which any may be missing.
 * @throws {RangeError} If the folder is no run's, or a file cannot be read.
 */
export async function readFiles(path: string): Promise<Omit<ReportedRun, "name">> {
  const texts = ["log", "config", "inspect"] as const;
  const [log, config, inspection] = await Promise.all(
    texts.map((name) => textOf(`${path}/${RUN_FILES[name]}`)),
  );
  if (log === undefined && !isConfig(config)) {
    const missing = `it has neither a ${RUN_FILES.log} nor a ${RUN_FILES.config} of one`;
    throw new RangeError(`Cannot report run "${path}" as it holds none: ${missing}`);
  }
  return { log: log ?? "", config, inspection };
}

async function textOf(path: string): Promise<string | undefined> {
  return await pathKind(path) === "nothing" ? undefined : await readTextFile(path);
}

/** Whether a file is what a run was asked to do: other programs have a config.json too. */
function isConfig(text: string | undefined): boolean {
  try {
    return typeof JSON.parse(text ?? "").version === "string";
  } catch {
    return false;
  }
}

/**
 * What a run is called: the name of its own folder, also where that is the folder one is in.
 *
 * @param path The folder's path.
 */
export function runName(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  return parts.at(-1) ?? (/^[/\\]/.test(path) ? path : currentFolder()?.split(/[/\\]/).at(-1)) ?? path;
}

/**
 * Throws unless nothing is there yet, or a page that was made before: what is another's stays.
 *
 * @param path Where the page is to be written.
 * @throws {RangeError} If it would take the place of anything else, or is no name of a file.
 */
export async function assertReplaceable(path: string): Promise<void> {
  const refuse = (reason: string): RangeError =>
    new RangeError(
      `Cannot write the report to "${path}" as ${reason}: report --out FILE writes it elsewhere`,
    );
  if (path === "" || path === "-") throw refuse("that is no file");
  const kind = await pathKind(path);
  if (kind === "nothing") return;
  if (kind === "folder") throw refuse("a folder is there");
  const beginning = new TextDecoder().decode(await readStart(path, BEGINNING.length));
  if (beginning !== BEGINNING) throw refuse("another file is there");
}
