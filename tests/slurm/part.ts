/** What the parts of `deno task slurm` have in common. @module */
import type { Cluster } from "./cluster.ts";

/** What a part is given. */
export interface Part {
  readonly cluster: Cluster;
  /** A folder of its own, with the text `song.txt`. */
  readonly cwd: string;
  /** How often it is tried. */
  readonly times: number;
  /** Prints a line. */
  readonly say: (line: string) => void;
}

/** The program, as a script calls it. */
export const REFRAIN: string = `${Deno.execPath()} run -A ${
  decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname)
}`;

/** Its command that trains. */
export const TRAIN: string = `${REFRAIN} train`;

/**
 * Writes the batch script of README: a run that goes on where it was stopped.
 *
 * @param cwd Where.
 * @param run The run's folder, and the job's name.
 * @param flags Those of a new run.
 * @returns The script's path.
 */
export async function batchScript(cwd: string, run: string, flags: string): Promise<string> {
  const path = `${cwd}/${run}.sh`;
  await Deno.writeTextFile(
    path,
    `#!/bin/bash
#SBATCH --job-name=${run} --ntasks=1 --requeue --open-mode=append --signal=TERM@30
export NO_COLOR=1
if [ -e ${run}/config.json ]; then words="--resume ${run}"; else words="--out ${run} ${flags}"; fi
srun ${TRAIN} $words
code=$?
if [ $code = 143 ]; then scontrol requeue $SLURM_JOB_ID; fi
exit $code
`,
  );
  return path;
}

/** What something gives, and how long it took. */
export async function secondsOf<R>(body: () => Promise<R>): Promise<{ result: R; seconds: number }> {
  const start = performance.now();
  const result = await body();
  return { result, seconds: (performance.now() - start) / 1000 };
}
