/**
 * Two processes that want one folder at the same time: exactly one has it, and the other says so.
 *
 * @module
 */
import { Random } from "../../src/random.ts";
import { command } from "../cli/spawn.ts";
import { differences, filesOf } from "../faults/trial.ts";
import type { Soak } from "./run.ts";

const FLAGS =
  ("train --preset tutorial --corpus song.txt --batch-size 3 --num-steps 7 --hidden-size 11 --device wasm --threads 1 " +
    "--log-every 100 --length 6 --seed 3 --epochs 500").split(" ");
/** What the one says that comes too late: while the other works, or behind its end. */
const REFUSALS =
  /^error: Cannot (use folder "\S+" as (process \d+|another process) works in it|start a run in "\S+" as it already holds a run: it has \S+)\n$/;
/** The second starts so many milliseconds later at most. */
const MOST_LATER = 40;

/** Starts so many pairs. */
export async function startPairs({ cwd, seed, times, say }: Soak): Promise<string[]> {
  const random = new Random(seed);
  await command([...FLAGS, "--out", "whole"], { cwd }).output();
  const expected = await filesOf(`${cwd}/whole`);
  say(`refrain ${FLAGS.join(" ")}`);
  say(`seed ${seed}; ${times} pairs into one --out, the second 0 to ${MOST_LATER} ms behind the first`);
  const failures: string[] = [];
  const reasons = new Map<string, number>();
  let firsts = 0;
  for (let pair = 1; pair <= times; pair++) {
    const out = `pair${pair}`;
    const delays = [0, random.uniform() * MOST_LATER];
    const ends = await Promise.all(delays.map(async (delay) => {
      await new Promise((resolve) => setTimeout(resolve, delay));
      const { code, stderr } = await command([...FLAGS, "--out", out], { cwd }).output();
      return { code, said: new TextDecoder().decode(stderr) };
    }));
    const lost = ends.find(({ code }) => code !== 0);
    if (ends[0]!.code === 0) firsts++;
    const codes = ends.map(({ code }) => code).sort().join();
    if (codes !== "0,1") failures.push(`${out}: exit codes ${codes}`);
    else if (!REFUSALS.test(lost!.said)) failures.push(`${out}: ${lost!.said}`);
    const differing = await differences(`${cwd}/${out}`, expected);
    if (differing.length > 0) failures.push(`${out}: ${differing.join(", ")}`);
    const reason = lost?.said.replace(/"\S+"/, '"…"').replace(/process \d+/, "process …").trim() ?? "nothing";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  say(`the first had it ${firsts} times; the other said`);
  for (const [reason, count] of reasons) say(`${count} times ${reason}`);
  return failures;
}
