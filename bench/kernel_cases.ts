/**
 * Buffers for the kernels that were noted: the random ones of the tests, at the workloads' sizes. Kernels that no
 * workload has are added here at the size that they would have in H1.
 *
 * @module
 */
import type { Device } from "../src/device/device.ts";
import { ACTIVATION_KINDS, CELLS, type KernelName, type Params } from "../src/kernels.ts";
import { HUBER, LOGISTIC, SQUARED } from "../src/kernels/numbers.ts";
import { describe, STEPS_OF_GENERATION } from "../src/profile/kernel_work.ts";
import { integerNumbers, uniformNumbers } from "../src/verify/cases/arrays.ts";
import * as cases from "../src/verify/cases/cases.ts";
import type { Case } from "../src/verify/cases/check_kernel.ts";
import { generateCase } from "../src/verify/cases/generate.ts";
import { int8Case } from "../src/verify/cases/generate_int8.ts";
import { pointwiseLossCase } from "../src/verify/cases/losses.ts";
import { layerNormBackwardCase, layerNormForwardCase } from "../src/verify/cases/normalization.ts";
import { poolBackwardCase, poolForwardCase, type PoolOptions } from "../src/verify/cases/pools.ts";
import { normedBackwardCase, normedForwardCase } from "../src/verify/cases/normed_cell.ts";
import * as optimizers from "../src/verify/cases/optimizers.ts";
import { recurrentForwardCase } from "../src/verify/cases/recurrent.ts";
import { sampleCase } from "../src/verify/cases/sample.ts";
import { type Note, notesOfGeneration, notesOfTraining } from "./noted_kernels.ts";
import { GENERATION, TRAINING, trainingOn, type TrainingWorkload } from "./workloads.ts";

/** A kernel at one shape. */
export interface Shape extends Note {
  /** How often it occurs in each workload. */
  readonly occurrences: ReadonlyMap<string, number>;
}

/** What is measured of H2 and H3: products and recurrences, the rest only grows with the sizes. */
const KERNELS_OF_LARGE: readonly KernelName[] = ["gemm", "recurrent_forward", "recurrent_backward"];

/** All shapes that the workloads have, those with one description taken as one. */
export async function shapesOn(device: Device): Promise<Shape[]> {
  const shapes = new Map<string, Shape & { occurrences: Map<string, number> }>();
  const add = (workload: string, notes: readonly Note[]): void => {
    for (const note of notes) {
      const key = `${note.kernel} ${describe(note)}`;
      if (!shapes.has(key)) shapes.set(key, { ...note, occurrences: new Map() });
      const { occurrences } = shapes.get(key)!;
      occurrences.set(workload, (occurrences.get(workload) ?? 0) + 1);
    }
  };
  for (const [name, workload] of Object.entries(trainingOn(device))) {
    const notes = await notesOfTraining(device, workload);
    const large = name === "H2" || name === "H3";
    add(name, large ? notes.filter(({ kernel }) => KERNELS_OF_LARGE.includes(kernel)) : notes);
  }
  for (const [name, workload] of Object.entries(GENERATION)) {
    add(name, await notesOfGeneration(device, workload));
  }
  const count = [...shapes.values()].find(({ kernel }) => kernel === "adam")!.params.count!;
  add("-", [
    sgdNote(count),
    rmspropNote(count),
    dropoutNote(TRAINING["H1"]!),
    ...elementNotes(TRAINING["H1"]!),
    ...normedNotes(TRAINING["H1"]!),
    sampleNote(TRAINING["H1"]!),
  ]);
  add("-", [SQUARED, HUBER, LOGISTIC].map((kind) => pointwiseLossNote(TRAINING["H1"]!, kind)));
  return [...shapes.values()].sort((a, b) => a.kernel < b.kernel ? -1 : a.kernel > b.kernel ? 1 : 0);
}

function sgdNote(count: number): Note {
  const params = { count, momentumFactor: 0.9, nesterov: 0, weightDecay: 0 };
  return { kernel: "sgd", params, lengths: { gradients: count, parameters: count, momentum: count } };
}

