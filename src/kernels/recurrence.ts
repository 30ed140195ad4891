/**
 * THE TABLE, in part (src/kernels.ts): the loop over time of one layer in one direction, forward and backward.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CELL_GATES, CELL_RESETS } from "./cells.ts";
import { EDGE, SHARES } from "./numbers.ts";

/** Words that a thread of `recurrent_forward` or `_backward` needs: panels that all share, a tile, gates, weights. */
function recurrentScratch(
  { cell, batch, hidden, projection }: { cell: number; batch: number; hidden: number; projection: number },
): number {
  const gates = CELL_GATES[cell]! * (hidden + 16);
  const outputs = (projection || hidden) + 16;
  const third = projection || CELL_RESETS[cell] ? Math.max(hidden, outputs) : 0; // panels of m or of r h_previous
  const shared = (batch + 3) * (2 * Math.max(gates, outputs) + third);
  return shared + EDGE + batch * gates + gates * outputs + (projection ? (hidden + 16) * outputs : 0);
}

/** The loop over time of one layer in one direction, forward and backward. */
export const RECURRENCE = {
  // the loop over time of one layer in one direction; `gates` turns from input part into activations
  recurrent_forward: {
    buffers: {
      weight_hh: "read f32",
      bias_hh: "read f32",
      weight_hr: "read f32",
      lengths: "read u32",
      gates: "read_write f32",
      states: "read_write f32",
    },
    params: {
      cell: "u32",
      hard: "u32",
      steps: "u32",
      batch: "u32",
      hidden: "u32",
      projection: "u32",
      reverse: "u32",
      masked: "u32",
      carry: "u32",
      offsetH: "u32",
      offsetC: "u32",
    },
    constants: ["hard"],
    cells: true,
    extent: (): number => SHARES,
    scratch: recurrentScratch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [ceil(batch, 2), 1],
  },
  // its backward; `gates` turns from activations into the gates' gradients
  recurrent_backward: {
    buffers: {
      weight_hh: "read f32",
      weight_hr: "read f32",
      lengths: "read u32",
      states: "read f32",
      gates: "read_write f32",
      dy: "read_write f32",
      dstates: "read_write f32",
    },
    params: {
      cell: "u32",
      hard: "u32",
      steps: "u32",
      batch: "u32",
      hidden: "u32",
      projection: "u32",
      reverse: "u32",
      masked: "u32",
      offsetH: "u32",
      offsetC: "u32",
      offsetDc: "u32",
    },
    constants: ["hard"],
    cells: true,
    extent: (): number => SHARES,
    scratch: recurrentScratch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [ceil(batch, 2), 1],
  },
} as const;
