/** Float64 reference of the kernel layer_norm_forward. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** y = (x - m) r weight + bias, of each row. */
export function layer_norm_forward(
  { x, weight, bias, y, statistics }: Buffers<"layer_norm_forward", Float64Array>,
  { rows, columns, epsilon, scaled, shifted }: Params<"layer_norm_forward">,
): void {
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * columns, (row + 1) * columns);
    const mean = values.reduce((a, b) => a + b) / columns;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
    const rate = 1 / Math.sqrt(variance + epsilon);
    statistics.set([mean, rate], 2 * row);
    values.forEach((value, c) => {
      y[row * columns + c] = (value - mean) * rate * (scaled ? weight[c]! : 1) + (shifted ? bias[c]! : 0);
    });
  }
}
