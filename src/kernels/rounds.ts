/**
 * How many rounds of loops an invocation of each shader takes. Some drivers that compute on the CPU grant few of them:
 * src/device/webgpu/ranges.ts keeps every dispatch below that.
 *
 * A loop of n rounds counts n + 1, as the round that leaves it counts too; loops under `// unroll` are none.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CELL_GATES, CELL_RESETS } from "./cells.ts";

/** Rounds of one dispatch: `fixed`, and `each` for every unit of the range that it takes. */
export interface Rounds {
  /**
   * Elements of the range: time steps, depth of a product, rows of a sum.
   *
   * @default {1}
   */
  readonly count?: number;
  /**
   * Elements of a unit.
   *
   * @default {1}
   */
  readonly grain?: number;
  readonly each: number;
  /** @default {0} */
  readonly fixed?: number;
  /** Whether a dispatch takes one unit in any case. */
  readonly single?: boolean;
}

/** Parameters of a kernel, or lengths of its buffers in words, by name. */
type Numbers = Readonly<Record<string, number>>;

/** A loop over `count` elements, `unit` at a time, whose body takes `body` rounds. */
const loop = (count: number, unit: number, body = 0): number => ceil(count, unit) * (1 + body) + 1;

/**
 * What a step was measured to take beyond what reading counts, at 8 sizes each of a general shader: loops of branches that are
 * not taken have a round too, the rest was not explained.
 */
const MORE = { forward: 7, backward: 12, software: 3 };
/** The same, of each chunk of a vector. */
const MORE_OF_CHUNK = 3;

/** A loop over chunks of a vector, each of which is loaded, then multiplied with. */
function chunks(
  count: number,
  { chunk, load, lanes }: { chunk: number; load: number; lanes: number },
): number {
  const size = Math.min(count, chunk);
  return loop(count, chunk, loop(size, load) + loop(size, lanes) + MORE_OF_CHUNK);
}

/** wgsl/lib/sampling.wgsl, with top-k and top-p. */
function draw(columns: number): number {
  const pass = loop(columns, 256);
  const kept = loop(columns, 1024);
  const cut = loop(32, 1, kept) + loop(Math.ceil(Math.log2(columns)), 1, kept);
  return 3 * pass + 2 * cut + kept + 2 * pass + loop(256, 1) + loop(255, 1);
}

/** wgsl/lib/product.wgsl. */
function product(rows: number, length: number): number {
  return loop(rows, 128, chunks(ceil(length, 4), { chunk: 512, load: 256, lanes: 8 }));
}

const gates = ({ cell }: Numbers): number => CELL_GATES[cell!]!;
/** Gates of each product of a step with weight_hh. */
const products = ({ cell }: Numbers): number[] => CELL_RESETS[cell!] ? [2, 1] : [CELL_GATES[cell!]!];
const outputs = ({ hidden, projection }: Numbers): number => projection! || hidden!;
const elements = (): Rounds => ({ each: loop(4, 1) });

/** The lanes are those of a subgroup, for the variants whose subgroups are whole workgroups. */
type Count = (params: Numbers, lengths: Numbers, lanes: number) => Rounds;

