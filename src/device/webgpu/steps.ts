/**
 * When a recurrence takes a dispatch for each time step (variants `steps`) instead of one for all. Private to webgpu*.ts.
 *
 * One dispatch has a workgroup for every two rows, and each reads all of weight_hh at each step: 9.3 µs a MiB, if an H200
 * brings a workgroup 64 bytes a cycle. A dispatch a step costs about 5 µs, and all workgroups share weight_hh.
 *
 * @module
 */
import { CELL_GATES, type KernelName } from "../../kernels.ts";
import type { Grid } from "./grid.ts";

/**
 * Bytes of weight_hh up to which one dispatch takes all steps of a hardware GPU: computed as above, not measured;
 * `bench/steps.ts` measures it.
 */
export const LARGEST_LOOP = 2 ** 19;

/** Rows of the batch that a workgroup has. */
const ROWS = 16;
/** Gate rows of weight_hh that it has, or columns of it in the backward pass. */
const UNITS = 16;
/** The same of a cell with one gate. */
const UNITS_OF_ONE_GATE = 64;

/**
 * The grid of each dispatch of a command that takes one a time step.
 *
 * @param kernel Its kernel.
 * @param params Its parameters.
 * @param largestLoop Bytes of weight_hh up to which it takes one for all.
 * @returns The grid; undefined where one dispatch takes all steps.
 */
export function stepsOf(
  kernel: KernelName,
  params: Readonly<Record<string, number>>,
  largestLoop: number,
): Grid | undefined {
  if (kernel !== "recurrent_forward" && kernel !== "recurrent_backward") return undefined;
  const { cell, steps, batch, hidden, projection, carry } = params as Record<string, number>;
  const gates = CELL_GATES[cell!]!;
  const bytes = gates * hidden! * hidden! * 4;
  // A single step would leave its state where others still read the one that it began with.
  if (bytes <= largestLoop || projection !== 0 || hidden! % 4 !== 0 || (carry === 1 && steps === 1)) {
    return undefined;
  }
  const forward = kernel === "recurrent_forward";
  const units = forward && gates === 1 ? UNITS_OF_ONE_GATE : UNITS;
  return [Math.ceil(hidden! / units), Math.ceil(batch! / ROWS)];
}
