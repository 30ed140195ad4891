/**
 * A command whose loops have more rounds than the adapter grants an invocation takes several dispatches, each with a range
 * of its time steps, depth or rows. Private to webgpu*.ts.
 *
 * @module
 */
import type { KernelName } from "../../kernels.ts";
import { ROUNDS } from "../../kernels/rounds.ts";

/** Numbers by name. */
type Numbers = Readonly<Record<string, number>>;
/** What a dispatch takes: from `begin` up to `end`. */
export type Range = readonly [begin: number, end: number];

/**
 * Mesa's CPU driver grants 65,535 rounds, all loops of a shader together: beyond it every loop ends after one round, without
 * an error, and results are wrong. The margin is for what the counts by reading the shaders leave out.
 */
export const MOST_ROUNDS = 60000;

/**
 * The ranges of a command's dispatches.
 *
 * @param shader Its name, cells left aside.
 * @param sizes The kernel's parameters, the lengths of its buffers in words, and the lanes of a subgroup that the variants for
 * drivers that compute on the CPU are compiled for.
 * @param most Rounds that an invocation may take.
 * @returns The ranges in order; undefined where one unit takes too many.
 */
export function rangesOf(
  shader: string,
  { params, lengths, lanes }: { params: Numbers; lengths: Numbers; lanes: number },
  most: number,
): Range[] | undefined {
  const { count = 1, grain = 1, each, fixed = 0, single = false } = ROUNDS[shader]!(params, lengths, lanes);
  if (fixed + each > most) return undefined;
  const length = single ? grain : each === 0 ? count : Math.floor((most - fixed) / each) * grain;
  if (length >= count) return [[0, count]];
  return Array.from({ length: Math.ceil(count / length) }, (_, index) => [
    index * length,
    Math.min(count, (index + 1) * length),
  ]);
}

/** Kernels whose parameters can say which part a dispatch takes. */
const PARTS: Partial<Record<KernelName, (params: Numbers, range: Range) => Numbers>> = {
  gemm: ({ transposeA, transposeB, lda, ldb, offsetA, offsetB, accumulate, biased }, [begin, end]) => ({
    K: end - begin,
    offsetA: offsetA! + begin * (transposeA ? lda! : 1),
    offsetB: offsetB! + begin * (transposeB ? 1 : ldb!),
    accumulate: begin > 0 ? 1 : accumulate!,
    biased: begin > 0 ? 0 : biased!,
  }),
  sum_rows: ({ offset, ld, accumulate }, [begin, end]) => ({
    rows: end - begin,
    offset: offset! + begin * ld!,
    accumulate: begin > 0 ? 1 : accumulate!,
  }),
};

/**
 * The parameters of a dispatch.
 *
 * @param kernel The kernel.
 * @param params Those of the command.
 * @param range What the dispatch takes.
 */
export function paramsOf(kernel: KernelName, params: Numbers, range: Range): Numbers {
  return { ...params, ...PARTS[kernel]?.(params, range) };
}
