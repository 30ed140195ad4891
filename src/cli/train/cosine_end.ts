/**
 * Where a cosine ends that was to end with its run: behind it the rate rises again, as PyTorch's does.
 *
 * @module
 */
import type { Subject } from "./subject.ts";

/**
 * The epoch with which a run's cosine ends. One that has come down within the run's first epochs, as a small --t-max lets it,
 * is meant to rise again.
 *
 * @param subject What is trained.
 * @param before How many epochs the run had.
 * @returns The epoch, which may lie within one; Infinity where none ends.
 */
export function cosineEnd(
  { schedule, stepsPerEpoch }: Pick<Subject, "schedule" | "stepsPerEpoch">,
  before: number,
): number {
  if (schedule?.kind !== "cosine") return Infinity;
  const { maxSteps, warmup = 0, unit } = schedule;
  const end = (warmup + maxSteps) / (unit === "step" ? stepsPerEpoch : 1);
  return before > end ? Infinity : end;
}
