/**
 * What a sweep says while it runs: what it is about to do, and each trial as it ends.
 *
 * @module
 */
import { counted, thousands } from "../../messages/printable.ts";
import type { Configuration } from "../../sweep/configurations.ts";
import type { Line } from "../../sweep/line.ts";
import type { Trial } from "../../sweep/trial.ts";
import { VERSION } from "../../version.ts";
import { labelled } from "../train/lines.ts";
import { announce, say } from "../train/say.ts";
import type { Plan } from "./plan.ts";
import type { Task } from "./share.ts";

/** What of a sweep is for this process. */
export interface Shared {
  /** How many trials, and how many of them have ended before. */
  readonly count: number;
  readonly ended: number;
  readonly task: Task | undefined;
}

/**
 * Says what is about to be done.
 *
 * @param plan The sweep.
 * @param shared What of it is for this process.
 */
export function sayStart(plan: Plan, { count, ended, task }: Shared): void {
  const { trials, seeds, folder, id, turbo, settings: { workers } } = plan;
  const configurations = counted(Math.ceil(trials.length / seeds.length), "configuration");
  const threads = workers > 1 ? ", each trial with one thread" : "";
  const lines = [
    `sweep   ${configurations}, ${counted(seeds.length, "seed")}: ${counted(trials.length, "trial")}`,
    ...(task ? [`task    ${task.place + 1} of ${task.count}: ${counted(count, "trial")}`] : []),
    ...(ended > 0 ? [`kept    ${counted(ended, "trial")} of before`] : []),
    `workers ${thousands(workers)}${threads}${turbo ? ", turbo" : ""}`,
    `folder  ${folder}`,
    "",
  ];
  say(...lines.map(labelled));
  const facts = { sweep: id, folder, version: VERSION, trials: trials.length, own: count, ended, workers };
  announce("start", facts);
}

/**
 * Says what a trial has come to.
 *
 * @param line The trial's line.
 * @param trial The trial.
 * @param place Which one it is of how many, and where the sweep is kept.
 */
export function sayTrial(
  line: Line,
  { configuration, seed }: Trial,
  { ended, count, folder }: { ended: number; count: number; folder: string },
): void {
  const result = line.state === "failed"
    ? `failed: ${line.error}`
    : `validation loss ${line.validationLoss.toFixed(4)} at epoch ${thousands(line.epoch)}, ` +
      `${line.seconds.toFixed(1)} s`;
  say(`${thousands(ended)}/${thousands(count)}  ${trialWords(configuration, seed)}: ${result}`);
  announce("trial", { ...line, run: `${folder}/${line.trial}` });
}

/**
 * A trial for people.
 *
 * @param configuration The values.
 * @param seed The seed.
 * @returns "hidden-size 128, learning-rate 0.001, seed 0".
 */
export function trialWords(configuration: Configuration, seed: number): string {
  const values = Object.entries(configuration).map(([name, value]) => `${name} ${value}`);
  return [...values, `seed ${seed}`].join(", ");
}
