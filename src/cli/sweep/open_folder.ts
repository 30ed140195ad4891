/**
 * The folder of a sweep: its journals, a run's folder for each trial, and a page.
 *
 * @module
 */
import { listNames, makeDirectory, pathKind } from "../../files/paths.ts";
import { shellWord } from "../../messages/shell_word.ts";
import { Journal } from "../../sweep/journal.ts";
import { ID_DIGITS } from "../../sweep/trial.ts";
import { VERSION } from "../../version.ts";
import type { Plan } from "./plan.ts";
import type { Task } from "./share.ts";

const JOURNAL = /^journal(-\d+)?\.jsonl$/;
/** What may lie there before a first line has been written. */
const BEGUN = new RegExp(`^journal(-\\d+)?\\.jsonl\\.|^[0-9a-f]{${ID_DIGITS}}$`);

/**
 * Opens the journal of a sweep, in a folder that is its own or nobody's.
 *
 * @param plan The sweep.
 * @param args What followed the command, for people.
 * @param task The task that this process is, where there are several.
 * @throws {RangeError} If anything else is there, or another process runs the sweep.
 */
export async function openFolder(
  { folder, id, trials }: Plan,
  args: readonly string[],
  task: Task | undefined,
): Promise<Journal> {
  const refuse = (reason: string): RangeError =>
    new RangeError(`Cannot keep a sweep in "${folder}" as ${reason}: --out names another folder`);
  if (await pathKind(folder) === "file") throw refuse("it is a file");
  if (!await makeDirectory(folder)) {
    const names = await listNames(folder);
    const other = names.find((name) => !BEGUN.test(name));
    if (other !== undefined && !names.some((name) => JOURNAL.test(name))) {
      throw refuse(`it is not empty: it has "${other}"`);
    }
  }
  const command = ["sweep", ...args].map((word) => shellWord(word)).join(" ");
  return await Journal.open(
    folder,
    { sweep: id, trials: trials.length, version: VERSION, command },
    task?.id,
  );
}
