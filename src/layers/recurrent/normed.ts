/**
 * The loop over time of a layer whose cells are normalized: what a norm takes is a whole row, which no fused loop has at once. So
 * each step is a product with weight_hh and a kernel of its own. Plain cells know nothing of it.
 *
 * Memory in words beside the states: gates T·B·(S·H + 4), S = 2 G and the cell's slots; backwards a sixteenth of T·B·2·P, P the
 * gains.
 *
 * @module
 */
import type { Block, Device } from "../../device/device.ts";
import { copy } from "../../tensors/copy.ts";
import { matmul } from "../../tensors/matmul.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { Cell } from "./cell.ts";
import type { LoopParameter, Sizes } from "./layout.ts";

/** What is added to a variance: PyTorch's LayerNorm has it too. */
const EPSILON = 1e-5;
/** Steps whose gradients of gains are added up one by one. */
const BLOCK = 16;

/** What the steps of a layer in one direction work on. */
export interface NormedLoop {
  readonly cell: Cell;
  readonly sizes: Sizes;
  /** weight_hh (G·H, R) */
  readonly hh: Block;
  /** weight_hr (R, H), where there is a projection. */
  readonly hr: Block | undefined;
  /** norm_weight (P) */
  readonly gains: Parameter;
  /** norm_bias (P), where there is one. */
  readonly shifts: Parameter | undefined;
  /** (P) In its place. */
  readonly zeros: Block | undefined;
  /** (B), where rows end. */
  readonly lengths: Block | undefined;
  /** (T, B, S·H), and statistics (T, B, 4). */
  readonly gates: Block;
  /** h (T + 1, B, R) and c (T + 1, B, H). */
  readonly states: Block;
  /** The parameters that it shares with the kernels of other loops. */
  readonly loop: Readonly<Record<LoopParameter, number>>;
}

/** Words of the gates' block. */
export function normedWords({ slots }: Cell, { steps, batch, hidden }: Omit<Sizes, "inputSize">): number {
  return steps * batch * (slots * hidden + 4);
}

/** Words of the block to which the gradients of gains and biases are added, before they are summed over its rows. */
export function partialWords({ norms }: Cell, { steps, batch, hidden }: Omit<Sizes, "inputSize">): number {
  return Math.ceil(steps / BLOCK) * batch * 2 * norms * hidden;
}

/** Where a step's numbers lie. */
function placesOf(
  { cell, sizes, loop }: NormedLoop,
  step: number,
): Record<"row" | "before" | "after" | "time", number> {
  const { steps, batch, hidden, projection } = sizes;
  const time = loop.reverse ? steps - 1 - step : step;
  const slot = (index: number): number => loop.offsetH + index * batch * (projection || hidden);
  const [before, after] = loop.reverse ? [time + 1, time] : [time, time + 1];
  return { time, row: time * batch * cell.slots * hidden, before: slot(before), after: slot(after) };
}

/**
 * Takes all steps forwards; the products with weight_ih lie in gates.
 *
 * @param carry Whether the first step begins with what the last slot holds.
 */
export function normedForward(device: Device, given: NormedLoop, carry: boolean): void {
  const { cell, sizes, hh, hr, gates, states, loop } = given;
  const { steps, batch, hidden, projection } = sizes;
  const G = cell.gates * hidden;
  const R = projection || hidden;
  const S = cell.slots * hidden;
  for (let step = 0; step < steps; step++) {
    const { row, before, after } = placesOf(given, step);
    const carried = carry && step === 0;
    const offsetA = carried ? placesOf(given, steps - 1).after : before;
    matmul(device, { a: states, b: hh, c: gates }, {
      M: batch,
      N: G,
      K: R,
      transposeB: 1,
      offsetA,
      ldc: S,
      offsetC: row + G,
    });
    device.run("normed_cell_forward", { ...operandsOf(given), gates, states }, {
      ...loop,
      step,
      carry: carried ? 1 : 0,
      epsilon: EPSILON,
    });
    if (!hr) continue;
    matmul(device, { a: gates, b: hr, c: states }, {
      M: batch,
      N: R,
      K: hidden,
      transposeB: 1,
      accumulate: 1, // rows that have ended keep h, and their m is 0
      lda: S,
      offsetA: row + S - hidden,
      offsetC: after,
    });
  }
}

/**
 * Takes all steps backwards: gates get the products' gradients, dstates those of the initial state, gains and biases theirs.
 *
 * @param given What normedForward() had.
 * @param pass Blocks dy (T, B, R), which is overwritten with projection, and dstates with dc (B, H) at word offsetDc; and what
 * takes memory for as long as the pass.
 */
export function normedBackward(
  device: Device,
  given: NormedLoop,
  { dy, dstates, offsetDc, alloc }: {
    dy: Block;
    dstates: Block;
    offsetDc: number;
    alloc: (words: number) => Block;
  },
): void {
  const { cell, sizes, hh, hr, gains, shifts, gates, states, loop } = given;
  const { steps, batch, hidden, projection } = sizes;
  const G = cell.gates * hidden;
  const R = projection || hidden;
  const S = cell.slots * hidden;
  const P = cell.norms * hidden;
  const partials = alloc(partialWords(cell, sizes));
  device.clear(partials);
  const dm = hr && alloc(batch * hidden);
  for (let step = steps - 1; step >= 0; step--) {
    const { row, time } = placesOf(given, step);
    if (dm) {
      const offset = time * batch * R;
      copy(device, { block: dstates }, { block: dy, offset }, { columns: batch * R, accumulate: 1 });
      matmul(device, { a: dy, b: hr, c: dm }, { M: batch, N: hidden, K: R, offsetA: offset });
    }
    const buffers = { ...operandsOf(given), states, gates, dy: dm ?? dy, dstates, partials };
    device.run("normed_cell_backward", buffers, { ...loop, step, offsetDc });
    matmul(device, { a: gates, b: hh, c: dstates }, {
      M: batch,
      N: R,
      K: G,
      accumulate: 1,
      lda: S,
      offsetA: row + G,
    });
  }
  const sums = { rows: partialWords(cell, sizes) / (2 * P), columns: P, ld: 2 * P, scale: 1, accumulate: 1 };
  device.run("sum_rows", { x: partials, y: gains.gradientOfPass() }, { ...sums, offset: 0 });
  if (shifts) device.run("sum_rows", { x: partials, y: shifts.gradientOfPass() }, { ...sums, offset: P });
}

/** What both kernels read. Without lengths they read none, and gains stand in their place. */
function operandsOf(
  { gains, shifts, zeros, lengths }: NormedLoop,
): Record<"gains" | "biases" | "lengths", Block> {
  return { gains: gains.value, biases: shifts?.value ?? zeros!, lengths: lengths ?? gains.value };
}
