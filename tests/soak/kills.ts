/**
 * Runs that are killed at random times, as often as it takes, and go on: every file is that of one that never was.
 *
 * @module
 */
import { Random } from "../../src/random.ts";
import { command, kill } from "../cli/spawn.ts";
import { isThere } from "../faults/scenarios.ts";
import { differences, filesOf } from "../faults/trial.ts";
import type { Soak } from "./run.ts";

/** A model of all that has a state of its own, saved within epochs, all the time. */
const FLAGS =
  ("train --preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --learning-rate 0.05 " +
    "--device wasm --threads 2 --log-every 50 --length 6 --seed 3 --epochs 300 --save-every 0.02 --cell lstm " +
    "--dropout 0.2 --num-layers 2 --validation-split 0.2 --schedule plateau --sampling random").split(" ");
/** Kills of one run at most, and starts until it must have ended. */
const MOST_KILLS = 6;
const MOST_STARTS = 60;
/** Runs side by side. */
const AT_ONCE = 2;

/** Kills so many processes. */
export async function killAtRandom({ cwd, seed, times, say }: Soak): Promise<string[]> {
  const random = new Random(seed);
  const start = performance.now();
  const whole = await command([...FLAGS, "--out", "whole"], { cwd }).output();
  if (!whole.success) return [`the untouched run: ${new TextDecoder().decode(whole.stderr)}`];
  const took = performance.now() - start;
  const expected = await filesOf(`${cwd}/whole`);
  say(`refrain ${FLAGS.join(" ")}`);
  say(`seed ${seed}; untouched it takes ${Math.round(took)} ms; SIGKILL after 0 to ${Math.round(took)} ms`);
  const failures: string[] = [];
  const counts = { kills: 0, runs: 0, begunAnew: 0, fellBack: 0 };

  /** Starts a run, kills it, and so on; then lets it end. */
  const one = async (out: string): Promise<void> => {
    let kills = 0;
    for (let starts = 0; starts < MOST_STARTS; starts++) {
      const begun = await isThere(`${cwd}/${out}/config.json`);
      if (starts > 0 && !begun) counts.begunAnew++;
      const child = command(begun ? ["train", "--resume", out] : [...FLAGS, "--out", out], { cwd }).spawn();
      const output = new Response(child.stdout).text();
      const errors = new Response(child.stderr).text();
      const timer = counts.kills >= times || kills >= MOST_KILLS
        ? undefined
        : setTimeout(() => kill(child), random.uniform() * took);
      const { code, signal } = await child.status;
      clearTimeout(timer);
      await output;
      const said = await errors;
      if (said.startsWith("resume: the checkpoint before the last one is taken")) counts.fellBack++;
      if (signal === "SIGKILL") {
        kills++;
        counts.kills++;
      } else if (code === 0) break;
      else return void failures.push(`${out} after ${kills} kills: exit code ${code}: ${said.trim()}`);
    }
    const differing = await differences(`${cwd}/${out}`, expected);
    if (differing.length > 0) failures.push(`${out} after ${kills} kills: ${differing.join(", ")}`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (counts.kills < times && failures.length === 0) await one(`run${++counts.runs}`);
  }));
  const { kills, runs, begunAnew, fellBack } = counts;
  say(
    `${kills} kills in ${runs} runs; ${begunAnew} times before config.json, ${fellBack} times between two renames`,
  );
  return failures;
}
