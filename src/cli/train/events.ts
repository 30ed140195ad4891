/**
 * What `train --json` tells programs beside its reports: what it is about to do, each save, and how it ended.
 *
 * @module
 */
import type { Training } from "../../train/training.ts";
import { VERSION } from "../../version.ts";
import type { Opened } from "./lines.ts";
import { announce } from "./say.ts";
import type { Stop } from "./signals.ts";
import type { Work } from "./work.ts";

/**
 * Tells what opening() tells people.
 *
 * @param work What is trained, and on what.
 * @param opened What it is trained beside.
 * @param resumed Whether the run goes on.
 */
export function announceStart(work: Work, { run, settings, baseline }: Opened, resumed: boolean): void {
  const { device, vocabulary, sizes } = work;
  const { epochs, batchSize, numSteps, accumulateSteps } = settings;
  announce("start", {
    run: run.path,
    resumed,
    version: VERSION,
    device: device.info.description,
    kind: vocabulary.kind,
    ...sizes,
    epochs,
    batchSize,
    numSteps,
    accumulateSteps,
    baselineLoss: baseline?.loss,
  });
}

/**
 * Tells that all is saved up to here.
 *
 * @param run The run's folder.
 * @param training How far it has come.
 */
export function announceSave(run: string, training: Training): void {
  announce("save", { run, ...reachedBy(training) });
}

/**
 * Tells how a training ended.
 *
 * @param run The run's folder.
 * @param training How far it has come.
 * @param end Why it stopped, where it did before its end, and the exit code.
 */
export function announceEnd(
  run: string,
  training: Training,
  { stop, code }: { stop: Stop | undefined; code: number },
): void {
  announce("end", { run, ...reachedBy(training), code, stopped: stop?.word });
}

/** With the names that reports have. */
function reachedBy({ reached: { epoch, step } }: Training): { epoch: number; steps: number } {
  return { epoch, steps: step };
}
