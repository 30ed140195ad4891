/**
 * What was found in a model, kept beside it where it is that of a run.
 *
 * @module
 */
import { writeFileAtomic } from "../../files/atomic_file.ts";
import { RUN_FILES, runFolderOf } from "../../files/find_run.ts";
import { pathKind } from "../../files/paths.ts";
import { grantingAdvice, grantingFlag, isGranted } from "../../files/permissions.ts";

/**
 * Keeps it, if that was granted: nobody is asked, as the command does without.
 *
 * @param model The model file's path.
 * @param facts What was found.
 * @returns A sentence on what became of it; undefined where the model is of no run.
 */
export async function save(model: string, facts: object): Promise<string | undefined> {
  const beside = (name: string): string => model.replace(/[^/\\]*$/, name);
  const config = beside(RUN_FILES.config);
  if (model !== beside(RUN_FILES.model) || !isGranted("read", config)) return undefined;
  if (await pathKind(config) !== "file") return undefined;
  const path = beside(RUN_FILES.inspect);
  const folder = runFolderOf(model);
  if (!isGranted("write", folder)) {
    return `Not kept for the report: ${grantingAdvice([grantingFlag("write", [folder])])}`;
  }
  try {
    await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(facts)}\n`));
  } catch (error) {
    return `Not kept for the report: ${error instanceof Error ? error.message : error}`;
  }
  return `Kept in ${path}`;
}
