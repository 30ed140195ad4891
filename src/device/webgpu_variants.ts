/**
 * Which of a kernel's shaders a command takes on a GPU. Private to webgpu*.ts.
 *
 * @module
 */
import { SHADERS } from "../generated/kernels.ts";
import { CELLS, kernelEntry, type KernelName } from "../kernels.ts";
import type { Grid } from "./webgpu_grid.ts";
import { softwareCan } from "./webgpu_software.ts";
import { stepsOf } from "./webgpu_steps.ts";

/** One of a kernel's shaders, and how it is dispatched. */
export interface Variant {
  /** Its name among the shaders. */
  readonly shader: string;
  readonly grid: Grid;
  /** Dispatches, one after the other. */
  readonly count: number;
}

/** What decides beside the parameters. */
export interface Choice {
  /** Whether to take the variants for drivers that compute on the CPU. */
  readonly software: boolean;
  /** Bytes of weight_hh up to which one dispatch takes a recurrence through all steps. */
  readonly largestLoop: number;
  /** Workgroups that a dispatch may have in each direction. */
  readonly mostWorkgroups: number;
}

/**
 * A product of few tiles and some depth takes smaller tiles and shares the depth (`gemm.deep.wgsl`): fewer than FEW_TILES of 64
 * by 64 leave much of a large GPU idle (an H200 has 132 cores), and each waits for memory after every 8 of the depth.
 */
const FEW_TILES = 80, DEEP = 256;

/** The shader for these parameters. */
export function variantOf(
  kernel: KernelName,
  params: Readonly<Record<string, number>>,
  { software, largestLoop }: Choice,
): Variant {
  const entry = kernelEntry(kernel), grid = entry.workgroups(params);
  const shader = entry.cells ? `${kernel}.${CELLS[params.cell!]}` : kernel;
  if (software && `${shader}.software` in SHADERS && softwareCan(kernel, params)) {
    return { shader: `${shader}.software`, grid, count: 1 };
  }
  const steps = stepsOf(kernel, params, largestLoop);
  if (steps) return { shader: `${shader}.steps`, ...steps };
  if (kernel === "gemm" && grid[0] * grid[1] < FEW_TILES && params.K! >= DEEP) {
    const { M, N } = params as { M: number; N: number };
    return { shader: "gemm.deep", grid: [Math.ceil(N / 32), Math.ceil(M / 32)], count: 1 };
  }
  return { shader, grid, count: 1 };
}
