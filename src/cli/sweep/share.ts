/**
 * Which trials are for this process, where a scheduler has started several: Slurm tells the tasks of a job array by
 * variables.
 *
 * @module
 */
import type { Trial } from "../../sweep/trial.ts";

/** The task of a job array that this process is. */
export interface Task {
  /** Its number, by which its journal is called. */
  readonly id: number;
  /** Its place among the tasks, from 0, and how many there are. */
  readonly place: number;
  readonly count: number;
}

/** What Slurm tells a task. */
const NAMES = ["ID", "COUNT", "MIN", "MAX"] as const;

/** The variables that are read. */
export const VARIABLES: readonly string[] = NAMES.map((name) => `SLURM_ARRAY_TASK_${name}`);

/**
 * The task that this process is.
 *
 * @param read Gives a variable; what may not be read is not there.
 * @returns The task; undefined where this is none of a job array.
 * @throws {RangeError} If tasks are not numbered evenly, so that their places are not known.
 */
export function taskOf(read: (variable: string) => string | undefined = granted): Task | undefined {
  const [id, count, min, max] = VARIABLES.map((variable) => wholeOf(read(variable)));
  if (id === undefined || count === undefined || count === 0) return undefined;
  if (min === undefined || max === undefined) return { id, place: id % count, count };
  const place = count === 1 ? 0 : (id - min) * (count - 1) / (max - min);
  if (Number.isSafeInteger(place) && place >= 0 && place < count) return { id, place, count };
  throw new RangeError(
    `Cannot share trials out among ${count} tasks from ${min} to ${max}, of which this is ${id}: ` +
      "number them in one range, as --array=0-9",
  );
}

/**
 * The trials of a task: each is of exactly one.
 *
 * @param trials All trials.
 * @param task The task; undefined for a process that has all of them.
 */
export function shareOf<T extends Trial>(trials: readonly T[], task: Task | undefined): readonly T[] {
  return task ? trials.filter((_, index) => index % task.count === task.place) : trials;
}

/** A variable that may be read: nobody is asked for it. */
function granted(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
