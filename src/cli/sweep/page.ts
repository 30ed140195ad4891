/**
 * The page of a sweep: of each of the best configurations the run whose loss is the median.
 *
 * @module
 */
import { writeFileAtomic } from "../../files/atomic_file.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { counted } from "../../messages/printable.ts";
import { COLORS } from "../../report/palette.ts";
import { readFiles } from "../../report/run_files.ts";
import { report, type ReportedRun } from "../../report.ts";
import { middleOf, type Ranked } from "../../sweep/ranking.ts";
import { note } from "../results.ts";
import { assertReplaceable } from "../written_report.ts";
import { trialWords } from "./words.ts";

/**
 * Writes it; where that fails, a note says so.
 *
 * @param ranked The configurations, the best first.
 * @param folder The sweep's folder.
 * @returns The page's path; undefined where there is none.
 */
export async function writePage(ranked: readonly Ranked[], folder: string): Promise<string | undefined> {
  const file = `${folder}/${RUN_FILES.report}`;
  try {
    const runs: ReportedRun[] = [];
    for (const one of ranked.slice(0, COLORS)) { // as many as curves have colours
      const trial = middleOf(one);
      if (!trial) continue;
      const name = trialWords(one.configuration, trial.seed);
      const of = one.done.length > 1 ? `the median of ${counted(one.done.length, "seed")}` : "ended";
      runs.push({ ...await readFiles(`${folder}/${trial.trial}`), name, state: of });
    }
    if (runs.length === 0) return undefined;
    await assertReplaceable(file);
    await writeFileAtomic(file, new TextEncoder().encode(await report(runs).html()));
    return file;
  } catch (error) {
    note(`${(error as Error).message}; the sweep is kept without its report`);
    return undefined;
  }
}
