/**
 * Where a cosine ends that was to end with its run: behind it the rate rises again, as PyTorch's does.
 *
 * @module
 */
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
