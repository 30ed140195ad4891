/**
 * THE TABLE, in part (src/kernels.ts): ids drawn from logits, and many characters in one run.
 *
 * @module
 */
import { CELL_GATES } from "./cells.ts";
import { ALONE, EDGE, SHARES } from "./numbers.ts";

/** The parameters that the memory of `generate_steps` depends on. */
interface GenerateSizes {
  readonly cell: number;
  readonly batch: number;
  readonly hidden: number;
  readonly layers: number;
  readonly columns: number;
  readonly embedding: number;
}

/** Words that a thread of `generate_steps` needs: gates, h as panels, its share of all weights as panels. */
function generateScratch(
  { cell, batch, hidden, layers, columns, embedding }: GenerateSizes,
  threads: number,
): number {
  const panels = (batch + 3) * (embedding + layers * hidden); // of 6, 5 or 4 rows
  const own = (count: number): number => Math.ceil(count * Math.ceil(SHARES / threads) / SHARES) + 64; // whole panels
  const inputs = embedding + (2 * layers - 1) * hidden; // of all weight matrices of a gate together
  const weights = own(hidden) * CELL_GATES[cell]! * inputs + own(columns) * hidden;
  return EDGE + Math.max(4 * hidden, columns) + batch * (8 * hidden + embedding) + panels + weights;
}

/**
 * The same of `generate_steps_int8`: operands of bytes, of 16 bits in the plain build, and behind each column of a panel where
 * its sum begins and its scale. Of a small model each thread may need all weights.
 */
function int8Scratch(
  { cell, batch, hidden, layers, columns, embedding }: GenerateSizes,
  threads: number,
): number {
  const row = (depth: number): number => 8 * Math.ceil(depth / 16);
  const left = (batch + 3) * (1 + row(embedding) + layers * (1 + row(hidden)));
  const numbers = hidden * (CELL_GATES[cell]! * (embedding + (2 * layers - 1) * hidden) + columns);
  const shares = numbers > ALONE ? Math.ceil(SHARES / threads) : SHARES;
  const own = (count: number): number => Math.ceil(count * shares / SHARES) + 64; // whole panels
  const panels = (count: number, depth: number): number => depth > 0 ? own(count) * (2 + row(depth)) : 0;
  const gates = panels(hidden, embedding) + (2 * layers - 1) * panels(hidden, hidden);
  const weights = CELL_GATES[cell]! * gates + panels(columns, hidden);
  return EDGE + Math.max(4 * hidden, columns) + batch * (8 * hidden + embedding) + left + weights;
}

/** The buffers of many steps in one run, behind that of the weights. */
const STEP_BUFFERS = {
  plan: "read u32",
  settings: "read u32",
  ids: "read_write u32",
  states: "read_write f32",
  logits: "read_write f32",
  history: "read_write u32",
} as const;

/** What else kernels of many steps have in common. */
const STEPS = {
  params: {
    cell: "u32",
    hard: "u32",
    batch: "u32",
    hidden: "u32",
    layers: "u32",
    columns: "u32",
    embedding: "u32",
    ld: "u32",
  },
  constants: ["hard"],
  cells: true,
  extent: (): number => SHARES,
  workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
} as const;

/** Ids drawn from logits, and many characters in one run. */
export const GENERATION = {
  // ids (B) drawn from logits (B, V) by temperature, then top-k, then top-p; kept with their log probability
  sample: {
    buffers: { logits: "read f32", settings: "read u32", ids: "read_write u32", history: "read_write u32" },
    params: { batch: "u32", columns: "u32", ld: "u32" },
    extent: ({ batch }: { batch: number }): number => batch,
    workgroups: ({ batch }: { batch: number }): [number, number] => [batch, 1],
  },
  // up to as many characters of B rows as `settings` says: layers, dense, draw, and again
  generate_steps: {
    ...STEPS,
    buffers: { weights: "read f32", ...STEP_BUFFERS },
    scratch: generateScratch,
  },
  // the same of matrices of int8
  generate_steps_int8: {
    ...STEPS,
    buffers: { words: "read u32", biases: "read f32", ...STEP_BUFFERS },
    scratch: int8Scratch,
  },
} as const;
