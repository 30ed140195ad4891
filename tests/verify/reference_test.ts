/** The references' gradients against finite differences in float64: the first link of the chain of trust. @module */
import { ACTIVATION_KINDS, CELL_RESETS, CELLS, POOL_KINDS } from "../../src/kernels.ts";
import { activation } from "../../src/verify/reference/activation.ts";
import { HUBER, LOGISTIC, SQUARED } from "../../src/kernels/numbers.ts";
import { embedding_backward } from "../../src/verify/reference/embedding_backward.ts";
import { embedding_forward } from "../../src/verify/reference/embedding_forward.ts";
import { layer_norm_backward } from "../../src/verify/reference/layer_norm_backward.ts";
import { layer_norm_forward } from "../../src/verify/reference/layer_norm_forward.ts";
import { normed_cell_backward } from "../../src/verify/reference/normed_cell_backward.ts";
import { normed_cell_forward, normedCounts } from "../../src/verify/reference/normed_cell_forward.ts";
import { pointwise_loss } from "../../src/verify/reference/pointwise_loss.ts";
import { pool_backward } from "../../src/verify/reference/pool_backward.ts";
import { pool_forward } from "../../src/verify/reference/pool_forward.ts";
import { recurrent_backward } from "../../src/verify/reference/recurrent_backward.ts";
import { recurrenceCounts, recurrent_forward } from "../../src/verify/reference/recurrent_forward.ts";
import { softmax_cross_entropy } from "../../src/verify/reference/softmax_cross_entropy.ts";
import { uniformNumbers } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import {
  activationCase,
  embeddingBackwardCase,
  embeddingForwardCase,
  softmaxCrossEntropyCase,
} from "../../src/verify/cases/cases.ts";
import { pointwiseLossCase } from "../../src/verify/cases/losses.ts";
import { layerNormBackwardCase, layerNormForwardCase } from "../../src/verify/cases/normalization.ts";
import { normedForwardCase, type NormedOptions } from "../../src/verify/cases/normed_cell.ts";
import { poolBackwardCase } from "../../src/verify/cases/pools.ts";
import { recurrentForwardCase, type RecurrentOptions } from "../../src/verify/cases/recurrent.ts";
import { FINITE_DIFFERENCES } from "../../src/verify/cases/tolerances.ts";

const STEP = 1e-5;

/** The gradient of `loss`, which depends on `x`, by central differences. */
function differences(x: Float64Array, loss: () => number): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) => {
    const value = x[i]!;
    x[i] = value + STEP;
    const above = loss();
    x[i] = value - STEP;
    const below = loss();
    x[i] = value;
    return (above - below) / (2 * STEP);
  });
}

