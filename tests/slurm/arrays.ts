/** A job array whose tasks train with seeds of their own. @module */
import { refrain } from "../cli/spawn.ts";
import { differences, filesOf } from "../faults/trial.ts";
import { type Part, TRAIN } from "./part.ts";

const FLAGS =
  "--preset tutorial --corpus song.txt --hidden-size 16 --batch-size 4 --num-steps 16 --epochs 20 " +
  "--device wasm --threads 1 --deterministic --log-every 10 --length 4";

/** Trains so many, two at once. */
export async function trainArray({ cluster, cwd, times, say }: Part): Promise<string[]> {
  const task = "$SLURM_ARRAY_TASK_ID";
  const wrap = `--wrap=srun ${TRAIN} ${FLAGS} --seed ${task} --out seed-${task}`;
  const id = await cluster.submit(cwd, "--job-name=seeds", `--array=0-${times - 1}`, "--ntasks=1", wrap);
  await cluster.ended(id);
  const failures: string[] = [];
  for (let seed = 0; seed < times; seed++) {
    const here = ["train", ...FLAGS.split(" "), "--seed", `${seed}`, "--out", `here-${seed}`];
    await refrain(here, { cwd });
    const wrong = await differences(`${cwd}/seed-${seed}`, await filesOf(`${cwd}/here-${seed}`))
      .catch((error) => [String(error)]);
    failures.push(
      ...wrong.map((file) => `task ${seed}: ${file} is not that of the same training without Slurm`),
    );
  }
  say(`sbatch --array=0-${times - 1}: ${times} trainings with --seed $SLURM_ARRAY_TASK_ID, as without Slurm`);
  return failures;
}
