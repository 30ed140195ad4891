/**
 * Trials beside each other: some workers, each of which takes the next trial as soon as its last one has ended, and one
 * journal.
 *
 * @module
 */
import type { Line } from "./line.ts";
import type { Trial } from "./trial.ts";

/** How trials are run. */
export interface Running<T extends Trial> {
  /** Trials at a time. */
  readonly workers: number;
  /** Ends it: trials that are running are waited for, none is begun. */
  readonly signal: AbortSignal;
  /** Runs a trial; undefined where it was stopped. A trial that fails is a line that says so. */
  readonly run: (trial: T) => Promise<Line | undefined>;
  /** Keeps a line, one at a time. */
  readonly keep: (line: Line, trial: T) => Promise<void>;
}

/**
 * Runs trials until all have ended, or what keeps them fails.
 *
 * @param trials The trials.
 * @param running How.
 * @returns Whether all have ended: none was stopped, nor left.
 */
export async function runTrials<T extends Trial>(
  trials: readonly T[],
  { workers, signal, run, keep }: Running<T>,
): Promise<boolean> {
  const waiting = [...trials];
  let keeping: Promise<void> = Promise.resolve();
  let whole = true;
  let failed = false;
  const work = async (): Promise<void> => {
    while (!signal.aborted && !failed) {
      const trial = waiting.shift();
      if (!trial) return;
      const line = await run(trial);
      if (!line) {
        whole = false;
        continue;
      }
      keeping = keeping.then(() => keep(line, trial));
      await keeping;
    }
  };
  const crew = Array.from({ length: Math.min(workers, trials.length) }, () =>
    work().catch((error) => {
      failed = true; // the others end what they have begun
      throw error;
    }));
  const ends = await Promise.allSettled(crew);
  const broken = ends.find((end) => end.status === "rejected");
  if (broken) throw broken.reason;
  return whole && waiting.length === 0;
}
