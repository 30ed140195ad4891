/**
 * What the loop over time of normed.ts demands.
 *
 * @module
 */
import { blocksOf, type Demand, times, together } from "../../tensors/demand.ts";
import { restsOf } from "../../tensors/matmul.ts";
import type { Cell } from "./cell.ts";
import { layoutOf, type Sizes } from "./layout.ts";
import { normedWords, partialWords } from "./normed.ts";

/** What the two commands of a step take of lists, as so many copies. */
const COMMANDS = 3.3;

/** What a layer in one direction has forwards, but for its product with weight_ih. */
export function normedForwards(
  cell: Cell,
  sizes: Omit<Sizes, "inputSize"> & { bias: boolean; reverse: boolean },
): Demand {
  const { steps, batch, hidden, projection, bias, reverse } = sizes;
  const gates = cell.gates * hidden;
  const params = { cell: cell.index, hidden };
  return together(
    blocksOf({
      // h (T + 1, B, R) and c (T + 1, B, H)
      states: layoutOf(sizes, cell, reverse).words,
      // (T, B, S·H) and (T, B, 4)
      gates: normedWords(cell, sizes),
      // (P) in place of norm_bias
      zeros: bias ? 0 : cell.norms * hidden,
    }, [["normed_cell_forward", params], ["gemm", {}]]),
    times(steps, restsOf({ M: batch, N: gates, K: projection || hidden })),
    projection > 0 ? times(steps, restsOf({ M: batch, N: projection, K: hidden })) : blocksOf({}),
    { ...blocksOf({}), commands: Math.ceil(COMMANDS * steps) },
  );
}

/** What it has backwards beside what a plain one has. */
export function normedBackwards(cell: Cell, sizes: Omit<Sizes, "inputSize">): Demand {
  const { steps, batch, hidden, projection } = sizes;
  const gates = cell.gates * hidden;
  return together(
    blocksOf({
      // ((T + 15) / 16, B, 2, P)
      "gains' gradients": partialWords(cell, sizes),
      // (B, H)
      "projections' gradients": projection > 0 ? batch * hidden : 0,
    }, [["normed_cell_backward", { hidden }]]),
    times(steps, restsOf({ M: batch, N: projection || hidden, K: gates })),
    projection > 0 ? times(steps, restsOf({ M: batch, N: hidden, K: projection })) : blocksOf({}),
    { ...blocksOf({}), commands: Math.ceil(COMMANDS * steps) },
  );
}
