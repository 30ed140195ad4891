/**
 * Routes for the page: which runs there are, their models and their reports. Files of a run in training change and vanish:
 * what is answered is whole, or says what is missing.
 *
 * @module
 */
import { readFile } from "../files/atomic_file.ts";
import { RUN_FILES } from "../files/find_run.ts";
import { describeRun, isAlone, type ListedRun } from "../files/list_runs.ts";
import { fileSize, modificationTime, pathKind } from "../files/paths.ts";
import { quote } from "../messages/quote.ts";
import { liveReport } from "../report/live.ts";
import { readFiles, stateOf } from "../report/run_files.ts";
import { ApiError } from "./api_error.ts";
import { newRows } from "./new_rows.ts";
import type { Route } from "./routes.ts";
import { tagOf, unchanged } from "./tags.ts";

/** What the page is told of a run. */
export interface RunFacts {
  /** Its name in the table. */
  readonly name: string;
  /** "running" while a process trains it; "file" for a model file without a run, "missing" where nothing is left. */
  readonly state: ListedRun["state"] | "file" | "missing";
  /** Bytes of its model; null where there is none yet. */
  readonly model: number | null;
  /** When a file of it was last written, in milliseconds since 1970. */
  readonly written?: number;
  /** The epoch of its last report. */
  readonly epoch?: number | undefined;
  /** How many epochs it was asked for. */
  readonly epochs?: number | undefined;
  /** The loss of its last report. */
  readonly loss?: number | undefined;
}

/** How far a run has come. */
export type Standing = Pick<RunFacts, "state" | "epoch" | "epochs" | "loss">;

/** How often a file that is replaced while it is read is read anew. */
const TRIES = 3;

/**
 * The routes of some runs.
 *
 * @param runs Paths by name: folders of runs, or model files.
 * @returns `GET /runs`, `/runs/:name/model` and `/runs/:name/report`.
 */
export function runRoutes(runs: Readonly<Record<string, string>>): Route[] {
  const table = new Map(Object.entries(runs));
  const pathOf = (name: string): string => {
    const path = table.get(name);
    if (path !== undefined) return path;
    throw missing(`Cannot find run ${quote(name)}: this server has ${[...table.keys()].join(", ")}`);
  };
  return [
    { method: "GET", path: "/runs", handle: () => listOf(table) },
    {
      method: "GET",
      path: "/runs/:name/model",
      handle: (request, { name }) => modelOf(request, { name: name!, path: pathOf(name!) }),
    },
    {
      method: "GET",
      path: "/runs/:name/report",
      handle: (request, { name }) => reportOf(request, { name: name!, path: pathOf(name!) }),
    },
  ];
}

/** A name of the table, and what it stands for. */
interface Named {
  readonly name: string;
  readonly path: string;
}

async function listOf(table: ReadonlyMap<string, string>): Promise<Response> {
  const runs = await Promise.all(Array.from(table, ([name, path]) => factsOf({ name, path })));
  return Response.json({ runs });
}

async function factsOf({ name, path }: Named): Promise<RunFacts> {
  try {
    const kind = await pathKind(path);
    if (kind === "nothing") return { name, state: "missing", model: null };
    if (kind === "file") {
      return { name, state: "file", model: await fileSize(path), written: await modificationTime(path) };
    }
    const run = await describeRun(path);
    if (!run) return { name, state: "missing", model: null };
    const file = `${path}/${RUN_FILES.model}`;
    const model = await pathKind(file) === "file" ? await fileSize(file) : null;
    return { name, model, written: run.written, ...standingOf(run) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { name, state: "missing", model: null }; // it went while it was looked at
  }
}

function standingOf({ state, epoch, epochs, loss }: ListedRun): Standing {
  return { state, epoch, epochs, loss };
}

/** The weights, whole: a file that was replaced meanwhile is read again. */
async function modelOf(request: Request, { name, path }: Named): Promise<Response> {
  try {
    const file = await pathKind(path) === "file" ? path : `${path}/${RUN_FILES.model}`;
    if (await pathKind(file) !== "file") throw missing(await noModel(name, path));
    for (let tries = 0; tries < TRIES; tries++) {
      const tag = await tagOf([file]);
      const same = unchanged(request, tag);
      if (same) return same;
      const bytes = await readFile(file) as Uint8Array<ArrayBuffer>;
      if (await tagOf([file]) !== tag) continue;
      const headers = { "content-type": "application/octet-stream", etag: tag, "cache-control": "no-cache" };
      return new Response(bytes, { headers });
    }
  } catch (error) {
    if (error instanceof ApiError || !(error instanceof RangeError)) throw error;
    throw missing(`Cannot give the model of run ${quote(name)} as it cannot be read: its file has gone`);
  }
  throw new ApiError(503, `Cannot give the model of run ${quote(name)} as it is being replaced: ask again`, {
    headers: { "retry-after": "1" },
  });
}

async function noModel(name: string, path: string): Promise<string> {
  const what = `Cannot give the model of run ${quote(name)} as it has none`;
  const run = await pathKind(path) === "folder" ? await describeRun(path) : undefined;
  if (!run) return `${what}: its files have gone`;
  return run.state === "running" ? `${what} yet: its training has not saved one` : `${what}: none was saved`;
}

/** The data of a run's report, and what spares who polls what is known there: a tag, and rows from the first new one on. */
async function reportOf(request: Request, { name, path }: Named): Promise<Response> {
  try {
    const kind = await pathKind(path);
    if (kind === "nothing") throw missing(`Cannot report run ${quote(name)} as its files have gone`);
    if (kind === "file") {
      throw missing(`Cannot report run ${quote(name)} as it is a model file alone`);
    }
    const run = await describeRun(path);
    if (!run) throw missing(`Cannot report run ${quote(name)} as its files have gone`);
    if (isAlone(run)) throw missing(`Cannot report run ${quote(name)} as it is a model without a training`);
    const files = [RUN_FILES.log, RUN_FILES.config, RUN_FILES.inspect].map((file) => `${path}/${file}`);
    const tag = await tagOf(files, run.state);
    const same = unchanged(request, tag);
    if (same) return same;
    const report = liveReport({ ...await readFiles(path), name, state: stateOf(run) });
    const rows = await newRows(report.columns, new URL(request.url).searchParams);
    return Response.json({ ...report, ...rows, standing: standingOf(run) }, {
      headers: { etag: tag, "cache-control": "no-cache" },
    });
  } catch (error) {
    if (error instanceof ApiError || !(error instanceof RangeError)) throw error;
    throw missing(`Cannot report run ${quote(name)} as its files have gone, or cannot be read`);
  }
}

function missing(sentence: string): ApiError {
  return new ApiError(404, sentence, { code: "run_not_found" });
}
