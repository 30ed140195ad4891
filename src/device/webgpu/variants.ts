/**
 * Which of a kernel's shaders a command takes on a GPU. Private to webgpu*.ts.
 *
 * @module
 */
import { SHADERS } from "../../generated/kernels.ts";
import { CELLS, kernelEntry, type KernelName } from "../../kernels.ts";
import { DeviceError } from "../device.ts";
import type { Grid } from "./grid.ts";
import { type Range, rangesOf } from "./ranges.ts";
import { stepsOf } from "./steps.ts";

/** One of a kernel's shaders, and how it is dispatched. */
export interface Variant {
  /** Its name among the shaders. */
  readonly shader: string;
  readonly grid: Grid;
  /** Of each dispatch, one after the other. */
  readonly ranges: readonly Range[];
}

/** Device facts that decide which shader variant runs. */
export interface VariantPolicy {
  /** Lanes of a subgroup in the variants for drivers that compute on the CPU; 0 where these are not taken. */
  readonly lanes: number;
  /** Whether products of few tiles share their depth, which keeps a large GPU busy and a processor no busier than it is. */
  readonly deep: boolean;
  /** Bytes of weight_hh up to which one dispatch takes a recurrence through all steps. */
  readonly largestLoop: number;
  /** Whether a backward pass may have a dispatch for each step at all. */
  readonly stepsBack: boolean;
  /** Workgroups that a dispatch may have in each direction. */
  readonly mostWorkgroups: number;
  /** Rounds of loops that an invocation may take. */
  readonly mostRounds: number;
}

/** A kernel's parameters, and the lengths of its buffers in words, by name. */
interface Sizes {
  readonly params: Readonly<Record<string, number>>;
  readonly lengths: Readonly<Record<string, number>>;
}

/**
 * A product of few tiles and some depth takes smaller tiles and shares the depth (`gemm.deep.wgsl`): fewer than FEW_TILES of 64
 * by 64 leave much of a large GPU idle (an H200 has 132 cores), and each waits for memory after every 8 of the depth.
 */
const FEW_TILES = 80;
/** The depth from which a product of few tiles is shared. */
const DEEP = 256;

/** The shader for these sizes. */
export function variantOf(kernel: KernelName, sizes: Sizes, policy: VariantPolicy): Variant {
  const cell = kernelEntry(kernel).cells ? `.${CELLS[sizes.params.cell!]}` : "";
  for (const [variant, grid] of candidates(kernel, `${kernel}${cell}`, sizes.params, policy)) {
    const ranges = rangesOf(`${kernel}${variant}`, { ...sizes, lanes: policy.lanes }, policy.mostRounds);
    if (ranges) return { shader: `${kernel}${cell}${variant}`, grid, ranges };
  }
  throw new DeviceError(
    `Cannot run ${kernel} of this size: its loops would take more rounds than the ${policy.mostRounds} that the software adapter counts right`,
  );
}

/** Its variants that can do this, the best first; "" is the plain shader. */
function* candidates(
  kernel: KernelName,
  shader: string,
  params: Sizes["params"],
  { lanes, deep, largestLoop, stepsBack }: VariantPolicy,
): Generator<[variant: string, grid: Grid]> {
  const grid = kernelEntry(kernel).workgroups(params);
  if (kernel === "gemm" && lanes === 4) {
    yield [".narrow", [Math.ceil(params.N! / 32), Math.ceil(params.M! / 16)]];
  } else if (lanes > 0 && `${shader}.software` in SHADERS && !params.projection && !params.weighted) {
    yield [".software", grid];
  }
  const steps = stepsOf(kernel, params, largestLoop);
  if (steps && `${shader}.steps` in SHADERS && (stepsBack || kernel !== "recurrent_backward")) {
    yield [".steps", steps];
  }
  if (deep && kernel === "gemm" && grid[0] * grid[1] < FEW_TILES && params.K! >= DEEP) {
    const { M, N } = params as { M: number; N: number };
    yield [".deep", [Math.ceil(N / 32), Math.ceil(M / 32)]];
  }
  yield ["", grid];
}
