/**
 * THE TABLE, in part (src/kernels.ts): one time step of a layer whose cell is normalized, forward and backward.
 *
 * @module
 */
import { CELL_GATES } from "./cells.ts";

/** One time step of one layer in one direction, its product with weight_hh left aside. */
export const NORMED_CELL = {
  // gates' products turn into what is normalized, and the states after the step are written
  normed_cell_forward: {
    buffers: {
      gains: "read f32",
      biases: "read f32",
      lengths: "read u32",
      gates: "read_write f32",
      states: "read_write f32",
    },
    params: {
      cell: "u32",
      hard: "u32",
      step: "u32",
      steps: "u32",
      batch: "u32",
      hidden: "u32",
      projection: "u32",
      reverse: "u32",
      masked: "u32",
      carry: "u32",
      epsilon: "f32",
      offsetH: "u32",
      offsetC: "u32",
    },
    constants: ["hard"],
    cells: true,
    resets: false,
    extent: ({ batch }: { batch: number }): number => batch,
    scratch: ({ cell, hidden }: { cell: number; hidden: number }): number => CELL_GATES[cell]! * hidden,
    workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
  },
  // its backward: what is normalized turns into the products' gradients, those of gains and biases go to `partials`
  normed_cell_backward: {
    buffers: {
      gains: "read f32",
      biases: "read f32",
      lengths: "read u32",
      states: "read f32",
      gates: "read_write f32",
      dy: "read f32",
      dstates: "read_write f32",
      partials: "read_write f32",
    },
    params: {
      cell: "u32",
      hard: "u32",
      step: "u32",
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
    resets: false,
    extent: ({ batch }: { batch: number }): number => batch,
    scratch: ({ hidden }: { hidden: number }): number => 4 * hidden,
    workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
  },
} as const;
