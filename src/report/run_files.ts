/**
 * The files of a run from which a report is made; none of them is trusted.
 *
 * @module
 */
import { readTextFile } from "../files/atomic_file.ts";
import { RUN_FILES } from "../files/find_run.ts";
import type { ListedRun } from "../files/list_runs.ts";
import { pathKind } from "../files/paths.ts";
import type { ReportedRun } from "./read_run.ts";

/** How a report calls the states of runs. */
const STATES: Readonly<Record<ListedRun["state"], string | undefined>> = {
  running: "still training",
  damaged: undefined,
  ended: "ended",
  stopped: "stopped",
  quantized: undefined,
  model: undefined,
};

/**
 * How a report calls the state of a run.
 *
 * @param run What is known of it.
 * @returns Words; nothing for a damaged run, of which a report tells more, and for a model alone, which has none.
 */
export function stateOf(run: Pick<ListedRun, "state"> | undefined): string | undefined {
  return run && STATES[run.state];
}

/**
 * Reads the files of a run from which a report is made; none of them is trusted.
 *
 * @param path The run's folder.
 * @returns The texts of log.jsonl, config.json and inspect.json, of which any may be missing.
 * @throws {RangeError} If the folder is no run's, or a file cannot be read.
 */
export async function readFiles(path: string): Promise<Omit<ReportedRun, "name">> {
  const texts = ["log", "config", "inspect"] as const;
  const [log, config, inspection] = await Promise.all(
    texts.map((name) => textOf(`${path}/${RUN_FILES[name]}`)),
  );
  if (log === undefined && !isConfig(config)) {
    const missing = `it has neither a ${RUN_FILES.log} nor a ${RUN_FILES.config} of one`;
    throw new RangeError(`Cannot report run "${path}" as it holds none: ${missing}`);
  }
  return { log: log ?? "", config, inspection };
}

async function textOf(path: string): Promise<string | undefined> {
  return await pathKind(path) === "nothing" ? undefined : await readTextFile(path);
}

/** Whether a file is what a run was asked to do: other programs have a config.json too. */
function isConfig(text: string | undefined): boolean {
  try {
    return typeof JSON.parse(text ?? "").version === "string";
  } catch {
    return false;
  }
}