/** By shader, cells left aside. */
export const ROUNDS: Readonly<Record<string, Count>> = {
  // with a round for each block of the depth, and one that leaves its loop: two for 32 units
  "gemm": ({ K }) => ({ count: K!, grain: 8, each: 1 + 2 / 32, fixed: 2 }),
  "gemm.deep": ({ K }) => ({ count: K!, grain: 32, each: 1 + 2 / 32, fixed: 2 }),
  // and the rows of each block are stored
  "gemm.software": ({ K }) => ({
    count: K!,
    grain: 8,
    each: 1 + loop(8, 1) + (2 + loop(64, 1)) / 32,
    fixed: 2 + loop(64, 1),
  }),
  "gemm.narrow": ({ K }) => ({
    count: K!,
    grain: 4,
    each: 1 + (2 + loop(16, 1)) / 64,
    fixed: 2 + loop(16, 1),
  }),
  "sum_rows": ({ rows }) => ({ count: rows!, grain: 128, each: 1, fixed: 1 + loop(5, 1) }),
  "copy_columns": () => ({ each: 0 }),
  "embedding_forward": () => ({ each: 0 }),
  // as if all rows had used one id
  "embedding_backward": (_, { order }) => ({ count: order!, grain: 4, each: 1, fixed: 1 + loop(3, 1) }),
  "recurrent_forward": (params) => {
    const { steps, hidden, projection } = params as Record<string, number>;
    const outputSize = outputs(params);
    const pass = 32 * (gates(params) === 1 ? 4 : 1);
    // two rows are loaded, 256 quads at a time
    const hiddenPart = loop(hidden!, pass, chunks(ceil(outputSize, 4), { chunk: 256, load: 128, lanes: 8 }));
    const project = projection ? loop(projection, 32, loop(hidden!, 8)) : 0;
    const fixed = loop(2 * outputSize, 256) + loop(2 * hidden!, 256) + 1;
    const each = 1 + products(params).length * hiddenPart + project + MORE.forward;
    return { count: steps!, each, fixed };
  },
  "recurrent_forward.software": (params, _, lanes) => {
    const { steps, hidden } = params as Record<string, number>;
    const units = Math.floor(8 / gates(params));
    const each = 1 + loop(hidden!, lanes * units, loop(hidden!, lanes) + loop(16, 1, loop(units, 1)));
    return { count: steps!, each, fixed: 2 * loop(16 * hidden!, lanes) + 1 }; // 16 rows of h and of c are carried
  },
  "recurrent_forward.steps": ({ steps, hidden }) => {
    const each = loop(ceil(hidden!, 4), 64, loop(8, 1) + loop(64, 8)) + 2 * loop(8, 1);
    return { count: steps!, each, single: true };
  },
  "recurrent_backward": (params) => {
    const { steps, hidden, projection, masked } = params as Record<string, number>;
    const ended = masked ? loop(5, 1) : 1; // rows that have ended get zeros in all slots
    const pointwise = loop(2 * hidden!, 256, loop(projection!, 1) + ended);
    const back = products(params).reduce((sum, count) => {
      const passes = chunks(count * hidden!, { chunk: 1024, load: 256, lanes: 16 });
      return sum + loop(ceil(outputs(params), 4), 64, passes);
    }, 0);
    return {
      count: steps!,
      each: 1 + loop(2 * projection!, 256) + pointwise + back + MORE.backward,
      fixed: 1,
    };
  },
  "recurrent_backward.software": (params, _, lanes) => {
    const { steps, hidden } = params as Record<string, number>;
    const pointwise = loop(16, 1, loop(hidden!, lanes));
    const back = loop(hidden!, 8 * lanes, loop(gates(params) * hidden!, lanes) + loop(16, 1));
    return { count: steps!, each: 1 + pointwise + back + MORE.software, fixed: 1 };
  },
  "recurrent_backward.steps": (params) => {
    const each = loop(gates(params) * params.hidden!, 256, loop(8, 1) + loop(256, 128)) + 2 * loop(32, 1);
    return { count: params.steps! + 1, each, single: true };
  },
  // loops that one cell alone has are counted for all
  "normed_cell_forward": ({ hidden, projection }) => ({
    each: 10 * loop(hidden!, 256) + loop(projection!, 256),
  }),
  "normed_cell_backward": ({ hidden, projection }) => ({
    each: 6 * loop(hidden!, 256) + loop(projection!, 256),
  }),
  "dropout": elements,
  "layer_norm_forward": ({ columns }) => ({ each: 3 * loop(columns!, 256) }),
  "layer_norm_backward": ({ columns }) => ({ each: 2 * loop(columns!, 256) }),
  "pool_forward": ({ steps }) => ({ each: loop(steps!, 1) }),
  "pool_backward": ({ steps }) => ({ each: 2 * loop(steps!, 1) }),
  "activation": elements,
  "pointwise_loss": () => ({ each: loop(16, 1) }),
  "combine": elements,
  "softmax_cross_entropy": ({ columns, weighted }) => ({ each: (3 + weighted!) * loop(columns!, 256) }),
  "softmax_cross_entropy.software": ({ columns }, _, lanes) => ({ each: 3 * loop(columns!, lanes) }),
  "sum_squares": () => ({ each: loop(16, 1) }),
  "clip_grad_norm": (_, { partials }) => ({ each: loop(partials!, 256) + loop(16, 1) }),
  "sgd": elements,
  "rmsprop": elements,
  "adam": elements,
  "sample": ({ columns }) => ({ each: draw(columns!) }),
  "generate_steps": (params, { ids, history }) => {
    const { batch, hidden, layers, columns, embedding } = params as Record<string, number>;
    const rows = gates(params) * hidden!;
    const units = loop(hidden!, 256);
    const ofH = products(params).reduce((sum, count) => sum + product(count * hidden!, hidden!) + units, 0);
    const layer = product(rows, Math.max(hidden!, embedding!)) + ofH;
    return {
      count: Math.max(ceil(history!, 2 * batch!), ceil(ids!, batch!)),
      each: 1 + loop(layers!, 1, layer) + product(columns!, hidden!) + draw(columns!),
      fixed: 1 + loop(layers!, 1, units),
    };
  },
  "generate_steps_int8": (params, { ids, history }) => {
    const { batch, hidden, layers, columns, embedding } = params as Record<string, number>;
    const units = loop(hidden!, 256);
    // a vector is looked through, where it is relu's, and rounded; columns go down rows, 16 bytes a round
    const product = (rows: number, length: number): number =>
      loop(length, 256) + loop(8, 1) +
      loop(rows, 128, chunks(ceil(length, 16), { chunk: 256, load: 64, lanes: 8 }));
    const ofH = products(params).reduce((sum, count) => sum + product(count * hidden!, hidden!) + units, 0);
    const layer = product(gates(params) * hidden!, Math.max(hidden!, embedding!)) + ofH;
    return {
      count: Math.max(ceil(history!, 2 * batch!), ceil(ids!, batch!)),
      each: 1 + loop(layers!, 1, layer) + product(columns!, hidden!) + draw(columns!),
      fixed: 1 + loop(layers!, 1, units),
    };
  },
};
