/**
 * A sweep of 200 trainings that is killed at random times, and goes on by the same command: its journal never loses a line
 * that was there, and in the end it is that of a sweep that never was killed.
 *
 * @module
 */
import { Random } from "../../src/random.ts";
import { readEntries } from "../../src/sweep/journal.ts";
import { command, kill } from "../cli/spawn.ts";
import type { Soak } from "./run.ts";

/** 40 configurations with 5 seeds each. */
const FLAGS =
  ("--seeds 0..4 --hidden-size 3,5,7,9 --learning-rate log:1e-3..1e-1:5 --cell rnn,gru --workers 2 -- " +
    "--corpus song.txt --preset tutorial --batch-size 2 --num-steps 5 --length 0 --epochs 6 --log-every 2 " +
    "--validation-split 0.2 --device wasm").split(" ");
const TRIALS = 200;
/** The share of the time between two kills, if they were even, after which one comes at the latest. */
const LATEST = 1.4;

/** Lines of a journal by their trials, without times and paths; undefined before it was begun. */
async function linesOf(folder: string): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(`${folder}/journal.jsonl`).catch(() => "");
  const lines = readEntries(text).lines.map((line): [string, string] => {
    const { seconds: _, ...rest } = line;
    return [line.trial, JSON.stringify(rest).replace(/"out":"[^"]*"/, "")];
  });
  if (new Set(lines.map(([trial]) => trial)).size < lines.length) throw new Error("A trial has two lines");
  return new Map(lines);
}

/** Kills a sweep so many times. */
export async function killSweep({ cwd, seed, times, say }: Soak): Promise<string[]> {
  const random = new Random(seed);
  const start = performance.now();
  const whole = await command(["sweep", "--out", "whole", ...FLAGS], { cwd }).output();
  if (!whole.success) return [`the untouched sweep: ${new TextDecoder().decode(whole.stderr)}`];
  const took = performance.now() - start;
  say(`refrain sweep ${FLAGS.join(" ")}`);
  say(`seed ${seed}; untouched it takes ${Math.round(took / 1000)} s`);
  const failures: string[] = [];
  let kills = 0;
  let before = new Map<string, string>();
  for (;;) {
    const child = command(["sweep", "--out", "killed", ...FLAGS], { cwd }).spawn();
    const output = new Response(child.stdout).text();
    const errors = new Response(child.stderr).text();
    const timer = kills < times
      ? setTimeout(() => kill(child), random.uniform() * LATEST * took / times)
      : undefined;
    const { code, signal } = await child.status;
    clearTimeout(timer);
    await output;
    const said = await errors;
    const now = await linesOf(`${cwd}/killed`);
    for (const [trial, line] of before) {
      if (now.get(trial) !== line) failures.push(`kill ${kills}: trial ${trial} is lost`);
    }
    before = now;
    if (signal !== "SIGKILL") {
      if (code !== 0) failures.push(`after ${kills} kills: exit code ${code}: ${said.trim()}`);
      break;
    }
    kills++;
    say(`kill ${kills}: ${now.size} of ${TRIALS} trials are kept`);
  }
  if (kills < times) failures.push(`it was over after ${kills} kills`);
  const expected = await linesOf(`${cwd}/whole`);
  const other = [...expected].filter(([trial, line]) => before.get(trial) !== line);
  if (before.size !== TRIALS) failures.push(`${before.size} trials are kept`);
  if (other.length > 0) failures.push(`${other.length} trials came to something else: ${other[0]![0]}`);
  say(`${kills} kills; ${before.size} trials, ${other.length} of them other than untouched`);
  return failures;
}
