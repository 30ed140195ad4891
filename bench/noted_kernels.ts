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

/** The device, but that kernels which are recorded are noted by program, and no kernel runs: what is read is zero. */
function noting(device: Device): { device: Device; programs: Note[][] } {
  const programs: Note[][] = [];
  let recording = false;
  const own: Partial<Device> = {
    run<K extends KernelName>(kernel: K, buffers: Buffers<K, Block>, params: Params<K>): void {
      if (!recording) return;
      const blocks = Object.entries(buffers as Record<string, Block>);
      const lengths = Object.fromEntries(blocks.map(([name, { length }]) => [name, length]));
      programs.at(-1)!.push({ kernel, params: params as Record<string, number>, lengths });
    },
    record(body) {
      recording = true;
      programs.push([]);
      try {
        return device.record(body);
      } finally {
        recording = false;
      }
    },
  };
  const proxy = new Proxy(device, {
    get(target, key): unknown {
      const value = Reflect.get(own, key) ?? Reflect.get(target, key);
      return typeof value === "function" && !(key in own) ? value.bind(target) : value;
    },
  });
  return { device: proxy, programs };
}

/** The kernels of one step of training, in order. */
export async function notesOfTraining(real: Device, workload: TrainingWorkload): Promise<Note[]> {
  const { device, programs } = noting(real);
  const { batchSize, numSteps } = workload;
  using model: RNNModel = modelOf(device, workload);
  const options = { epochs: 1, batchSize, numSteps, clipGradNorm: 1e-2 };
  for await (const _ of train(model, corpusOf(workload, 1), options));
  return programs[0]!;
}

/** The kernels of some characters of a generation, of all its streams, in order. */
export async function notesOfGeneration(real: Device, workload: GenerationWorkload): Promise<Note[]> {
  const { device, programs } = noting(real);
  const { vocabularySize, streams } = workload;
  using model: RNNModel = modelOf(device, workload);
  const { vocabulary } = corpusOf({ ...workload, batchSize: 1, numSteps: vocabularySize }, 1);
  const prefixes = Array.from({ length: streams }, () => vocabulary.tokens[0]!);
  for await (const _ of generate(model, vocabulary, { prefixes, length: 1, temperature: 0 }));
  return programs[0]!;
}
