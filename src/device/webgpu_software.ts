/**
 * When the kernels' variants `software` are taken, for drivers that compute on the CPU. Private to webgpu*.ts.
 *
 * @module
 */
import { CELL_GATES, type KernelName } from "../kernels.ts";

/**
 * Rounds of loops that Mesa's CPU driver grants an invocation, all loops of a shader together: beyond it every loop ends
 * after one round, without an error, and results are wrong. Measured: 65535. The counts below are by reading the shaders;
 * recurrent_backward was measured to take 3 a step more, for a reason not found: hence the margin, twice what that needs.
 */
const MOST_ROUNDS = 60000;

const ceil = (count: number, unit: number): number => Math.ceil(count / unit);

/** About so many rounds each variant takes; a loop of n counts n + 1, as the round that leaves it counts too. */
const ROUNDS: Partial<Record<KernelName, (params: Readonly<Record<string, number>>) => number>> = {
  gemm: ({ K }) => ceil(K!, 8) * 10 + 66,
  softmax_cross_entropy: ({ columns }) => 3 * (ceil(columns!, 8) + 1),
  recurrent_forward: ({ cell, steps, hidden }) => {
    const units = Math.floor(8 / CELL_GATES[cell!]!); // octets at a time
    const carried = 2 * (2 * hidden! + 1); // 16 rows of h and of c
    return carried +
      (steps! + 1) * (ceil(hidden!, 8 * units) * (ceil(hidden!, 8) + 1 + 16 * (units + 2) + 2) + 2);
  },
  recurrent_backward: ({ cell, steps, hidden }) => {
    const product = ceil(CELL_GATES[cell!]! * hidden!, 8) + 1 + 18;
    return (steps! + 1) * (16 * (ceil(hidden!, 8) + 2) + ceil(hidden!, 64) * product + 3);
  },
};

/**
 * Whether an adapter is one for which these variants are written: a driver that computes on the CPU, its subgroups of 8.
 * Only Deno, where such a shader works without the line `enable subgroups;` and not with it.
 */
export function suitsSoftware({ info }: GPUAdapter): boolean {
  const { isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = info;
  return "Deno" in globalThis && isFallbackAdapter && subgroupMinSize === 8 && subgroupMaxSize === 8;
}

/** Whether a kernel's variant can do this: no projection, and no more rounds than the driver grants. */
export function softwareCan(kernel: KernelName, params: Readonly<Record<string, number>>): boolean {
  return !params.projection && (ROUNDS[kernel]?.(params) ?? 0) <= MOST_ROUNDS;
}
