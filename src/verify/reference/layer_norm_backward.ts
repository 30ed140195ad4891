/** Float64 reference of the kernel layer_norm_backward. @module */
import type { Buffers, Params } from "../../kernels.ts";

/** dx = r (g - mean(g) - n mean(g n)), and the products dy n where `scaled`. */
export function layer_norm_backward(
  { x, weight, statistics, dy, dx, products }: Buffers<"layer_norm_backward", Float64Array>,
  { rows, columns, scaled, accumulate }: Params<"layer_norm_backward">,
): void {
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b) / columns;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const [m, r] = statistics.subarray(2 * row) as unknown as [number, number];
    const normal = x.slice(start, start + columns).map((value) => (value - m) * r);
    const g = dy.slice(start, start + columns).map((value, c) => scaled ? value * weight[c]! : value);
    const meanG = mean(g);
    const along = mean(g.map((value, c) => value * normal[c]!));
    for (let c = 0; c < columns; c++) {
      const value = r * (g[c]! - meanG - normal[c]! * along);
      dx[start + c] = (accumulate ? dx[start + c]! : 0) + value;
      if (scaled) products[start + c] = dy[start + c]! * normal[c]!;
    }
  }
}
