/**
 * Every kernel against its float64 reference, on the cases of the tests: of each the plain one, its flags, loose strides
 * and the edges of tiles. The tests go through many more sizes.
 *
 * @module
 */
import { activation } from "./reference/activation.ts";
import { adam } from "./reference/adam.ts";
import { clip_grad_norm } from "./reference/clip_grad_norm.ts";
import { combine } from "./reference/combine.ts";
import { copy_columns } from "./reference/copy_columns.ts";
import { dropout } from "./reference/dropout.ts";
import { embedding_backward } from "./reference/embedding_backward.ts";
import { embedding_forward } from "./reference/embedding_forward.ts";
import { gemm } from "./reference/gemm.ts";
import { generate_steps } from "./reference/generate_steps.ts";
import { generate_steps_int8 } from "./reference/generate_steps_int8.ts";
import { pointwise_loss } from "./reference/pointwise_loss.ts";
import { layer_norm_backward } from "./reference/layer_norm_backward.ts";
import { layer_norm_forward } from "./reference/layer_norm_forward.ts";
import { normed_cell_backward } from "./reference/normed_cell_backward.ts";
import { normed_cell_forward } from "./reference/normed_cell_forward.ts";
import { pool_backward } from "./reference/pool_backward.ts";
import { pool_forward } from "./reference/pool_forward.ts";
import { recurrent_backward } from "./reference/recurrent_backward.ts";
import { recurrent_forward } from "./reference/recurrent_forward.ts";
import { rmsprop } from "./reference/rmsprop.ts";
import { sample } from "./reference/sample.ts";
import { sgd } from "./reference/sgd.ts";
import { softmax_cross_entropy } from "./reference/softmax_cross_entropy.ts";
import { sum_rows } from "./reference/sum_rows.ts";
import { sum_squares } from "./reference/sum_squares.ts";
import * as cases from "./cases/cases.ts";
import { type Case, compareKernel, type Reference } from "./cases/check_kernel.ts";
import { generateCase } from "./cases/generate.ts";
import { int8Cases } from "./cases/generate_int8.ts";
import { pointwiseLossCase } from "./cases/losses.ts";
import * as normalization from "./cases/normalization.ts";
import * as normed from "./cases/normed_cell.ts";
import * as optimizers from "./cases/optimizers.ts";
import * as pools from "./cases/pools.ts";
import * as recurrences from "./cases/recurrent.ts";
import { sampleCase } from "./cases/sample.ts";
import { ACTIVATION_KINDS, CELLS, type KernelName, POOL_KINDS } from "../kernels.ts";
import { HUBER, LOGISTIC, SQUARED } from "../kernels/numbers.ts";
import type { Check } from "./check.ts";

/** The heading of these checks. */
export const KERNEL_GROUP = "Kernels against float64";

/** A kernel's reference, and what to run both on. */
interface Entry<K extends KernelName> {
  reference: Reference<K>;
  /** Made one by one, as that takes time. */
  cases: () => Iterable<Case<K>>;
}

/** Every value of two switches. */
const SWITCHES = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;
/** Columns around the edges of tiles. */
const COLUMNS = [1, 11, 63, 65, 257] as const;

/** Hard gates of each cell that has gates. */
const HARD = [{ cell: "gru", hard: 5 }, { cell: "lstm", hard: 6 }, {
  cell: "gru_reset_before",
  hard: 5,
}] as const;

/**
 * Of every cell: plain, masked and backwards at odd places, across a tile, as large as the tutorial's, and so large that a
 * GPU takes a dispatch a time step.
 */
const RECURRENCES: readonly recurrences.RecurrentOptions[] = [
  ...CELLS.flatMap((cell) => [
    { cell },
    { cell, reverse: true, masked: true, gap: 5, batch: 7 },
    { cell, hidden: 65, batch: 2, steps: 2 },
    { cell, hidden: 256, batch: 2, steps: 2 },
    { cell, hidden: 400, batch: 19, steps: 3, masked: true, gap: 1 },
  ]),
  ...HARD.map((hard) => ({ ...hard, hidden: 65, batch: 2 })),
  { projection: 7 },
  { projection: 7, reverse: true, masked: true, gap: 3, batch: 5 },
];

/** Of every kind: either order of axes, and columns and steps around edges. */
const POOLS: readonly pools.PoolOptions[] = POOL_KINDS.keys().toArray().flatMap((kind) => [
  ...COLUMNS.map((columns) => ({ kind, columns })),
  { kind, batchFirst: true, steps: 33, batch: 7, accumulate: 1 },
  { kind, ties: true, steps: 1 },
  { kind, ties: true },
]);

/** With weight, bias and sums, and without, columns around the edges of tiles. */
const NORMALIZATIONS: readonly normalization.NormalizationOptions[] = [
  ...[2, 11, 63, 65, 257].map((columns) => ({ columns, accumulate: 1 })),
  ...SWITCHES.map(([scaled, shifted]) => ({ scaled, shifted, rows: 7 })),
];

