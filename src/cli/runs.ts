/**
 * `runs`: what lies under runs/, and how to be rid of it.
 *
 * @module
 */
import { describeRun, type ListedRun, listRuns } from "../files/list_runs.ts";
import { findRun, findRunFolder, RUN_FILES, RUNS } from "../files/find_run.ts";
import { RunFolder } from "../files/run_folder.ts";
import { bytesText } from "../messages/printable.ts";
import { contradiction } from "./check_flags.ts";
import { displayWidth, padToWidth } from "./display_width.ts";
import type { Settings } from "./flags.ts";
import { ask, stdout } from "./output.ts";
import { isJson, note, print, tell } from "./results.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Lists the runs, or those that are named, or removes one.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function runsCommand({ model: names, remove, yes }: Settings<"runs">): Promise<number> {
  if (remove !== undefined && names.length > 0) {
    throw contradiction(`--remove ${remove}`, `runs ${names[0]}`, "runs that are named are listed");
  }
  if (remove !== undefined) return await removeRun(remove, yes);
  if (yes) throw new UsageError('Cannot use "--yes" without "--remove"');
  const runs = names.length > 0 ? await Promise.all(names.map(find)) : await listRuns();
  if (isJson()) { for (const run of runs) tell(factsOf(run)); }
  else if (runs.length === 0) print(`There is no run under ${RUNS}/`);
  else printTable(runs);
  const damaged = runs.find(({ state }) => state === "damaged");
  if (damaged) note(`runs: verify ${damaged.path} says what is damaged`);
  return 0;
}

/** A run that is named as under runs/, by its path, or by one of its files. */
async function find(name: string): Promise<ListedRun> {
  const run = await describeRun(await findRunFolder(name, "list"));
  if (run) return run;
  throw new RangeError(`Cannot list run "${name}" as it holds none: it has no ${RUN_FILES.config}`);
}

/** A run for programs. */
function factsOf({ path, state, bytes, written, ...known }: ListedRun): object {
  const { weights = null, epoch = null, epochs = null, loss = null } = known;
  return { path, state, weights, epoch, epochs, loss, bytes, written: new Date(written).toISOString() };
}

function printTable(runs: readonly ListedRun[]): void {
  const rows = [
    ["run", "state", "epoch", "loss", "size"],
    ...runs.map((run) => rowOf(run).map((cell) => stdout.shown(cell))),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  for (const row of rows) print(row.map((cell, i) => padToWidth(cell, widths[i]!)).join("  ").trimEnd());
}

function rowOf({ path, state, weights, epoch, epochs, loss, bytes }: ListedRun): string[] {
  return [
    path,
    state === "quantized" ? `${state} to ${weights}` : state === "model" ? "model alone" : state,
    epochs === undefined ? `${epoch ?? "-"}` : `${epoch} of ${epochs}`,
    loss === undefined ? "-" : loss.toFixed(4),
    bytesText(bytes),
  ];
}

/** Removes a run that is named as under runs/, or by its path. */
async function removeRun(name: string, yes: boolean): Promise<number> {
  const { path, kind } = await findRun(name, "remove");
  if (kind === "file") throw new RangeError(`Cannot remove run "${name}" as it is a file: name its folder`);
  if (!yes) {
    if (isJson()) throw new UsageError('Cannot ask whether to remove with "--json": write "--yes"');
    if (!Deno.stdin.isTerminal()) {
      throw new UsageError('Cannot ask whether to remove as standard input is no terminal: write "--yes"');
    }
    if (!ask(`Remove the run in ${path}?`)) {
      print(`The run stays in ${path}`);
      return 0;
    }
  }
  await RunFolder.remove(path);
  tell({ removed: path }, `The run in ${path} is removed`);
  return 0;
}
