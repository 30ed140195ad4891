/**
 * A training that is preempted again and again, and once comes to its time limit: each time it saves, exits with 143 and
 * is requeued, and in the end every file is that of one which never was disturbed.
 *
 * @module
 */
import { refrain } from "../cli/spawn.ts";
import { differences, filesOf } from "../faults/trial.ts";
import { type Job, until } from "./cluster.ts";
import { batchScript, type Part, secondsOf } from "./part.ts";

/** A model of all that has a state of its own. */
const FLAGS =
  "--preset tutorial --corpus song.txt --cell lstm --num-layers 2 --dropout 0.2 --hidden-size 32 --batch-size 4 " +
  "--num-steps 16 --device wasm --threads 1 --deterministic --log-every 20 --length 4 --reset-probability 0.1 " +
  "--validation-split 0.2 --seed 3";

/** Preempts a training so many times, in a partition that gives it a minute to end. */
export function preempt(part: Part): Promise<string[]> {
  return preemptIn("low", part);
}

/** The same where Slurm has it end at once: srun kills what it started, which may not have come to its last words. */
export function preemptAtOnce(part: Part): Promise<string[]> {
  return preemptIn("sudden", part);
}

async function preemptIn(partition: string, { cluster, cwd, times, say }: Part): Promise<string[]> {
  const flags = `${FLAGS} --epochs ${times * 300}`;
  const whole = await secondsOf(() => refrain(["train", ...flags.split(" "), "--out", "whole"], { cwd }));
  if (whole.result.code !== 0) return [`the undisturbed run: ${whole.result.stderr}`];
  say(`undisturbed: train ${flags}, ${whole.seconds.toFixed(1)} s`);

  const script = await batchScript(cwd, "night", flags);
  const id = await cluster.submit(cwd, `--partition=${partition}`, "--exclusive", script);
  say(
    `job ${id}: sbatch --requeue --signal=TERM@30, preempted by jobs of a partition with a higher priority`,
  );
  for (let count = 1; count <= times; count++) {
    const before = await linesOf(`${cwd}/night`);
    const isRunning = async (): Promise<boolean> => await linesOf(`${cwd}/night`) > before;
    const ended = async (): Promise<boolean> => hasEnded(await cluster.job(id));
    await until(`preemption ${count}`, async () => await isRunning() || await ended());
    if (await ended()) {
      const { state, exitCode } = await cluster.job(id);
      const said = (await Deno.readTextFile(`${cwd}/night.out`)).slice(-500);
      return [`the training ended after ${count - 1} preemptions: ${state}, exit code ${exitCode}: ${said}`];
    }
    const since = performance.now();
    const other = await cluster.submit(
      cwd,
      "--job-name=other",
      "--partition=high",
      "--exclusive",
      "--wrap=true",
    );
    await cluster.ended(other);
    const { state, restarts } = await cluster.job(id);
    const took = ((performance.now() - since) / 1000).toFixed(1);
    say(`preemption ${count}: ${state}, requeued ${restarts} times; ${took} s until the other job was done`);
    if (restarts !== count) return [`after ${count} preemptions it was requeued ${restarts} times`];
    await cluster.hasten(id);
  }
  const { state, exitCode } = await cluster.ended(id, 600);
  say(`the job: ${state}, exit code ${exitCode}`);
  const said = await Deno.readTextFile(`${cwd}/night.out`);
  const stops =
    said.split("\n").filter((line) => line.startsWith("Stopped; the run is kept in night")).length;
  say(`of its output: ${stops} times "Stopped; the run is kept in night; to go on with it:"`);
  const wrong = await differences(`${cwd}/night`, await filesOf(`${cwd}/whole`));
  if (wrong.length === 0) say("all files are those of the undisturbed run: model, checkpoint, log, samples");
  return [
    ...state === "COMPLETED" ? [] : [`the job ended as ${state}: ${said.slice(-500)}`],
    ...stops === times || partition === "sudden" ? [] : [`the training stopped ${stops} times`],
    ...wrong.map((file) => `${file} is not that of the undisturbed run`),
  ];
}

/** Has a training come to its time limit, of two minutes: a signal comes up to a minute early, and must find somebody. */
export async function limit({ cluster, cwd, times, say }: Part): Promise<string[]> {
  const script = await batchScript(cwd, "limited", `${FLAGS} --epochs 1000000`);
  const id = await cluster.submit(cwd, "--partition=low", "--exclusive", "--time=2", script);
  for (let count = 1; count <= times; count++) {
    await until(`limit ${count}`, async () => (await cluster.job(id)).restarts === count, 240);
    say(`limit ${count}: requeued ${count} times`);
    await cluster.hasten(id);
  }
  await until("another start", async () => (await cluster.job(id)).state === "RUNNING");
  await cluster.ask("scancel", id);
  await cluster.ended(id);
  const said = await Deno.readTextFile(`${cwd}/limited.out`);
  return said.includes("Stopped; the run is kept in limited") ? [] : [`it said: ${said.slice(-500)}`];
}

function hasEnded({ state }: Job): boolean {
  return ["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"].includes(state);
}

/** Lines of a run's log; none where there is no run. */
async function linesOf(run: string): Promise<number> {
  const text = await Deno.readTextFile(`${run}/log.jsonl`).catch(() => "");
  return text.split("\n").length - 1;
}
