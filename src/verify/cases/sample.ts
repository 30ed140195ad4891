/**
 * Cases of the sampler: random logits, with the draws left out that rounding may decide.
 *
 * @module
 */
import type { Params } from "../../kernels.ts";
import { drawRow } from "../reference/sample.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import { matrixLength } from "./cases.ts";
import type { Case } from "./check_kernel.ts";
import { DRAW_MARGIN, TOLERANCES } from "./tolerances.ts";

/** Options of sampleCase(). */
export interface SampleOptions extends Partial<Params<"sample">> {
  temperature?: number;
  topK?: number;
  topP?: number;
  /** The key's low and high word. */
  seed?: [number, number];
  position?: number;
  slot?: number;
  /** Logits (batch, columns); random ones up to 4 where not given. */
  logits?: Float64Array;
  /** Draws closer than this to another outcome are left out. */
  margin?: number;
}

/** B 3, V 13; one slot of history before, one after. */
export function sampleCase(options: SampleOptions = {}): Case<"sample"> {
  const { batch = 3, columns = 13, ld = columns, temperature = 1, topK = 0, topP = 1, seed = [42, 7] } =
    options;
  const { position = 11, slot = 1, margin = DRAW_MARGIN } = options;
  const settings = Float64Array.of(
    Math.fround(temperature),
    topK,
    Math.fround(topP),
    ...seed,
    position,
    slot,
    0,
  );
  const logits = options.logits ?? uniformNumbers(matrixLength(batch, columns, ld), 1, -4, 4);
  const draws = Array.from(
    { length: batch },
    (_, b) => drawRow(logits.subarray(b * ld, b * ld + columns), settings, b),
  );
  const close = (b: number): boolean => draws[b] !== undefined && draws[b].margin < margin;
  if (draws.filter((_, b) => close(b)).length > Math.ceil(batch / 20)) {
    throw new Error("Too many draws are left out");
  }
  return {
    kernel: "sample",
    params: { batch, columns, ld },
    buffers: {
      logits,
      settings,
      ids: integerNumbers(batch, 2, columns),
      // Words that no sampler writes: the ids are too large, the logarithms positive.
      history: Float64Array.from({ length: (slot + 2) * batch * 2 }, (_, i) => i % 2 ? 1 : columns + 1),
    },
    tolerance: TOLERANCES.sample(columns),
    floors: { history: 1 },
    shapes: { history: [slot + 2, batch, 2] },
    ignore: { ids: close, history: (i) => close(Math.floor(i / 2) - slot * batch) },
  };
}
