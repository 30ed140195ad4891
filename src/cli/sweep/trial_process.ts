/**
 * A trial as a process of its own: `train` in a folder below the sweep's. One that was cut off goes on from its checkpoint,
 * and one that had ended already has nothing left to do.
 *
 * @module
 */
import { readFile, readTextFile } from "../../files/atomic_file.ts";
import { RUN_FILES } from "../../files/find_run.ts";
import { FolderLock } from "../../files/folder_lock.ts";
import { readOrigin } from "../../files/origin.ts";
import { exists } from "../../files/paths.ts";
import { readHeader } from "../../files/safetensors.ts";
import { bestReport } from "../../sweep/best_report.ts";
import type { Done, Line } from "../../sweep/line.ts";
import { VERSION } from "../../version.ts";
import { nameRuns } from "../name_runs.ts";
import { spawnOwn } from "../own_process.ts";
import type { Paths } from "../permissions.ts";
import type { PlannedTrial } from "./plan.ts";

/** What all trials of a sweep share. */
export interface Trials {
  /** The sweep's folder. */
  readonly folder: string;
  /** The Deno that may be started. */
  readonly program: string;
  /** Whether several run at a time: then each has one thread. */
  readonly single: boolean;
  readonly turbo: boolean;
  /** Stops what runs: it is saved. */
  readonly signal: AbortSignal;
  /** Trials that failed before, and begin anew. */
  readonly anew: ReadonlySet<string>;
}

/** How a process ended. */
interface End {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  /** Its last sentence that tells an error. */
  readonly error: string | undefined;
}

/** What `train` says of a folder that another process has, and of one that it cannot begin in. */
const TAKEN = "Cannot use folder ";
const OF_FOLDER = new RegExp(`^(${TAKEN}|Cannot start a run in )`);
/** How often a trial is begun at most. */
const MOST_TRIES = 3;
/** Exit codes of a training that a signal stopped. */
const STOPPED: ReadonlySet<number> = new Set([129, 130, 143]);
/** Milliseconds for which a process that has lost its sweep may still be saving. */
const PATIENCE = 60_000;
/** Characters of what a process says that are kept. */
const MOST_WORDS = 16_384;

/**
 * Runs a trial to its end.
 *
 * @param trial The trial.
 * @param trials What all share.
 * @returns Its line; undefined where it was stopped, and goes on another time.
 */
export async function runTrial(trial: PlannedTrial, trials: Trials): Promise<Line | undefined> {
  const { signal } = trials;
  const path = `${trials.folder}/${trial.id}`;
  const began = performance.now();
  const common = (): Omit<Line, "state"> => ({
    trial: trial.id,
    seed: trial.seed,
    configuration: trial.configuration,
    seconds: Number(((performance.now() - began) / 1000).toFixed(3)),
    version: VERSION,
  });
  let anew = trials.anew.has(trial.id);
  for (let tries = 1;; tries++) {
    await untilFree(path, signal);
    if (signal.aborted) return undefined;
    const begun = await exists(`${path}/${RUN_FILES.config}`);
    const goesOn = begun && !anew;
    const words = goesOn ? ["--resume", path] : ["--out", path, ...(begun ? ["--overwrite"] : [])];
    const end = await run(trial, words, trials);
    if (end.code === 0) {
      const result = await resultOf(path);
      return typeof result === "string"
        ? { ...common(), state: "failed", error: result }
        : { ...common(), state: "done", ...result };
    }
    if (signal.aborted || STOPPED.has(end.code)) return undefined;
    const error = end.error ?? `Cannot train: the process ended ${wayOf(end)}`;
    if (tries < MOST_TRIES && (goesOn || OF_FOLDER.test(error))) {
      anew ||= goesOn && !error.startsWith(TAKEN); // what was kept may be damaged
      continue;
    }
    return { ...common(), state: "failed", error };
  }
}

/** Starts `train` and waits for its end. */
async function run(
  { args, settings }: PlannedTrial,
  where: readonly string[],
  { program, single, turbo, signal }: Trials,
): Promise<End> {
  const threads = single && settings.threads === undefined ? ["--threads", "1"] : [];
  const words = [...args, ...where, ...threads, ...(turbo && !settings.turbo ? ["--turbo"] : []), "--quiet"];
  const paths: Paths = { ...await nameRuns("train", settings), out: where[1] };
  const child = spawnOwn(
    program,
    { command: "train", args: words, paths, turbo, task: "run trials" },
    { stdin: "null", stdout: "null", stderr: "piped" },
  );
  const stop = (): void => {
    try {
      child.kill("SIGTERM");
    } catch {
      // it has ended
    }
  };
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) stop();
    const said = await lastWords(child.stderr);
    const { code, signal: by } = await child.status;
    const error = /^error: (.*)$/.exec(said.split("\n").findLast((line) => line.startsWith("error: ")) ?? "");
    return { code, signal: by, error: error?.[1] };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The end of what a process says. */
async function lastWords(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + piece).slice(-MOST_WORDS);
  }
  return text;
}

function wayOf({ code, signal }: End): string {
  return signal === null ? `with code ${code}` : `by ${signal}`;
}

/**
 * Waits while another process has a trial's folder: one whose sweep was killed ends by itself.
 *
 * @param path The folder.
 * @param signal Ends the wait.
 */
export async function untilFree(path: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!signal.aborted && performance.now() < end && await FolderLock.isHeld(path)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a run that has ended came to; a sentence where that cannot be compared, or was not kept. */
async function resultOf(path: string): Promise<Omit<Done, keyof Line> | string> {
  try {
    return await readResult(path);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

async function readResult(path: string): Promise<Omit<Done, keyof Line> | string> {
  const { version: _, directory: __, facts, ...flags } = JSON.parse(
    await readTextFile(`${path}/${RUN_FILES.config}`),
  );
  const log = `${path}/${RUN_FILES.log}`;
  const best = await exists(log) ? bestReport(await readTextFile(log)) : undefined;
  if (!best) {
    const reason = flags.validationSplit === undefined
      ? "nothing was held out, which --validation-split 0.1 does"
      : "it stopped before its first report, and --log-every says when that is";
    return `Cannot compare the trial as it had no validation: ${reason}`;
  }
  const { corpus } = readOrigin(readHeader(await readFile(`${path}/${RUN_FILES.model}`)).metadata);
  return { ...best, device: facts?.device, ...(corpus === undefined ? {} : { text: corpus }), flags };
}
