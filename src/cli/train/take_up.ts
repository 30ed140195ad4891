/**
 * `train --resume`: the folder of a run that was stopped or killed, and where the run goes on.
 *
 * @module
 */
import { readTextFile } from "../../files/atomic_file.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { pathKind } from "../../files/paths.ts";
import { RunFolder, type RunLines } from "../../files/run_folder.ts";
import { counted, thousands } from "../../messages/printable.ts";
import { errorNaming, sentenceOf } from "../../messages/naming.ts";
import { type Checkpoint, decodeCheckpoint } from "../../train/checkpoint.ts";
import { reachedBy, type TrainingState } from "../../train/state.ts";
import { contradiction } from "../check_flags.ts";
import type { Settings } from "../flags.ts";
import type { RunState } from "./kept_run.ts";
import { cosineEnd } from "./cosine_end.ts";
import { currentFolder, directoryOf, located, resumedSettings } from "./resume.ts";
import { inFlags } from "../wording.ts";
import { readRunState } from "./run_state.ts";
import { endOf } from "./lines.ts";
import { complain, say } from "./say.ts";
import type { Subject } from "./subject.ts";
import type { Team } from "./team.ts";

/** A run that goes on. */
export interface Resumed {
  /** Its folder; undefined on ranks that do not lead. */
  readonly run: RunFolder | undefined;
  readonly settings: Settings<"train">;
  /** How many epochs it was to have before. */
  readonly epochs: number;
  /** The same, with the paths at which its files are found from here. */
  readonly found: Settings<"train">;
  /** What its config.json says of it. */
  readonly facts: unknown;
  /** With how many threads it computed, where its flags say so. */
  readonly threads: unknown;
  /** The folder from which its paths are named; undefined where that is not known. */
  readonly directory: string | undefined;
  /** Where it goes on from; undefined where it was killed before it could keep anything. */
  readonly from: { state: TrainingState; run: RunState } | undefined;
}

/**
 * Takes up the folder of a run that was stopped.
 *
 * @param settings The flags' values now.
 * @param given Which flags were written now.
 * @param team The ranks: rank 0 alone has the folder, the others what it reads.
 * @returns The run, its folder locked.
 * @throws {RangeError} If it is no run's, or another process has it.
 * @throws {SyntaxError} If its files are damaged.
 * @throws {UsageError} If a flag asks for something else than the run's.
 */
export async function takeUp(
  settings: Settings<"train"> & { resume: string },
  given: ReadonlySet<string>,
  team?: Team,
): Promise<Resumed> {
  const run = team?.leads === false ? undefined : await RunFolder.open(settings.resume);
  try {
    const config = await shareJson(await run?.readConfig(), team);
    const own = resumedSettings(config, settings, given);
    const { facts, threads } = config as { facts?: unknown; threads?: unknown };
    const read = await readShared(run, !settings.acceptChangedWeights, team);
    if (read?.instead) {
      const reason = inFlags(read.instead, "train");
      complain(`resume: the checkpoint before the last one is taken: ${reason}`);
    }
    if (!read && run) await refuseLost(run);
    const from = read && { state: read.checkpoint.state, run: readRunState(read.checkpoint.run) };
    if (from) checkGoals(own, from.state);
    const directory = given.has("corpus") || given.has("series") ? currentFolder() : directoryOf(config);
    const found = await located(own, directory);
    const { epochs } = resumedSettings(config, settings, new Set());
    return { run, settings: own, epochs, found, facts, threads, directory, from };
  } catch (error) {
    await run?.close();
    throw error;
  }
}

/** What rank 0 has read. */
async function shareJson(value: unknown, team: Team | undefined): Promise<unknown> {
  if (!team) return value;
  return JSON.parse(
    new TextDecoder().decode(await team.share(new TextEncoder().encode(JSON.stringify(value ?? null)))),
  );
}

/** The newest checkpoint that is sound, as rank 0 has read it. */
async function readShared(
  run: RunFolder | undefined,
  verify: boolean,
  team: Team | undefined,
): Promise<Sound | undefined> {
  const read = run && await readSound(run, verify);
  if (!team) return read;
  const bytes = await team.share(read?.bytes);
  if (read || bytes.length === 0) return read;
  return { bytes, checkpoint: await decodeCheckpoint(bytes, { verify }) };
}

