/**
 * Cases of the sampler: random logits, with the draws left out that rounding may decide.
 *
 * @module
 */
import type { Params } from "../../kernels.ts";
import { MANNER } from "../../kernels/numbers.ts";
import { drawRow } from "../reference/sample.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import { matrixLength } from "./cases.ts";
import type { Case } from "./check_kernel.ts";
import { DRAW_MARGIN, TOLERANCES } from "./tolerances.ts";

/** How a row is drawn. */
export interface Manner {
  /** @default {1} */
  temperature?: number;
  /** @default {0} */
  topK?: number;
  /** @default {1} */
  topP?: number;
  /** The key's low and high word. */
  seed?: [number, number];
  /** @default {0} */
  stream?: number;
  /** @default {11} */
  position?: number;
  /** An id that is not drawn. */
  barred?: number;
}

/** Options of sampleCase(). */
export interface SampleOptions extends Partial<Params<"sample">>, Omit<Manner, "stream"> {
  slot?: number;
  /** Whether log probabilities are asked for, as they are unless it is false. */
  asked?: boolean;
  /** What is another way of each row, whose stream is its index. */
  row?: (b: number) => Manner;
  /** Logits (batch, columns); random ones up to 4 where not given. */
  logits?: Float64Array;
  /** Draws closer than this to another outcome are left out. */
  margin?: number;
}

/**
 * The words of `settings`.
 *
 * @param first Those of its first row.
 * @param batch The other rows.
 * @param row How each of them is drawn.
 */
export function settingsOf(
  first: readonly number[],
  batch: number,
  row: (b: number) => Manner,
): Float64Array {
  const settings = new Float64Array((1 + batch) * MANNER);
  settings.set(first);
  for (let b = 0; b < batch; b++) {
    const { temperature = 1, topK = 0, topP = 1, seed = [42, 7], stream = 0, position = 11, barred = -1 } =
      row(b);
    const words = [Math.fround(temperature), topK, Math.fround(topP), ...seed, stream, position, barred + 1];
    settings.set(words, (1 + b) * MANNER);
  }
  return settings;
}

/** B 3, V 13; one slot of history before, one after. */
export function sampleCase(options: SampleOptions = {}): Case<"sample"> {
  const { batch = 3, columns = 13, ld = columns, slot = 1, asked = true, margin = DRAW_MARGIN } = options;
  const settings = settingsOf(
    [slot, 0, Number(asked)],
    batch,
    (b) => ({ ...options, stream: b, ...options.row?.(b) }),
  );
  const logits = options.logits ?? uniformNumbers(matrixLength(batch, columns, ld), 1, -4, 4);
  const draws = Array.from(
    { length: batch },
    (_, b) => drawRow(logits.subarray(b * ld, b * ld + columns), settings, { b, slot }),
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
