/**
 * What a report may take the place of.
 *
 * @module
 */
import { readStart } from "../../files/atomic_file.ts";
import { pathKind } from "../../files/paths.ts";
import { BEGINNING } from "../../report/beginning.ts";

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
