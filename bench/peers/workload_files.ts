/**
 * What all peers start from, as files: the weights of a workload, written by refrain's own save(), and beside them its
 * sizes and ids as JSON.
 *
 * @module
 */
import { consecutiveBatches } from "../../src/data/batches.ts";
import type { Ids } from "../../src/ids.ts";
import type { Device } from "../../src/device/device.ts";
import { save } from "../../src/exchange/model_file.ts";
import {
  corpusOf,
  GENERATION,
  type GenerationWorkload,
  GPU_TRAINING,
  modelOf,
  SMALL_TRAINING,
  TRAINING,
  type TrainingWorkload,
} from "../workloads.ts";

/** Of Adam, and the largest norm of the gradients, in every workload. */
export const TRAINED_WITH = { learningRate: 1e-3, clipGradNorm: 1e-2 };

/** NAME.json of a step of training: the same batch at each step, its rows' state carried from step to step. */
export interface TrainingFile extends TrainingWorkload {
  kind: "training";
  /** (B, T) */
  inputs: number[];
  /** (B, T) */
  targets: number[];
  learningRate: number;
  clipGradNorm: number;
}

/** NAME.json of a generation. */
export interface GenerationFile extends GenerationWorkload {
  kind: "generation";
  /** (streams) The character that each begins with. */
  ids: number[];
}

/** NAME.json */
export type WorkloadFile = TrainingFile | GenerationFile;

/** All workloads that peers are timed with. */
export const NAMES: readonly string[] = [SMALL_TRAINING, TRAINING, GPU_TRAINING, GENERATION].flatMap(
  Object.keys,
);

/** The text that a generation's vocabulary is made of. */
export function textOf(workload: GenerationWorkload): ReturnType<typeof corpusOf> {
  return corpusOf({ ...workload, batchSize: 1, numSteps: workload.vocabularySize }, 1);
}

/**
 * Writes NAME.safetensors and NAME.json into a folder; of a step of training also NAME-embedding, the same with a model
 * whose characters go through an embedding of size H.
 */
export async function writeWorkload(device: Device, folder: string, name: string): Promise<WorkloadFile> {
  const training = TRAINING[name] ?? GPU_TRAINING[name] ?? SMALL_TRAINING[name];
  const generation = GENERATION[name]!;
  const workload = training ?? generation;
  const corpus = training ? corpusOf(training, 1) : textOf(generation);
  using model = modelOf(device, workload);
  await save(`${folder}/${name}.safetensors`, model, corpus.vocabulary);
  const file: WorkloadFile = training
    ? { kind: "training", ...training, ...batchOf(corpus.ids, training), ...TRAINED_WITH }
    : { kind: "generation", ...generation, ids: Array.from({ length: generation.streams }, (_, id) => id) };
  await Deno.writeTextFile(`${folder}/${name}.json`, JSON.stringify(file));
  if (training) {
    using embedding = modelOf(device, workload, workload.hiddenSize);
    await save(`${folder}/${name}-embedding.safetensors`, embedding, corpus.vocabulary);
    await Deno.writeTextFile(`${folder}/${name}-embedding.json`, JSON.stringify(file));
  }
  return file;
}

function batchOf(
  ids: Ids,
  { batchSize, numSteps }: TrainingWorkload,
): { inputs: number[]; targets: number[] } {
  const { inputs, targets } = consecutiveBatches(ids, { batchSize, numSteps }).next().value!;
  return { inputs: [...inputs], targets: [...targets] };
}
