/**
 * A run's report as a file: what the run is called in it, and what it may take the place of.
 *
 * @module
 */
import { readStart } from "../files/atomic_file.ts";
import { pathKind } from "../files/paths.ts";
import { BEGINNING } from "../report/beginning.ts";
import { currentFolder } from "./train/resume.ts";

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
