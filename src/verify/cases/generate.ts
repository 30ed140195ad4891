/**
 * Cases of generate_steps: a whole model with random weights, and settings of a draw. A draw that rounding may decide would
 * change all that follows: such a case is refused.
 *
 * @module
 */
import { align } from "../../device/device.ts";
import { CELL_GATES, CELLS } from "../../kernels.ts";
import { NONE } from "../../kernels/numbers.ts";
import { generate_steps } from "../reference/generate_steps.ts";
import { integerNumbers, uniformNumbers } from "./arrays.ts";
import type { Case } from "./check_kernel.ts";
import { type Manner, settingsOf } from "./sample.ts";
import { DRAW_MARGIN, TOLERANCES } from "./tolerances.ts";

/** Options of generateCase(). */
export interface GenerateCaseOptions {
  cell?: typeof CELLS[number];
  /** Of the gates' activation, 0 for the sigmoid. */
  hard?: number;
  batch?: number;
  hidden?: number;
  layers?: number;
  /** V: characters, the columns of the logits. */
  columns?: number;
  /** E, 0 for one-hot characters. */
  embedding?: number;
  /** Whether the dense weight is the table. */
  tied?: boolean;
  /** Whether there are biases. */
  bias?: boolean;
  /** Words between two rows of logits, beyond the least. */
  pad?: number;
  steps?: number;
  /** Whether ids are given, some of them none. */
  given?: boolean;
  /** Whether nothing is drawn for the second row. */
  idle?: boolean;
  /** Whether log probabilities are asked for, as they are unless it is false. */
  asked?: boolean;
  temperature?: number;
  topK?: number;
  topP?: number;
  position?: number;
}

/** B 3, H 11, L 2, V 13, E 0, 5 steps. */
export function generateCase(options: GenerateCaseOptions = {}): Case<"generate_steps"> {
  const {
    cell = "lstm",
    hard = 0,
    batch = 3,
    hidden = 11,
    layers = 2,
    columns = 13,
    embedding = 0,
    pad = 0,
  } = options;
  const {
    bias = true,
    steps = 5,
    given = false,
    idle = false,
    asked = true,
    temperature = 0,
    topK = 0,
    topP = 1,
    position = 7,
  } = options;
  const rowOf = (b: number): Manner => ({ temperature, topK, topP, seed: [42 + b, 7], stream: 3 * b });
  const index = CELLS.indexOf(cell);
  const rows = CELL_GATES[index]! * hidden;
  const states = layers * batch * hidden;
  const sizes: number[] = [];
  const plan: number[] = [];
  const place = (size: number): void => {
    plan.push(size === 0 ? NONE : sizes.reduce((sum, one) => sum + align(one), 0));
    sizes.push(size);
  };
  place(columns * embedding);
  place(options.tied ? 0 : columns * hidden);
  if (options.tied) plan[1] = plan[0]!;
  place(bias ? columns : 0);
  place(0);
  for (let layer = 0; layer < layers; layer++) {
    place(rows * (layer > 0 ? hidden : embedding || columns));
    place(rows * hidden);
    for (let which = 0; which < 2; which++) place(bias ? rows : 0);
  }
  const bound = 2 / Math.sqrt(hidden);
  const ld = Math.max(columns, 2 * rows) + pad;
  const params = { cell: index, hard, batch, hidden, layers, columns, embedding, ld };
  const ids = integerNumbers((given ? steps : 1) * batch, 3, columns);
  // The second row waits for two steps, as a shorter prefix does.
  if (given && batch > 1) { for (let s = 0; s < Math.min(2, steps); s++) ids[s * batch + 1] = NONE; }
  if (idle) ids[1] = NONE;
  const buffers = {
    weights: uniformNumbers(sizes.reduce((sum, one) => sum + align(one), 0), 1, -bound, bound),
    plan: Float64Array.from(plan),
    settings: settingsOf([steps, Number(given), Number(asked)], batch, (b) => ({
      ...rowOf(b),
      position: position + b,
    })),
    ids,
    states: uniformNumbers((cell === "lstm" ? 3 : 2) * states, 2),
    logits: uniformNumbers(batch * ld, 4),
    // Words that no draw writes: the ids are too large, the logarithms positive.
    history: Float64Array.from({ length: (steps + 1) * batch * 2 }, (_, i) => i % 2 ? 1 : columns + 1),
  };
  assertClear(buffers, params);
  return {
    kernel: "generate_steps",
    params,
    buffers,
    tolerance: TOLERANCES.generate_steps(steps * layers, hidden, columns),
    floors: { history: 1, logits: 1 },
    shapes: { states: [cell === "lstm" ? 3 : 2, layers, batch, hidden], history: [steps + 1, batch, 2] },
    ignore: {
      states: (i) => Math.floor(i / states) === 1,
      logits: (i) => given || i % ld >= columns || (idle && Math.floor(i / ld) === 1),
    },
  };
}

/** @throws {Error} If a draw is close to another outcome. */
function assertClear(
  buffers: Case<"generate_steps">["buffers"],
  params: Case<"generate_steps">["params"],
): void {
  const copies = Object.fromEntries(Object.entries(buffers).map(([name, data]) => [name, data.slice()]));
  const draws = generate_steps(copies as typeof buffers, params);
  if (draws.some(({ margin }) => margin < DRAW_MARGIN)) {
    throw new Error("A draw of this case is too close: choose another position");
  }
}