function rmspropNote(count: number): Note {
  const smoothing = { alpha: 0.99, complement: 0.01, epsilon: 1e-8 };
  return {
    kernel: "rmsprop",
    params: { count, ...smoothing, weightDecay: 0, momentumFactor: 0 },
    lengths: { gradients: count, parameters: count, v: count },
  };
}

/** The outputs of one layer. */
function dropoutNote({ batchSize, numSteps, hiddenSize }: TrainingWorkload): Note {
  const count = batchSize * numSteps * hiddenSize;
  const params = { count, probability: 0.5, stream: 0, accumulate: 0, columns: count };
  return { kernel: "dropout", params, lengths: { x: count, y: count } };
}

/** Of the outputs of one layer, and their gradient; their sum with others; their mean over time; and normalized. */
function elementNotes({ batchSize, numSteps, hiddenSize }: TrainingWorkload): Note[] {
  const count = batchSize * numSteps * hiddenSize;
  const activations: Note[] = [0, 1].map((gradient) => ({
    kernel: "activation",
    params: { count, kind: ACTIVATION_KINDS.indexOf("gelu"), gradient, accumulate: 0 },
    lengths: { x: count, dy: count, y: count },
  }));
  const params = { count, product: 0, accumulate: 0 };
  const combination: Note = { kernel: "combine", params, lengths: { a: count, b: count, y: count } };
  const sizes = { steps: numSteps, batch: batchSize, columns: hiddenSize };
  const strides = { stepStride: batchSize * hiddenSize, rowStride: hiddenSize, kind: 0 };
  const pools: Note[] = [
    { kernel: "pool_forward", params: { ...sizes, ...strides }, lengths: { x: count } },
    { kernel: "pool_backward", params: { ...sizes, ...strides, accumulate: 0 }, lengths: { dx: count } },
  ];
  const rows = { rows: batchSize * numSteps, columns: hiddenSize, scaled: 1 };
  const norms: Note[] = [
    { kernel: "layer_norm_forward", params: { ...rows, epsilon: 1e-5, shifted: 1 }, lengths: { x: count } },
    { kernel: "layer_norm_backward", params: { ...rows, accumulate: 0 }, lengths: { dx: count } },
  ];
  return [...activations, combination, ...pools, ...norms];
}

/** A step of an LSTM with normalized cells. */
function normedNotes({ batchSize: batch, numSteps: steps, hiddenSize: hidden }: TrainingWorkload): Note[] {
  const { params: forward } = normedForwardCase({ batch, steps, hidden });
  const { params: backward } = normedBackwardCase({ batch, steps, hidden });
  const lengths = { gates: steps * batch * (12 * hidden + 4) };
  return [
    { kernel: "normed_cell_forward", params: forward, lengths },
    { kernel: "normed_cell_backward", params: backward, lengths },
  ];
}

/** As many numbers as the outputs of one layer. */
function pointwiseLossNote({ batchSize, numSteps, hiddenSize }: TrainingWorkload, kind: number): Note {
  const count = batchSize * numSteps * hiddenSize;
  const params = { count, columns: 0, kind, delta: 1, scale: 1 / count, gradient: 1 };
  return { kernel: "pointwise_loss", params, lengths: { x: count, goals: count, dx: count } };
}

/** Of one step of a batch. */
function sampleNote({ batchSize: batch, vocabularySize: columns }: TrainingWorkload): Note {
  return { kernel: "sample", params: { batch, columns, ld: columns }, lengths: { logits: batch * columns } };
}

