/**
 * What `train --json` tells programs beside its reports: what it is about to do, each save, and how it ended.
 *
 * @module
 */
import type { RunFolder } from "../../files/run_folder.ts";
import { VERSION } from "../../version.ts";
import type { Baseline } from "./baseline.ts";
import { announce } from "./say.ts";
import type { Stop } from "./signals.ts";
import type { AnyTraining, Subject } from "./subject.ts";
import type { Work } from "./work.ts";

/**
 * Tells what opening() tells people.
 *
 * @param subject What is trained.
 * @param run The run's folder.
 * @param resumed Whether the run goes on.
 */
export function announceStart(subject: Subject, run: RunFolder, resumed: boolean): void {
  const device = subject.device.info.description;
  announce("start", { run: run.path, resumed, version: VERSION, device, ...subject.start() });
}

/**
 * What programs are told of a text before it is trained on.
 *
 * @param work What is trained, and on what.
 * @param baseline What counting gives.
 */
export function startOf({ vocabulary, sizes, settings, cut }: Work, baseline: Baseline | undefined): object {
  const { epochs, batchSize, numSteps, accumulateSteps } = settings;
  const batch = { epochs, batchSize, ...(cut.lines ? {} : { numSteps }), accumulateSteps };
  return { kind: vocabulary.kind, ...sizes, ...batch, baselineLoss: baseline?.loss };
}

/**
 * Tells that all is saved up to here.
 *
 * @param run The run's folder.
 * @param training How far it has come.
 */
export function announceSave(run: string, training: AnyTraining): void {
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
  training: AnyTraining,
  { stop, code }: { stop: Stop | undefined; code: number },
): void {
  announce("end", { run, ...reachedBy(training), code, stopped: stop?.word });
}

/** With the names that reports have. */
function reachedBy({ reached: { epoch, step } }: AnyTraining): { epoch: number; steps: number } {
  return { epoch, steps: step };
}
