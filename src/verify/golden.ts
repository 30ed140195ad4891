/**
 * PyTorch's own numbers: the cases that the scripts in tests/golden/ wrote. They are read when they are asked for, and
 * the letters are those of the scripts.
 *
 * @module
 */
import { assertSame, type Difference, differenceOf } from "./cases/assert_close.ts";
import { GOLDEN } from "./cases/tolerances.ts";
import type { CellOptions } from "../layers/cells.ts";
import type { Kind } from "../layers/recurrent/cell.ts";
import type { RecurrentOptions } from "../layers/recurrent/options.ts";
import type { StateDict } from "../tensors/module.ts";

/** A tensor of a golden file. */
export interface Golden {
  shape: number[];
  data: number[];
}

/** A layer alone. */
export interface LayerCase {
  name: string;
  kind: Kind;
  options: RecurrentOptions;
  lengths: number[] | null;
  input: Golden;
  state: Golden[] | null;
  weights: Record<string, Golden>;
  output: Golden;
  finalState: Golden[];
  upstream: Golden;
  upstreamState: Golden[] | null;
  gradients: { input: Golden; weights: Record<string, Golden>; state: Golden[] | null };
}

/** Two steps of a cell. */
export interface CellCase {
  name: string;
  kind: Kind;
  options: CellOptions;
  inputs: Golden[];
  state: Golden[] | null;
  weights: Record<string, Golden>;
  states: [first: Golden[], second: Golden[]];
  /** Gradients that go backwards: one for each second state, then one for the first h. */
  upstream: Golden[];
  gradients: { inputs: Golden[]; weights: Record<string, Golden>; state: Golden[] | null };
}

/** An embedding. */
export interface EmbeddingCase {
  name: string;
  vocabularySize: number;
  embeddingSize: number;
  ids: number[];
  weight: Golden;
  output: Golden;
  upstream: Golden;
  gradient: Golden;
}

/** What stands between layers. */
export interface PartCase {
  name: string;
  /** The function or layer, by its name. */
  part: string;
  options: Record<string, never>;
  inputs: Golden[];
  weights: Record<string, Golden> | null;
  output: Golden;
  upstream: Golden;
  gradients: { inputs: Golden[]; weights: Record<string, Golden> | null };
}

/** Ten steps of a language model. */
export interface TrainingCase {
  name: string;
  cell: Kind;
  numLayers: number;
  vocabularySize: number;
  hiddenSize: number;
  /** 0 or absent for one-hot inputs. */
  embeddingSize?: number;
  tieWeights?: boolean;
  batchSize: number;
  numSteps: number;
  learningRate: number;
  clipGradNorm: number;
  weights: Record<string, Golden>;
  batches: { ids: number[]; targets: number[] }[];
  losses: number[];
  norms: number[];
  gradients: Record<string, Golden>;
  logits: Golden;
  finalWeights: Record<string, Golden>;
}

/** A loss of one option each. */
export interface LossCase {
  name: string;
  loss: "meanSquaredError" | "huber" | "binaryCrossEntropyWithLogits" | "crossEntropy";
  options: Record<string, unknown>;
  input: Golden;
  targets: Golden;
  value: number;
  /** Of the input. */
  gradient: Golden;
}

/** Fifty steps of an optimizer that is fed `gradients`, and the parameters after some of them. */
export interface OptimizerCase {
  kind: "Adam" | "AdamW" | "SGD" | "RMSprop";
  options: Record<string, unknown>;
  parameters: Record<string, number[]>;
}

/** What all optimizers begin with, and what each gave. */
export interface OptimizerCases {
  initial: number[];
  gradients: number[][];
  optimizers: OptimizerCase[];
}

/** The cases of layers.json, and of cell_forms.json those of layers that PyTorch does not have. */
export async function layerCases(): Promise<LayerCase[]> {
  const files = [await read("layers"), await read("cell_forms")] as { cases: LayerCase[] }[];
  return files.flatMap(({ cases }) => cases);
}

/** The cases of cells.json that are cells: sixteen. */
export async function cellCases(): Promise<CellCase[]> {
  return casesOf<CellCase>(await read("cells"), "cell");
}

/** The embedding of cells.json: one case. */
export async function embeddingCases(): Promise<EmbeddingCase[]> {
  return casesOf<EmbeddingCase>(await read("cells"), "embedding");
}

/** The cases of parts.json. */
export async function partCases(): Promise<PartCase[]> {
  return (await read("parts") as { cases: PartCase[] }).cases;
}

function casesOf<Case>(file: unknown, type: string): Case[] {
  return (file as { cases: (Case & { type: string })[] }).cases.filter((given) => given.type === type);
}

/** The cases of training.json, and the models with an embedding of cells.json: weights tied and not. */
export async function trainingCases(): Promise<TrainingCase[]> {
  const { cases } = await read("training") as { cases: TrainingCase[] };
  return [...cases, ...casesOf<TrainingCase>(await read("cells"), "language model")];
}

/** The cases of losses.json. */
export async function lossCases(): Promise<LossCase[]> {
  return (await read("losses") as { cases: LossCase[] }).cases;
}

/** The cases of optimizers.json. */
export async function optimizerCases(): Promise<OptimizerCases> {
  return await read("optimizers") as OptimizerCases;
}

/** Not a specifier in quotes: whoever only trains shall not download megabytes, nor a compiler infer their types. */
async function read(
  name: "layers" | "cell_forms" | "losses" | "cells" | "training" | "optimizers" | "parts",
): Promise<unknown> {
  const { href } = new URL(`./golden/${name}.json`, import.meta.url);
  return (await import(href, { with: { type: "json" } })).default;
}

/** Golden weights as loadStateDict() takes them. */
export function dictOf(weights: Record<string, Golden>): StateDict {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data) }]),
  );
}

/**
 * The difference of a tensor from a golden one.
 *
 * @throws {Mismatch} If the shapes differ.
 */
export function fromGolden(
  actual: { shape: readonly number[]; data: ArrayLike<number> },
  { shape, data }: Golden,
  { what, tolerance = GOLDEN }: { what: string; tolerance?: number },
): Difference {
  assertSame(actual.shape, shape, `${what}: shape`);
  return differenceOf(actual.data, data, { shape, tolerance, what });
}

/**
 * The differences of a set of tensors from golden ones.
 *
 * @throws {Mismatch} If names or shapes differ.
 */
export function dictFromGolden(
  actual: StateDict,
  expected: Record<string, Golden>,
  { what, tolerance = GOLDEN }: { what: string; tolerance?: number },
): Difference[] {
  assertSame(Object.keys(actual), Object.keys(expected), `${what}: names`);
  return Object.entries(expected).map(([name, golden]) =>
    fromGolden(actual[name]!, golden, { what: `${what} of ${name}`, tolerance })
  );
}