/** A checkpoint, and why it is the one before the last. */
interface Sound {
  readonly checkpoint: Checkpoint;
  readonly bytes: Uint8Array;
  readonly instead?: Error;
}

/** A run begins anew before its first save alone: one that has more than a report has lost its checkpoint, not its worth. */
async function refuseLost({ path }: RunFolder): Promise<void> {
  const log = `${path}/${RUN_FILES.log}`;
  if (await pathKind(log) !== "file") return;
  const reports = (await readTextFile(log)).split("\n").length - 1;
  if (reports < 2) return;
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot go on with run "${path}" as its ${RUN_FILES.checkpoint} is missing and its log has ${reports} reports: ` +
      `${option("initFrom", path)} begins anew with its model`,
  );
}

/** Reads the newest checkpoint that is sound; where none is, the model may be. */
async function readSound(
  run: RunFolder,
  verify: boolean,
): Promise<Sound | undefined> {
  try {
    const read = await run.readCheckpoint(async (bytes) => ({
      bytes,
      checkpoint: await decodeCheckpoint(bytes, { verify }),
    }));
    return read && { ...read.checkpoint, ...(read.instead && { instead: read.instead }) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw errorNaming(
      SyntaxError,
      (option) =>
        `Cannot go on with run "${run.path}" as its checkpoint is not sound, but ` +
        `${option("initFrom", run.path)} begins anew with its model: ` +
        sentenceOf(error, option).replace(/^C/, "c"),
    );
  }
}

/** Fewer epochs than have begun are no goal, and no more steps than were taken are none of a run that has not ended. */
function checkGoals({ epochs, stopAfter, resume }: Settings<"train">, state: TrainingState): void {
  const { epoch, steps } = state;
  const begun = reachedBy(state).epoch;
  const refuse = (goal: string, place: string): never => {
    throw contradiction(goal, `--resume ${resume}`, `the run has come to ${place}`);
  };
  if (epochs < begun) refuse(`--epochs ${epochs}`, `epoch ${begun}`);
  if (stopAfter === undefined || epoch > epochs || steps < stopAfter) return;
  refuse(`--stop-after ${stopAfter}`, `step ${steps}`);
}

/**
 * Takes away what a run wrote behind its checkpoint; says so where a file has less than that already.
 *
 * @param run The run's folder.
 * @param had How many lines its files had.
 * @returns How many they have now.
 */
export async function cutTo(run: RunFolder, had: RunLines): Promise<RunLines> {
  const has = await run.cut(had);
  const names = { log: RUN_FILES.log, samples: RUN_FILES.samples };
  for (const name of ["log", "samples"] as const) {
    if (has[name] === had[name]) continue;
    const whole = `${counted(has[name], "whole line")} of the ${thousands(had[name])} that it had`;
    complain(`resume: ${names[name]} has ${whole}; new ones go behind them`);
  }
  return has;
}

/**
 * Says what of a run that goes on is not as it was.
 *
 * @param resumed The run; nothing is said of one that could keep nothing.
 * @param computes What computes now.
 * @param subject What is trained, with the run's settings now.
 */
export function sayWhatDiffers(
  { from, threads: before, epochs: had }: Resumed,
  computes: string,
  subject: Subject,
): void {
  if (!from) return;
  const { epochs, patience, threads, resume } = subject.settings;
  const { state, run } = from;
  if (run.computes !== undefined && run.computes !== computes) {
    say(`resume  ${run.computes} computed before: losses agree to 1e-5, bits do not`, "");
  } else if (threads !== (before ?? undefined)) {
    const number = (count: unknown): string => count === undefined ? "all threads" : `--threads ${count}`;
    say(`resume  with ${number(threads)}, before with ${number(before ?? undefined)}: the same bits`, "");
  }
  const end = cosineEnd(subject, had);
  if (epochs > end) {
    say(
      `resume  behind epoch ${Math.floor(end)}, where its cosine ends, the learning rate rises again; ` +
        `--init-from ${resume} begins a new one with its weights`,
      "",
    );
  }
  if (run.pending) return;
  const { worse } = state;
  if (state.epoch > epochs) {
    const more = cosineEnd(subject, epochs) < epochs + 1
      ? `--init-from ${resume} begins anew with its weights`
      : "--epochs with a larger number goes on";
    say(`The run has ended: ${counted(epochs, "epoch")} are trained; ${more}`);
  } else if (patience !== undefined && worse >= patience) {
    say(endOf(worse));
  }
}
