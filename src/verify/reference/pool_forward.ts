/** Float64 reference of the kernel pool_forward. @module */
import { type Buffers, type Params, POOL_KINDS } from "../../kernels.ts";

/** The steps that count of a column of a row. */
export function stepsOf(
  { x, lengths }: Pick<Buffers<"pool_forward", Float64Array>, "x" | "lengths">,
  { stepStride, rowStride }: Pick<Params<"pool_forward">, "stepStride" | "rowStride">,
  { row, column }: { row: number; column: number },
): number[] {
  return Array.from({ length: lengths[row]! }, (_, t) => x[t * stepStride + row * rowStride + column]!);
}

/** The first place of the largest number, or of the first NaN. */
export function placeOfLargest(values: readonly number[]): number {
  const nan = values.findIndex(Number.isNaN);
  return nan >= 0 ? nan : values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}

/** y[b]: the mean, the largest or the last of a row's steps. */
export function pool_forward(
  { x, lengths, y }: Buffers<"pool_forward", Float64Array>,
  params: Params<"pool_forward">,
): void {
  const { batch, columns, kind } = params;
  for (let row = 0; row < batch; row++) {
    for (let column = 0; column < columns; column++) {
      const steps = stepsOf({ x, lengths }, params, { row, column });
      y[row * columns + column] = {
        mean: steps.reduce((a, b) => a + b) / steps.length,
        max: steps[placeOfLargest(steps)]!,
        last: steps.at(-1)!,
      }[POOL_KINDS[kind]!];
    }
  }
}
