/**
 * `report`: runs as a page.
 *
 * @module
 */
import { writeFileAtomic } from "../files/atomic_file.ts";
import { fileError } from "../files/file_error.ts";
import { findRunFolder, newestRun, RUN_FILES, RUNS } from "../files/find_run.ts";
import { describeRun, isAlone } from "../files/list_runs.ts";
import { report, type ReportedRun } from "../report.ts";
import { readFiles, stateOf } from "../report/run_files.ts";
import type { Settings } from "./flags.ts";
import { pageOf } from "./permissions.ts";
import { fail, isJson, note, tell } from "./results.ts";
import { assertReplaceable, runName } from "./written_report.ts";

/** A run in its folder. */
interface Found {
  readonly path: string;
  readonly run: Omit<ReportedRun, "name">;
}

/**
 * Writes the page of some runs.
 *
 * @param settings The flags' values.
 * @returns The exit code: 1 where one of several runs could not be read; the others are shown.
 * @throws {RangeError} If no run can be read, or the page cannot be written.
 */
export async function reportCommand({ model: names, out }: Settings<"report">): Promise<number> {
  const asked = names.length > 0 ? names : [await newest()];
  const found: Found[] = [];
  const wrong: string[] = [];
  for (const name of asked) {
    try {
      found.push(await find(name));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      wrong.push(error.message);
    }
  }
  if (found.length === 0) throw new RangeError(wrong[0], { cause: wrong });
  const page = report(found.map(({ path, run }) => ({ ...run, name: nameOf(path, found) })));
  note(...page.notes);
  const file = pageOf(names, out);
  const path = file ?? `${found[0]!.path}/${RUN_FILES.report}`;
  await assertReplaceable(path);
  const bytes = new TextEncoder().encode(await page.html());
  if (file === undefined) await writeFileAtomic(path, bytes);
  else await write(file, bytes);
  const error = wrong.length > 0 ? wrong.join("; ") : undefined;
  tell({ report: path, runs: found.map((one) => one.path), error }, `The report is in ${path}`);
  if (!isJson()) fail(...wrong);
  return wrong.length > 0 ? 1 : 0;
}

async function newest(): Promise<string> {
  const path = await newestRun();
  if (path === undefined) {
    throw new RangeError(`Cannot report a run as there is none under ${RUNS}/: name its folder`);
  }
  return path;
}

async function find(name: string): Promise<Found> {
  const path = await findRunFolder(name, "report");
  const run = await describeRun(path);
  if (run && isAlone(run)) {
    throw new RangeError(`Cannot report run "${path}" as it is a model without a training`);
  }
  return { path, run: { ...await readFiles(path), state: stateOf(run) } };
}

/** The folder's own name, unless another run has it too. */
function nameOf(path: string, found: readonly Found[]): string {
  const own = runName(path);
  return found.filter((other) => runName(other.path) === own).length > 1 ? path : own;
}

/** A file for which its folder need not be granted. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await Deno.writeFile(path, bytes);
  } catch (error) {
    throw fileError(`write "${path}"`, "folder", error);
  }
}
