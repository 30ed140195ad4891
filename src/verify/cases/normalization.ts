/**
 * Cases of layer normalization: rows of different means, so that a mean of the wrong row is found.
 *
 * @module
 */
import type { Params } from "../../kernels.ts";
import { layer_norm_forward } from "../reference/layer_norm_forward.ts";
import { uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { TOLERANCES } from "./tolerances.ts";

/** Options of both. */
export type NormalizationOptions = Partial<Params<"layer_norm_forward"> & Params<"layer_norm_backward">>;

/** rows 5, columns 11. */
export function layerNormForwardCase(options: NormalizationOptions = {}): Case<"layer_norm_forward"> {
  const { rows = 5, columns = 11, epsilon = 1e-5, scaled = 1, shifted = 1 } = options;
  return {
    kernel: "layer_norm_forward",
    params: { rows, columns, epsilon, scaled, shifted },
    buffers: {
      x: uniformNumbers(rows * columns, 1).map((value, i) =>
        Math.fround(value + Math.floor(i / columns) % 3)
      ),
      weight: scaled ? uniformNumbers(columns, 2, 0.5, 1.5) : Float64Array.of(NaN),
      bias: shifted ? uniformNumbers(columns, 3) : Float64Array.of(NaN),
      y: uniformNumbers(rows * columns, 4),
      statistics: uniformNumbers(2 * rows, 5),
    },
    tolerance: TOLERANCES.layer_norm(columns),
    floors: { y: 1 },
  };
}

/** rows 5, columns 11. */
export function layerNormBackwardCase(options: NormalizationOptions = {}): Case<"layer_norm_backward"> {
  const { accumulate = 0 } = options;
  const { buffers, params } = layerNormForwardCase(options);
  const { rows, columns, scaled } = params;
  const statistics = buffers.statistics.slice();
  layer_norm_forward({ ...buffers, y: buffers.y.slice(), statistics }, params);
  return {
    kernel: "layer_norm_backward",
    params: { rows, columns, scaled, accumulate },
    buffers: {
      x: buffers.x,
      weight: buffers.weight,
      statistics: statistics.map(Math.fround),
      dy: uniformNumbers(rows * columns, 6),
      dx: uniformNumbers(rows * columns, 7),
      products: scaled ? uniformNumbers(rows * columns, 8) : Float64Array.of(0),
    },
    tolerance: TOLERANCES.layer_norm(columns),
    floors: { dx: 1 },
  };
}
