/**
 * Which kernels a step is made of, with their parameters and the sizes of their buffers: noted from the program that is
 * recorded, not written down. So the benchmarks measure the shapes that occur.
 *
 * @module
 */
import type { Block, Device } from "../src/device/device.ts";
import { generate } from "../src/generate.ts";
import type { Buffers, KernelName, Params } from "../src/kernels.ts";
import type { RNNModel } from "../src/model.ts";
import { train } from "../src/train.ts";
import { corpusOf, type GenerationWorkload, modelOf, type TrainingWorkload } from "./workloads.ts";

/** A kernel of a program. */
export interface Note {
  readonly kernel: KernelName;
  readonly params: Readonly<Record<string, number>>;
  /** Words of each buffer. */
  readonly lengths: Readonly<Record<string, number>>;
}

/** Has a device note kernels that are recorded, by program, and run none, until disposed: what is read is zero. */
function noting(device: Device): { programs: Note[][] } & Disposable {
  const programs: Note[][] = [];
  const { run, record } = device;
  let recording = false;
  device.run = <K extends KernelName>(kernel: K, buffers: Buffers<K, Block>, params: Params<K>): void => {
    if (!recording) return;
    const blocks = Object.entries(buffers as Record<string, Block>);
    const lengths = Object.fromEntries(blocks.map(([name, { length }]) => [name, length]));
    programs.at(-1)!.push({ kernel, params: params as Record<string, number>, lengths });
  };
  device.record = (body) => {
    recording = true;
    programs.push([]);
    try {
      return record.call(device, body);
    } finally {
      recording = false;
    }
  };
  return {
    programs,
    [Symbol.dispose](): void {
      Object.assign(device, { run, record });
    },
  };
}

/** The kernels of one step of training, in order. */
export async function notesOfTraining(device: Device, workload: TrainingWorkload): Promise<Note[]> {
  using noted = noting(device);
  const { batchSize, numSteps } = workload;
  using model: RNNModel = modelOf(device, workload);
  const options = { epochs: 1, batchSize, numSteps, clipGradNorm: 1e-2 };
  for await (const _ of train(model, corpusOf(workload, 1), options));
  return noted.programs[0]!;
}

/** The kernels of some characters of a generation, of all its streams, in order. */
export async function notesOfGeneration(device: Device, workload: GenerationWorkload): Promise<Note[]> {
  using noted = noting(device);
  const { vocabularySize, streams } = workload;
  using model: RNNModel = modelOf(device, workload);
  const { vocabulary } = corpusOf({ ...workload, batchSize: 1, numSteps: vocabularySize }, 1);
  const prefixes = Array.from({ length: streams }, () => vocabulary.tokens[0]!);
  for await (const _ of generate(model, vocabulary, { prefixes, length: 1, temperature: 0 }));
  return noted.programs[0]!;
}