function assertGradient(what: string, actual: Float64Array, expected: Float64Array): void {
  assertClose(actual, expected, { shape: [expected.length], tolerance: FINITE_DIFFERENCES, what });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Two runs of one case: the forward pass from `given`, and what it and the backward pass leave. */
function recurrence(options: RecurrentOptions) {
  const { buffers: given, params } = recurrentForwardCase({ ...options, steps: 4, batch: 3, hidden: 5 });
  const { steps: T, batch: B, hidden: H, reverse, masked, offsetH, offsetC } = params;
  const { R } = recurrenceCounts(params);
  const lstm = CELLS[params.cell] === "lstm";
  const dy = uniformNumbers(T * B * R, 11);
  const dstates = uniformNumbers(B * R + (lstm ? B * H : 0), 12);
  const last = reverse ? 0 : T;
  const active = (t: number, b: number): boolean => !masked || given.lengths[b]! > t;
  // Views, so that differences() changes the states themselves.
  const h = (slot: number, states: Float64Array): Float64Array =>
    states.subarray(offsetH + slot * B * R, offsetH + (slot + 1) * B * R);
  const c = (slot: number, states: Float64Array): Float64Array =>
    lstm ? states.subarray(offsetC + slot * B * H, offsetC + (slot + 1) * B * H) : new Float64Array(0);
  const run = (): { gates: Float64Array; states: Float64Array } => {
    const result = { gates: given.gates.slice(), states: given.states.slice() };
    recurrent_forward({ ...given, ...result }, params);
    return result;
  };
  /** sum(dy * outputs) + sum(dstates * final states) */
  const loss = (): number => {
    const { states } = run();
    let sum = dot(h(last, states), dstates) + dot(c(last, states), dstates.subarray(B * R));
    for (let t = 0; t < T; t++) {
      const outputs = h(reverse ? t : t + 1, states);
      for (let i = 0; i < B * R; i++) {
        if (active(t, Math.floor(i / R))) sum += dy[t * B * R + i]! * outputs[i]!;
      }
    }
    return sum;
  };
  const after = { ...run(), dy: dy.slice(), dstates: dstates.slice() };
  const activations = after.gates.slice();
  recurrent_backward({ ...given, ...after }, { ...params, offsetDc: lstm ? B * R : 0 });
  return { given, params, lstm, first: T - last, h, c, active, loss, after, activations };
}

/** What a layer makes of the gates' gradients after the loop, and of those of the outputs where they are projected. */
function layerGradients({ given, params, h, active, after, activations }: ReturnType<typeof recurrence>) {
  const { steps: T, batch: B, hidden: H, projection, reverse } = params;
  const { G, S, R } = recurrenceCounts(params);
  const input = new Float64Array(given.gates.length);
  const bias_hh = new Float64Array(G * H);
  const weight_hh = new Float64Array(G * H * R);
  const weight_hr = new Float64Array(given.weight_hr.length);
  for (let t = 0; t < T; t++) {
    const previous = h(reverse ? t + 1 : t, after.states);
    for (let b = 0; b < B; b++) {
      const row = (t * B + b) * S * H;
      for (let i = 0; i < G * H; i++) {
        input[row + i] = after.gates[row + i]!;
        // Only GRU's n gate has another gradient in its hidden part, in the slot after the input parts, or another operand there.
        const last = i >= 2 * H;
        const du = after.gates[row + (CELLS[params.cell] === "gru" && last ? i + H : i)]!;
        const resets = CELLS[params.cell] === "gru_reset_before" && last;
        bias_hh[i]! += du;
        for (let r = 0; r < R; r++) {
          weight_hh[i * R + r]! += du * (resets ? after.gates[row + 3 * H + r]! : previous[b * R + r]!);
        }
      }
      for (let i = 0; projection && active(t, b) && i < R * H; i++) {
        weight_hr[i]! += after.dy[(t * B + b) * R + Math.floor(i / H)]! * activations[row + 4 * H + i % H]!;
      }
    }
  }
  return { input, bias_hh, weight_hh, weight_hr };
}

function checkRecurrence(options: RecurrentOptions): void {
  const all = recurrence(options);
  const { given, params, lstm, first, h, c, loss, after } = all;
  const what = JSON.stringify(options);
  const layer = layerGradients(all);
  assertGradient(`${what} weight_hh`, layer.weight_hh, differences(given.weight_hh, loss));
  assertGradient(`${what} bias_hh`, layer.bias_hh, differences(given.bias_hh, loss));
  assertGradient(`${what} input part`, layer.input, differences(given.gates, loss));
  if (params.projection) {
    assertGradient(`${what} weight_hr`, layer.weight_hr, differences(given.weight_hr, loss));
  }
  const ofH = h(first, given.states).length;
  assertGradient(`${what} h_0`, after.dstates.slice(0, ofH), differences(h(first, given.states), loss));
  if (lstm) {
    assertGradient(`${what} c_0`, after.dstates.slice(ofH), differences(c(first, given.states), loss));
  }
}

for (const cell of CELLS) {
  for (const projection of cell === "lstm" ? [0, 3] : [0]) {
    Deno.test(`recurrent_backward is the gradient of recurrent_forward: ${cell}, projection ${projection}`, () => {
      for (const reverse of [false, true]) {
        for (const masked of [false, true]) checkRecurrence({ cell, projection, reverse, masked });
      }
    });
    if (cell === "tanh" || cell === "relu") continue;
    Deno.test(`so it is with hard gates: ${cell}, projection ${projection}`, () => {
      for (const hard of [1, 5, 6]) checkRecurrence({ cell, hard, projection, masked: true });
    });
  }
}

Deno.test("pointwise_loss gives the gradient of its losses", () => {
  for (const kind of [SQUARED, HUBER, LOGISTIC]) {
    const { buffers, params } = pointwiseLossCase({ kind, columns: 7, count: 61, scale: 0.7 });
    const partials = new Float64Array(1);
    const expected = differences(buffers.x, () => {
      pointwise_loss({ ...buffers, partials }, { ...params, gradient: 0 });
      return 0.7 * partials[0]!;
    });
    pointwise_loss(buffers, params);
    assertGradient(`dx of kind ${kind}`, buffers.dx, expected);
  }
});

Deno.test("softmax_cross_entropy turns logits into the gradient of its losses", () => {
  for (const counted of [{}, { weighted: 1, ignored: 3 }, { weighted: 1, smoothing: 0.3 }]) {
    const { buffers, params } = softmaxCrossEntropyCase({ ld: 17, scale: 0.7, ...counted });
    const loss = (): number => {
      const losses = new Float64Array(15);
      softmax_cross_entropy({ ...buffers, losses }, { ...params, gradient: 0 });
      return 0.7 * losses.reduce((a, b) => a + b);
    };
    const expected = differences(buffers.logits, loss);
    softmax_cross_entropy(buffers, params);
    const inRow = (_: number, i: number): boolean => i % 17 < 13;
    const what = `logits ${JSON.stringify(counted)}`;
    assertGradient(what, buffers.logits.filter(inRow), expected.filter(inRow));
  }
});

Deno.test("embedding_backward is the gradient of embedding_forward", () => {
  for (const transposed of [false, true]) {
    const { buffers, params } = embeddingForwardCase({ transposed, padTable: 2, ld: 12 });
    const backward = embeddingBackwardCase({ transposed, padTable: 2, ld: 12 });
    const dtable = new Float64Array(backward.buffers.dtable.length);
    embedding_backward({ ...backward.buffers, dtable }, backward.params);
    const expected = differences(buffers.table, () => {
      const y = new Float64Array(buffers.y.length);
      embedding_forward({ ...buffers, y }, params);
      return dot(y, backward.buffers.dy);
    });
    assertGradient(`dtable, transposed ${transposed}`, dtable, expected);
  }
});

Deno.test("activation gives the gradient of its functions", () => {
  for (const [kind, name] of ACTIVATION_KINDS.entries()) {
    const { buffers, params } = activationCase({ kind, count: 61, accumulate: 0 });
    const loss = (): number => {
      const y = new Float64Array(61);
      activation({ ...buffers, y }, params);
      return dot(y, buffers.dy);
    };
    const dx = new Float64Array(61);
    activation({ ...buffers, y: dx }, { ...params, gradient: 1 });
    assertGradient(name, dx, differences(buffers.x, loss));
  }
});

Deno.test("pool_backward gives the gradient of the pools", () => {
  for (const [kind, name] of POOL_KINDS.entries()) {
    const { buffers, params } = poolBackwardCase({ kind, batchFirst: kind === 1 });
    buffers.x.set(buffers.x.map((value) => Number.isNaN(value) ? 0 : value)); // what is not read
    const loss = (): number => {
      const y = new Float64Array(buffers.dy.length);
      pool_forward({ ...buffers, y }, params);
      return dot(y, buffers.dy);
    };
    const dx = new Float64Array(buffers.x.length);
    pool_backward({ ...buffers, dx }, params);
    assertGradient(name, dx, differences(buffers.x, loss));
  }
});

Deno.test("layer_norm_backward gives the gradients of layer_norm_forward", () => {
  for (const scaled of [0, 1]) {
    const { buffers, params } = layerNormForwardCase({ scaled });
    const { rows, columns } = params;
    const dy = layerNormBackwardCase({ scaled }).buffers.dy;
    const y = new Float64Array(rows * columns);
    const statistics = new Float64Array(2 * rows);
    const loss = (): number => {
      layer_norm_forward({ ...buffers, y, statistics }, params);
      return dot(y, dy);
    };
    loss();
    const dx = new Float64Array(rows * columns);
    const products = new Float64Array(rows * columns);
    const given = { ...buffers, statistics: statistics.slice(), dy, dx, products };
    layer_norm_backward(given, { rows, columns, scaled, accumulate: 0 });
    assertGradient(`scaled ${scaled} x`, dx, differences(buffers.x, loss));
    if (!scaled) continue;
    const dweight = Float64Array.from(
      { length: columns },
      (_, c) => products.filter((_, i) => i % columns === c).reduce((a, b) => a + b),
    );
    assertGradient("weight", dweight, differences(buffers.weight, loss));
  }
});

/** One step of a normalized cell: its loss is the sum of what it leaves in states and in m, each times a weight. */
function checkNormedCell(options: NormedOptions): void {
  const { buffers, params } = normedForwardCase({ ...options, steps: 3, batch: 3, hidden: 5, step: 1 });
  const { steps: T, batch: B, hidden: H, projection } = params;
  const { G, S, N, R } = normedCounts(params);
  const lstm = CELLS[params.cell] === "lstm";
  const dy = uniformNumbers(projection ? B * H : T * B * R, 11);
  const dstates = uniformNumbers(B * R + (lstm ? B * H : 0), 12);
  const partials = new Float64Array(B * 2 * N * H);
  const active = (b: number): boolean => !params.masked || buffers.lengths[b]! > 1;
  const c = (slot: number, states: Float64Array): Float64Array =>
    states.subarray(params.offsetC + slot * B * H, params.offsetC + (lstm ? slot + 1 : slot) * B * H);
  const h = (slot: number, states: Float64Array): Float64Array =>
    states.subarray(params.offsetH + slot * B * R, params.offsetH + (slot + 1) * B * R);
  const [before, after] = params.reverse ? [2, 1] : [1, 2];
  const run = () => {
    const result = { gates: buffers.gates.slice(), states: buffers.states.slice() };
    normed_cell_forward({ ...buffers, ...result }, params);
    return result;
  };
  const loss = (): number => {
    const { gates, states } = run();
    let sum = lstm ? dot(c(after, states), dstates.subarray(B * R)) : 0;
    for (let i = 0; i < B * H; i++) {
      const b = Math.floor(i / H);
      if (projection) sum += dy[i]! * gates[((B + b) * S + S - 1) * H + i % H]!;
      else sum += ((active(b) ? dy[B * R + i]! : 0) + dstates[i]!) * h(after, states)[i]!;
    }
    return sum;
  };
  const back = { ...buffers, ...run(), dy, dstates: dstates.slice(), partials };
  normed_cell_backward(back, { ...params, offsetDc: lstm ? B * R : 0 });
  const what = JSON.stringify(options);
  const sums = (first: number): Float64Array =>
    Float64Array.from(
      { length: N * H },
      (_, i) => [0, 1, 2].reduce((sum, b) => sum + partials[(b * 2 + first) * N * H + i]!, 0),
    );
  assertGradient(`${what} gains`, sums(0), differences(buffers.gains, loss));
  assertGradient(`${what} biases`, sums(1), differences(buffers.biases, loss));
  const products = (gates: Float64Array): Float64Array =>
    gates.slice(0, T * B * S * H).map((value, i) =>
      Math.floor(i / (B * S * H)) === 1 && i % (S * H) < 2 * G * H ? value : 0
    );
  assertGradient(`${what} products`, products(back.gates), products(differences(buffers.gates, loss)));
  if (lstm) {
    assertGradient(`${what} c`, back.dstates.slice(B * R), differences(c(before, buffers.states), loss));
  }
  if (!projection) {
    assertGradient(`${what} h`, back.dstates.slice(0, B * R), differences(h(before, buffers.states), loss));
  }
}

for (const cell of CELLS.filter((_, index) => !CELL_RESETS[index])) {
  Deno.test(`normed_cell_backward gives the gradients of normed_cell_forward: ${cell}`, () => {
    for (const reverse of [false, true]) {
      for (const masked of [false, true]) {
        checkNormedCell({ cell, reverse, masked });
        if (cell === "lstm") checkNormedCell({ cell, reverse, masked, projection: 3 });
        if (cell === "lstm" || cell === "gru") checkNormedCell({ cell, reverse, masked, hard: 6 });
      }
    }
  });
}
