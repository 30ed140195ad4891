/**
 * A run's report as a file: what the run is called in it, and what it may take the place of.
 *
 * @module
 */
import { readStart } from "../files/atomic_file.ts";
import { pathKind } from "../files/paths.ts";
import { BEGINNING } from "../report/beginning.ts";
import { currentFolder } from "./train/resume.ts";

/** A kind of page that is written as a file. */
export interface Page {
  readonly name: string;
  readonly beginning: string;
  readonly elsewhere: string;
}

const REPORT: Page = {
  name: "report",
  beginning: BEGINNING,
  elsewhere: "report --out FILE writes it elsewhere",
};

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
 * @param page What it is called, what such a file begins with, and what writes it elsewhere; a report by default.
 * @throws {RangeError} If it would take the place of anything else, or is no name of a file.
 */
export async function assertReplaceable(path: string, page: Page = REPORT): Promise<void> {
  const refuse = (reason: string): RangeError =>
    new RangeError(`Cannot write the ${page.name} to "${path}" as ${reason}: ${page.elsewhere}`);
  if (path === "" || path === "-") throw refuse("that is no file");
  const kind = await pathKind(path);
  if (kind === "nothing") return;
  if (kind === "folder") throw refuse("a folder is there");
  const beginning = new TextDecoder().decode(await readStart(path, page.beginning.length));
  if (beginning !== page.beginning) throw refuse("another file is there");
}
