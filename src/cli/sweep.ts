/**
 * `sweep`: trainings of many configurations and seeds, each a run of its own, and which of them is the best.
 *
 * @module
 */
import { counted, thousands } from "../messages/printable.ts";
import { shellWord } from "../messages/shell_word.ts";
import { readJournals } from "../sweep/journal.ts";
import type { Failed, Line } from "../sweep/line.ts";
import { linesThatCount, rank } from "../sweep/ranking.ts";
import { runTrials } from "../sweep/run_trials.ts";
import { commandLine, invocation } from "./invocation.ts";
import { nameRuns } from "./name_runs.ts";
import { permittedDeno } from "./own_process.ts";
import { askFor, grantsOf, needsOf, type Paths } from "./permissions.ts";
import { fail, isJson, note, tell } from "./results.ts";
import { runGrant } from "./run_grant.ts";
import { openFolder } from "./sweep/open_folder.ts";
import { writePage } from "./sweep/page.ts";
import { type Plan, type PlannedTrial, planOf } from "./sweep/plan.ts";
import { shareOf, taskOf } from "./sweep/share.ts";
import { rankingOf, tableOf } from "./sweep/table.ts";
import { runTrial } from "./sweep/trial_process.ts";
import { changedTexts } from "./sweep/texts.ts";
import { sayStart, sayTrial } from "./sweep/words.ts";
import { say } from "./train/say.ts";
import { Signals } from "./train/signals.ts";
import { V8_FLAGS } from "./turbo/mark.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs a sweep, or what is left of it.
 *
 * @param args What follows the command.
 * @returns The exit code: 1 where a trial failed, that of a signal where one came.
 * @throws {RangeError} If the folder is that of another sweep, or cannot be written.
 */
export async function sweepCommand(args: readonly string[]): Promise<number> {
  using signals = new Signals();
  const plan = await planOf(args);
  const { folder, settings: { workers, retry } } = plan;
  if (plan.turbo && Deno.build.standalone) {
    throw new UsageError(`Cannot use "--turbo" in a compiled program: compile with --v8-flags=${V8_FLAGS}`);
  }
  const paths = await pathsOf(plan);
  await askFor("sweep", paths);
  const program = await permittedDeno("run trials");
  const task = taskOf();
  const own = shareOf(plan.trials, task);
  await readJournals(folder, plan.id); // of another sweep nothing is touched
  const journal = await openFolder(plan, args, task);
  try {
    signals.begin(); // from now on what has ended is kept
    const { lines, notes } = await readJournals(folder, plan.id);
    note(...notes);
    const byTrial = linesThatCount(lines);
    const failed = new Set(
      [...byTrial.values()].filter(({ state }) => state === "failed").map(({ trial }) => trial),
    );
    const todo = own.filter(({ id }) => !byTrial.has(id) || retry && failed.has(id));
    const { signal } = signals;
    const trials = { folder, program, single: workers > 1, turbo: plan.turbo, signal, anew: failed };
    const count = own.length;
    let ended = count - todo.length;
    sayStart(plan, { count, ended, task });
    const whole = await runTrials(todo, {
      workers,
      signal,
      run: (trial: PlannedTrial) => runTrial(trial, trials),
      keep: async (line, trial) => {
        await journal.append(line);
        ended++;
        sayTrial(line, trial, { ended, count, folder });
      },
    });
    const code = await conclude(plan, own);
    if (!signals.stopped) return whole ? code : 1;
    const again = [
      invocation(grantsOf(needsOf("sweep", paths), runGrant())),
      "sweep",
      ...args.map((word) => shellWord(word)),
    ];
    say(
      "",
      `${signals.stopped.word}; what has ended is kept in ${folder}; to go on with it:`,
      again.join(" "),
    );
    return signals.stopped.code;
  } finally {
    await journal.close();
  }
}

/** What all trials read, and where they are kept. */
async function pathsOf({ trials, folder }: Plan): Promise<Paths> {
  const read = new Set<string>();
  for (const { settings } of trials) {
    const { corpus, series, prefixFile, initFrom, vocabulary } = settings;
    const named = initFrom === undefined ? settings : await nameRuns("train", settings);
    for (const path of [...corpus, series, ...prefixFile, named.initFrom, vocabulary]) {
      if (path !== undefined) read.add(path);
    }
  }
  return { corpus: [...read], out: folder };
}

/** Tells what the sweep has come to, with what other processes have kept. */
async function conclude(plan: Plan, own: readonly PlannedTrial[]): Promise<number> {
  const { folder, trials, axes } = plan;
  const { lines } = await readJournals(folder, plan.id);
  const ranked = rank(trials, lines);
  const done = ranked.reduce((sum, one) => sum + one.done.length, 0);
  const failed = ranked.reduce((sum, one) => sum + one.failed, 0);
  const left = trials.length - done - failed;
  const report = done > 0 ? await writePage(ranked, folder) : undefined;
  note(...changedTexts(ranked));
  const [best] = ranked[0]!.done;
  const run = best && `${folder}/${best.trial}`;
  const error = errorOf(own, lines);
  const next = trials[0]!.settings.series === undefined ? "generate" : "forecast";
  tell(
    {
      folder,
      trials: trials.length,
      done,
      failed,
      left,
      best: run,
      report,
      ranking: rankingOf(ranked, folder),
      error,
    },
    ...(done > 0 ? ["", ...tableOf(ranked, axes, folder)] : []),
    ...(left > 0 ? ["", `${thousands(left)} of ${counted(trials.length, "trial")} to come`] : []),
    ...(report === undefined ? [] : ["", `The report of the best is in ${report}`]),
    ...(run === undefined
      ? []
      : ["", `To ${next} from the best run:`, commandLine(next, { model: run }, { model: run })]),
  );
  if (error !== undefined && !isJson()) fail(error);
  return error === undefined ? 0 : 1;
}

/** What is told of trials that failed. */
function errorOf(own: readonly PlannedTrial[], lines: readonly Line[]): string | undefined {
  const byTrial = linesThatCount(lines);
  const failed = own.flatMap(({ id }) => byTrial.get(id) ?? []).filter((line): line is Failed =>
    line.state === "failed"
  );
  if (failed.length === 0) return undefined;
  const count = `${thousands(failed.length)} of ${counted(own.length, "trial")}`;
  return `Cannot rank ${count}, which failed; --retry runs them once more: ${failed[0]!.error}`;
}
