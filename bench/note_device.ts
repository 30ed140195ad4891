/**
 * A device that computes nothing: it notes which kernels a recorded program holds, with their parameters and the sizes of
 * their buffers. So the benchmarks measure the shapes that occur, not those that somebody wrote down once.
 *
 * @module
 */
import type { Block, Device, DeviceInfo, Program } from "../src/device/device.ts";
import type { Buffers, KernelName, Params } from "../src/kernels.ts";
import { generate } from "../src/generate.ts";
import { train } from "../src/train.ts";
import { corpusOf, type GenerationWorkload, modelOf, type TrainingWorkload } from "./workloads.ts";

/** A kernel of a program. */
export interface Note {
  readonly kernel: KernelName;
  readonly params: Readonly<Record<string, number>>;
  /** Words of each buffer. */
  readonly lengths: Readonly<Record<string, number>>;
}

class NoteBlock implements Block {
  constructor(readonly length: number) {}
  view(_offset: number, length: number): Block {
    return new NoteBlock(length);
  }
  [Symbol.dispose](): void {}
}

/** Notes what is recorded; what it reads is zero. */
class NoteDevice implements Device {
  readonly name: string;
  readonly info: DeviceInfo;
  readonly notes: Note[] = [];
  #recording = false;

  constructor(name: string) {
    this.name = name;
    this.info = { name, description: "notes", details: {} };
  }

  alloc(length: number): Block {
    return new NoteBlock(length);
  }

  run<K extends KernelName>(kernel: K, buffers: Buffers<K, Block>, params: Params<K>): void {
    if (!this.#recording) return;
    const blocks = Object.entries(buffers as Record<string, Block>);
    const lengths = Object.fromEntries(blocks.map(([name, { length }]) => [name, length]));
    this.notes.push({ kernel, params: params as Record<string, number>, lengths });
  }

  record(body: () => void): Program {
    this.#recording = true;
    body();
    this.#recording = false;
    return { run(): void {}, [Symbol.dispose](): void {} };
  }

  read(source: Block): Promise<ArrayBuffer> {
    return Promise.resolve(new ArrayBuffer(source.length * 4));
  }

  scope<R>(body: () => R): R {
    return body();
  }

  write(): void {}
  clear(): void {}
  [Symbol.dispose](): void {}
}

/** The kernels of one step of training, in order, as a device of this name is given them. */
export async function notesOfTraining(workload: TrainingWorkload, deviceName = "wasm"): Promise<Note[]> {
  const device = new NoteDevice(deviceName), model = modelOf(device, workload);
  const { batchSize, numSteps } = workload;
  await train(model, corpusOf(workload, 1), { epochs: 1, batchSize, numSteps, clipGradNorm: 1e-2 }).next();
  return device.notes;
}

/** The kernels of one character of a generation (of each stream), in order. */
export async function notesOfGeneration(workload: GenerationWorkload, deviceName = "wasm"): Promise<Note[]> {
  const device = new NoteDevice(deviceName), model = modelOf(device, workload);
  const { vocabulary } = corpusOf({ ...workload, batchSize: 1, numSteps: workload.vocabularySize }, 1);
  const prefixes = Array.from({ length: workload.streams }, () => vocabulary.tokens[0]!);
  await generate(model, vocabulary, { prefixes, length: 1, temperature: 0 }).next();
  return device.notes;
}
