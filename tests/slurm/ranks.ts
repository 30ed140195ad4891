/** Ranks that Slurm starts: by `srun --mpi=pmi2`, and by an mpirun within a job. @module */
import { refrain } from "../cli/spawn.ts";
import { flags, lossesOf, TEXT } from "../mpi/runs.ts";
import { launchers } from "../support/mpi.ts";
import { type Part, TRAIN } from "./part.ts";

/** Of a loss. */
const TOLERANCE = 1e-5;

/** Trains on two ranks by each MPI that is here, in each way. */
export async function trainRanks({ cluster, cwd, say }: Part): Promise<string[]> {
  await Deno.writeTextFile(`${cwd}/text.txt`, TEXT);
  const one = await refrain(["train", ...flags({ out: "one" })], { cwd });
  if (one.code !== 0) return [`one process: ${one.stderr}`];
  const expected = await lossesOf(`${cwd}/one`);
  const listed = await cluster.run("srun", ["--mpi=list"]);
  say(
    `srun --mpi=list: ${
      (listed.stdout + listed.stderr).split("\n").map((line) => line.trim()).filter(Boolean).join(" ")
    }`,
  );
  const failures: string[] = [];
  for (const { name, program, flags: library } of await launchers()) {
    const ways = {
      "srun --mpi=pmi2": "srun --mpi=pmi2 --ntasks=2",
      [`sbatch, ${program}`]: `${program} -n 2`,
    };
    for (const [way, starts] of Object.entries(ways)) {
      const run = `run-${failures.length}-${crypto.randomUUID().slice(0, 8)}`;
      const words = `train ${["--distributed", "mpi", ...library, ...flags({ out: run })].join(" ")}`;
      const exported = "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 NO_COLOR=1";
      const wrap = `--wrap=export ${exported}; ${starts} ${TRAIN.replace(/ train$/, "")} ${words}`;
      const id = await cluster.submit(cwd, `--job-name=${run}`, "--ntasks=2", "--time=2", wrap);
      const { state } = await cluster.ended(id);
      const said = await Deno.readTextFile(`${cwd}/${run}.out`);
      if (state !== "COMPLETED") {
        const [sentence] = said.match(/^error: .*$|appears to have been direct launched[\s\S]{0,160}/m) ?? [];
        say(
          `${name} by ${way}: ${state}: ${(sentence ?? said.slice(0, 300)).replaceAll(/\s+/g, " ").trim()}`,
        );
        continue;
      }
      const losses = await lossesOf(`${cwd}/${run}`);
      const off = Math.max(...losses.map((loss, index) => Math.abs(loss - expected[index]!)));
      say(`${name} by ${way}: ${/^ranks.*$/m.exec(said)?.[0]}; losses off by ${off.toExponential(1)}`);
      if (!(off <= TOLERANCE)) failures.push(`${name} by ${way}: losses are off by ${off}`);
    }
  }
  return failures;
}