/** The case of a note; the strides of its buffers come from the parameters. */
const CASES: { readonly [K in KernelName]: (params: Params<K>, lengths: Note["lengths"]) => Case<K> } = {
  gemm: (params) =>
    cases.gemmCase({
      ...params,
      padA: params.lda - (params.transposeA ? params.M : params.K),
      padB: params.ldb - (params.transposeB ? params.K : params.N),
      padC: params.ldc - params.N,
    }),
  sum_rows: cases.sumRowsCase,
  copy_columns: cases.copyColumnsCase,
  embedding_forward: (params, { table }) => {
    const { batch, steps, columns, columnStride } = params;
    const vocabulary = Math.floor(table! / columns);
    const transposed = columnStride > 1;
    const ids = integerNumbers(batch * steps, 4, vocabulary);
    return cases.embeddingForwardCase({ ...params, vocabulary, transposed, ids });
  },
  embedding_backward: (params, { order }) => {
    const { vocabulary, columnStride } = params;
    const ids = integerNumbers(order!, 4, vocabulary);
    return cases.embeddingBackwardCase({
      ...params,
      batch: 1,
      steps: order!,
      transposed: columnStride > 1,
      ids,
    });
  },
  recurrent_forward: recurrence,
  recurrent_backward: (params, lengths) => {
    // The check puts the forward pass's gates and states in their place.
    const { buffers, tolerance } = recurrence({ ...params, carry: 0 }, lengths);
    const { steps, batch, hidden, projection } = params;
    const R = projection || hidden;
    const dy = uniformNumbers(steps * batch * R, 6);
    const dstates = uniformNumbers(lengths.dstates!, 7);
    return { kernel: "recurrent_backward", params, buffers: { ...buffers, dy, dstates }, tolerance };
  },
  normed_cell_forward: ({ cell, batch, steps, hidden }) =>
    normedForwardCase({ cell: CELLS[cell]!, batch, steps, hidden }),
  normed_cell_backward: ({ cell, batch, steps, hidden }) =>
    normedBackwardCase({ cell: CELLS[cell]!, batch, steps, hidden }),
  dropout: cases.dropoutCase,
  layer_norm_forward: layerNormForwardCase,
  layer_norm_backward: layerNormBackwardCase,
  pool_forward: poolOf(poolForwardCase),
  pool_backward: poolOf(poolBackwardCase),
  activation: cases.activationCase,
  pointwise_loss: pointwiseLossCase,
  combine: cases.combineCase,
  softmax_cross_entropy: cases.softmaxCrossEntropyCase,
  sum_squares: optimizers.sumSquaresCase,
  clip_grad_norm: ({ count }) => {
    const given = optimizers.clipGradNormCase({ count });
    const norm = Math.sqrt(given.buffers.partials.reduce((sum, partial) => sum + partial, 0));
    // The gradients are scaled each time: by so little that they are the same after any number of times.
    return { ...given, params: { count, maxNorm: norm * (1 - 2 ** -22) } };
  },
  sgd: optimizers.sgdCase,
  adam: optimizers.adamCase,
  rmsprop: optimizers.rmspropCase,
  sample: (params) => sampleCase({ ...params, temperature: 0 }),
  generate_steps: (params) =>
    generateCase({ ...params, cell: CELLS[params.cell]!, steps: STEPS_OF_GENERATION }),
  generate_steps_int8: (params) =>
    int8Case({ ...params, cell: CELLS[params.cell]!, steps: STEPS_OF_GENERATION }),
};

/** The case of a pool, whatever the strides are. */
function poolOf<K extends "pool_forward" | "pool_backward">(make: (options: PoolOptions) => Case<K>) {
  return ({ stepStride, columns, ...params }: Params<K>): Case<K> =>
    make({ ...params, columns, batchFirst: stepStride === columns });
}

function recurrence(
  params: Params<"recurrent_forward">,
  lengths: Note["lengths"],
): Case<"recurrent_forward"> {
  const { steps, batch, hidden, projection } = params;
  const cell = CELLS[params.cell]!;
  const given = recurrentForwardCase({ cell, steps, batch, hidden, projection });
  const states = uniformNumbers(lengths.states!, 5);
  const gates = uniformNumbers(lengths.gates!, 4);
  return { ...given, params, buffers: { ...given.buffers, gates, states } };
}

/** The case of a noted kernel. */
export function caseOf({ kernel, params, lengths }: Note): Case<KernelName> {
  const make = CASES[kernel] as (params: Params<KernelName>, lengths: Note["lengths"]) => Case<KernelName>;
  return make(params as Params<KernelName>, lengths);
}
