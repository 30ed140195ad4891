/**
 * The page of a run, when its training ends or is stopped. It is made of what the folder has, and worth no training.
 *
 * @module
 */
import { writeFileAtomic } from "../../files/atomic_file.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { report } from "../../report.ts";
import { readFiles } from "../../report/run_files.ts";
import { assertReplaceable, runName } from "../written_report.ts";
import { complain } from "./say.ts";

/**
 * Writes it; where that fails, a note says so.
 *
 * @param path The run's folder.
 * @param state Where the run stands: "ended".
 * @returns The page's path; undefined where there is none.
 */
export async function writeReport(path: string, state: string): Promise<string | undefined> {
  try {
    const page = await report([{ ...await readFiles(path), name: runName(path), state }]).html();
    const file = `${path.replace(/(?<=.)[/\\]+$/, "")}/${RUN_FILES.report}`;
    await assertReplaceable(file);
    await writeFileAtomic(file, new TextEncoder().encode(page));
    return file;
  } catch (error) {
    complain(`${error instanceof Error ? error.message : error}; the run is kept without its report`);
    return undefined;
  }
}
