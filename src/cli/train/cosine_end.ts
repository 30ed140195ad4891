/**
 * Where a cosine ends that was to end with its run: behind it the rate would rise again, as PyTorch's does.
 *
 * @module
 */
import { contradiction } from "../check_flags.ts";
import type { Subject } from "./subject.ts";

/**
 * How many epochs a run can have. A cosine that has come down within the run's first epochs, as a small --t-max lets it,
 * was meant to rise again.
 *
 * @param subject What is trained.
 * @param before How many epochs the run had.
 * @returns The epoch with which its cosine ends; Infinity where nothing ends.
 */
export function mostEpochs(
  { schedule, stepsPerEpoch }: Pick<Subject, "schedule" | "stepsPerEpoch">,
  before: number,
): number {
  if (schedule?.kind !== "cosine") return Infinity;
  const { maxSteps, warmup = 0, unit } = schedule;
  const end = (warmup + maxSteps) / (unit === "step" ? stepsPerEpoch : 1);
  return before > end ? Infinity : end;
}

/**
 * Refuses epochs behind the end of a cosine: nobody who asks for more wants a run to end at its largest rate.
 *
 * @param subject What is trained.
 * @param before How many epochs the run had.
 * @throws {UsageError} If there are more.
 */
export function refuseBehindCosine(subject: Subject, before: number): void {
  const { resume, epochs } = subject.settings;
  const most = mostEpochs(subject, before);
  if (epochs <= most) return;
  throw contradiction(
    `--epochs ${epochs}`,
    `--resume ${resume}`,
    `behind epoch ${Math.floor(most)}, where its cosine ends, the learning rate would rise again; ` +
      `--init-from ${resume} begins a new one with its weights`,
  );
}