/** The kernels, each with its cases; one that is missing does not compile. */
const ENTRIES: { [K in KernelName]: Entry<K> } = {
  gemm: {
    reference: gemm,
    cases: () => [
      ...SWITCHES.flatMap(([transposeA, transposeB]) => [
        cases.gemmCase({
          transposeA,
          transposeB,
          padA: 2,
          padB: 1,
          padC: 3,
          offsetA: 5,
          offsetB: 3,
          offsetC: 7,
        }),
        cases.gemmCase({ transposeA, transposeB, M: 65, N: 67, K: 66, accumulate: 1 }),
      ]),
      cases.gemmCase({ M: 4, N: 131, K: 37, transposeB: 1, biased: 1 }),
      cases.gemmCase({ M: 2, N: 131, K: 37, transposeB: 1, biased: 1 }),
      cases.gemmCase({ M: 67, N: 13, K: 129, transposeA: 1, accumulate: 1, summed: 1, gap: 5 }),
      cases.gemmCase({ M: 5, N: 3, K: 1027 }),
      cases.gemmCase({ M: 131, N: 5, K: 300, transposeA: 1, accumulate: 1, summed: 1 }),
      cases.gemmCase({ M: 257, N: 70, K: 513, transposeA: 1, accumulate: 1 }),
    ],
  },
  sum_rows: {
    reference: sum_rows,
    cases: () =>
      COLUMNS.flatMap((columns) => [
        cases.sumRowsCase({ columns }),
        cases.sumRowsCase({ columns, ld: columns + 3, rows: 257, offset: 2, scale: 0.25, accumulate: 1 }),
      ]),
  },
  copy_columns: {
    reference: copy_columns,
    cases: () =>
      COLUMNS.flatMap((columns) => [
        cases.copyColumnsCase({ columns }),
        cases.copyColumnsCase({ columns, rows: 17, accumulate: 1, ldX: columns + 2, offsetY: 3 }),
      ]),
  },
  embedding_forward: {
    reference: embedding_forward,
    cases: () =>
      COLUMNS.flatMap((columns) => [
        cases.embeddingForwardCase({ columns }),
        cases.embeddingForwardCase({
          columns,
          ld: columns + 3,
          padTable: 2,
          transposed: true,
          biased: 1,
        }),
      ]),
  },
  embedding_backward: {
    reference: embedding_backward,
    cases: () =>
      COLUMNS.flatMap((columns) => [
        cases.embeddingBackwardCase({ columns }),
        cases.embeddingBackwardCase({ columns, ld: columns + 3, padTable: 2, transposed: true, steps: 31 }),
      ]),
  },
  recurrent_forward: {
    reference: recurrent_forward,
    cases: () =>
      [...RECURRENCES, ...CELLS.map((cell) => ({ cell, carry: true }))].values()
        .map(recurrences.recurrentForwardCase),
  },
  recurrent_backward: {
    reference: recurrent_backward,
    cases: () => RECURRENCES.values().map(recurrences.recurrentBackwardCase),
  },
  normed_cell_forward: {
    reference: normed_cell_forward,
    cases: () =>
      [...normed.NORMED, ...normed.NORMED.map((one) => ({ ...one, step: 0, carry: true }))].values()
        .map(normed.normedForwardCase),
  },
  normed_cell_backward: {
    reference: normed_cell_backward,
    cases: () => normed.NORMED.values().map(normed.normedBackwardCase),
  },
  dropout: {
    reference: dropout,
    cases: () =>
      [0, 0.3, 0.9, 1].flatMap((probability) => [
        cases.dropoutCase({ probability }),
        cases.dropoutCase({ probability, count: 4097, accumulate: 1 }),
        cases.dropoutCase({ probability, count: 4104, columns: 27, part: 2, parts: 5 }),
      ]),
  },
  layer_norm_forward: {
    reference: layer_norm_forward,
    cases: () => NORMALIZATIONS.values().map(normalization.layerNormForwardCase),
  },
  layer_norm_backward: {
    reference: layer_norm_backward,
    cases: () => NORMALIZATIONS.values().map(normalization.layerNormBackwardCase),
  },
  pool_forward: { reference: pool_forward, cases: () => POOLS.values().map(pools.poolForwardCase) },
  pool_backward: { reference: pool_backward, cases: () => POOLS.values().map(pools.poolBackwardCase) },
  activation: {
    reference: activation,
    cases: () =>
      ACTIVATION_KINDS.keys().flatMap((kind) =>
        SWITCHES.flatMap(([gradient, accumulate]) => [
          cases.activationCase({ kind, gradient, accumulate }),
          cases.activationCase({ kind, gradient, accumulate, count: 4097, largest: 30 }),
        ])
      ),
  },
  combine: {
    reference: combine,
    cases: () =>
      SWITCHES.flatMap(([product, accumulate]) =>
        [1027, 4097].map((count) => cases.combineCase({ count, product, accumulate }))
      ),
  },
  pointwise_loss: {
    reference: pointwise_loss,
    cases: () => [
      ...[SQUARED, HUBER, LOGISTIC].flatMap((kind) => [
        pointwiseLossCase({ kind }),
        pointwiseLossCase({ kind, count: 1, gradient: 0 }),
        pointwiseLossCase({ kind, count: 257, delta: 0.3, largest: 100 }),
      ]),
      pointwiseLossCase({ kind: LOGISTIC, columns: 7 }),
    ],
  },
  softmax_cross_entropy: {
    reference: softmax_cross_entropy,
    cases: () => [
      ...[0, 1].flatMap((gradient) =>
        [1, 13, 65, 1027].flatMap((columns) => [
          cases.softmaxCrossEntropyCase({ columns, gradient }),
          cases.softmaxCrossEntropyCase({ columns, gradient, ld: columns + 3, batch: 2, steps: 3 }),
        ])
      ),
      cases.softmaxCrossEntropyCase({ largest: 1e4 }),
      cases.softmaxCrossEntropyCase({ accumulate: 1 }),
      ...[0, 0.3].flatMap((smoothing) =>
        [0, 1].map((gradient) =>
          cases.softmaxCrossEntropyCase({
            columns: 257,
            weighted: 1,
            smoothing,
            gradient,
            accumulate: gradient,
          })
        )
      ),
    ],
  },
  sum_squares: {
    reference: sum_squares,
    cases: () => [1, 65, 4095, 4097, 9219].map((count) => optimizers.sumSquaresCase({ count })),
  },
  clip_grad_norm: {
    reference: clip_grad_norm,
    cases: () => [
      ...[0.01, 1, 1e6].map((maxNorm) => optimizers.clipGradNormCase({ maxNorm })),
      optimizers.clipGradNormCase({ count: 1027 }),
      optimizers.clipGradNormCase({ health: optimizers.healthBefore(true) }),
      optimizers.clipGradNormCase({ health: Float64Array.of(0.5, 0, 7, 0, 0, 1, 0, 0) }),
    ],
  },
  sgd: {
    reference: sgd,
    cases: () => [
      optimizers.sgdCase({ momentumFactor: 0, weightDecay: 0 }),
      ...[0, 1].map((nesterov) => optimizers.sgdCase({ nesterov })),
      optimizers.sgdCase({ health: optimizers.healthBefore(true) }),
      optimizers.overflowing(optimizers.sgdCase()),
    ],
  },
  rmsprop: {
    reference: rmsprop,
    cases: () => [
      optimizers.rmspropCase({ momentumFactor: 0, weightDecay: 0 }),
      optimizers.rmspropCase(),
      optimizers.rmspropCase({ health: optimizers.healthBefore(true) }),
      optimizers.overflowing(optimizers.rmspropCase()),
    ],
  },
  adam: {
    reference: adam,
    cases: () => [
      ...[1, 3, 10_000].map((step) => optimizers.adamCase({ step })),
      ...[0, 1].map((decoupled) => optimizers.adamCase({ weightDecay: 0.01, decoupled })),
      optimizers.adamCase({ health: optimizers.healthBefore(true) }),
      optimizers.overflowing(optimizers.adamCase()),
    ],
  },
  sample: {
    reference: sample,
    cases: () => [
      ...[0, 0.5, 1, 2].flatMap((temperature) =>
        ([[0, 1], [5, 1], [0, 0.9], [40, 0.7]] as const).map(([topK, topP]) =>
          sampleCase({ columns: 257, temperature, topK, topP })
        )
      ),
      sampleCase({ columns: 1027, ld: 1030, topK: 7, topP: 0.8, slot: 2 }),
      sampleCase({ columns: 67, row: (b) => ({ temperature: b, topP: 0.9, barred: 33 * b }) }),
      sampleCase({
        columns: 65,
        row: (b) => ({ temperature: 1.5 * b, topK: 9 * b, seed: [b, 5], stream: 7 * b }),
      }),
    ],
  },
  generate_steps: {
    reference: generate_steps,
    cases: () => [
      ...CELLS.flatMap((cell) => [
        generateCase({ cell }),
        generateCase({ cell, batch: 1, temperature: 0.8, topK: 7, topP: 0.9 }),
        generateCase({ cell, embedding: 7, given: true }),
        generateCase({ cell, batch: 5, hidden: 65, columns: 67, bias: false }),
      ]),
      ...HARD.map((hard) => generateCase(hard)),
      generateCase({ cell: "gru", embedding: 11, tied: true, layers: 1, temperature: 1 }),
    ],
  },
  generate_steps_int8: {
    reference: generate_steps_int8,
    cases: int8Cases,
  },
};

/** A check a kernel, in the table's order. */
export const KERNEL_CHECKS: readonly Check[] = (Object.keys(ENTRIES) as KernelName[]).map(checkOf);

function checkOf<K extends KernelName>(kernel: K): Check {
  const { reference, cases } = ENTRIES[kernel];
  return {
    group: KERNEL_GROUP,
    rows: [kernel],
    async *run(device) {
      for (const given of cases()) {
        const { differences } = await compareKernel(device, reference, given);
        for (const difference of differences) yield [kernel, difference];
      }
    },
  };
}
