/** A sweep whose trials the tasks of a job array share. @module */
import { readEntries } from "../../src/sweep/journal.ts";
import type { Done } from "../../src/sweep/line.ts";
import { refrain } from "../cli/spawn.ts";
import { type Part, REFRAIN } from "./part.ts";

const FLAGS = "--hidden-size 8,16 --cell rnn,gru --seeds 0..1 -- --preset tutorial --corpus song.txt " +
  "--batch-size 4 --num-steps 16 --epochs 20 --log-every 5 --length 4 --validation-split 0.2 --device wasm";

/** Shares a sweep out to so many tasks; what it comes to is that of one process. */
export async function sweepArray({ cluster, cwd, times, say }: Part): Promise<string[]> {
  const wrap = `--wrap=srun ${REFRAIN} sweep --out shared ${FLAGS}`;
  const id = await cluster.submit(cwd, "--job-name=sweep", `--array=0-${times - 1}`, "--ntasks=1", wrap);
  await cluster.ended(id);
  const own = await refrain(["sweep", "--out", "own", ...FLAGS.split(" ")], { cwd });
  if (own.code !== 0) return [`without Slurm: ${own.stderr}`];
  const expected = await lossesIn(`${cwd}/own`);
  const shared = await lossesIn(`${cwd}/shared`);
  const failures: string[] = [];
  if (shared.journals !== times) failures.push(`${shared.journals} journals, not ${times}`);
  if (shared.losses.size !== expected.losses.size) failures.push(`${shared.losses.size} trials have ended`);
  for (const [trial, loss] of expected.losses) {
    const other = shared.losses.get(trial);
    if (other !== loss) failures.push(`trial ${trial}: a loss of ${other}, not ${loss}`);
  }
  say(
    `sbatch --array=0-${times - 1}: ${shared.losses.size} trials in ${shared.journals} journals, as in one`,
  );
  return failures;
}

/** The validation losses of a sweep's trials, and of how many journals they are. */
async function lossesIn(folder: string): Promise<{ journals: number; losses: Map<string, number> }> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /^journal.*\.jsonl$/.test(name));
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`)));
  const done = texts.flatMap((text) => readEntries(text).lines).filter((line): line is Done =>
    line.state === "done"
  );
  return { journals: names.length, losses: new Map(done.map((line) => [line.trial, line.validationLoss])) };
}
