/**
 * What bench/sequences.ts times: a recurrent layer and a dense one that tell numbers of the next time step from those so
 * far. Sizes, the data, and the files that all systems begin with.
 *
 * @module
 */
import { Dense, type Device, GRU, LSTM, RNN, type StateDict } from "../../mod.ts";
import { encodeSafetensors } from "../../src/files/safetensors.ts";
import { Random } from "../../src/random.ts";
import type { Settings } from "../peers/protocol.ts";

/** Sizes of a task. */
export interface Sizes {
  readonly cell: "rnn" | "gru" | "lstm";
  /** B */
  readonly batchSize: number;
  /** T */
  readonly numSteps: number;
  /** I, which is the size of an output too. */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
}

/** NAME.json: the same for all systems. */
export interface TaskFile extends Sizes {
  readonly learningRate: number;
  /** Batches of an epoch, (T + 1, B, I) each: the steps of a batch are its first T, what they tell its last T. */
  readonly batches: readonly (readonly number[])[];
}

/** Batches of an epoch, so many steps are timed at once. */
export const BATCHES = 64;
const SHAPE = { numSteps: 20, inputSize: 5 };

/** What is timed, by name. */
export const TASKS: Readonly<Record<string, Sizes>> = {
  small: { cell: "rnn", batchSize: 8, hiddenSize: 32, ...SHAPE },
  rnn: { cell: "rnn", batchSize: 32, hiddenSize: 64, ...SHAPE },
  gru: { cell: "gru", batchSize: 32, hiddenSize: 64, ...SHAPE },
  lstm: { cell: "lstm", batchSize: 32, hiddenSize: 64, ...SHAPE },
};

/** Both layers. */
export interface Model {
  readonly layer: RNN | GRU | LSTM;
  readonly dense: Dense;
}

const CELLS = { rnn: RNN, gru: GRU, lstm: LSTM };

/** Makes them. */
export function modelOf(device: Device, { cell, inputSize, hiddenSize }: Sizes): Model {
  const layer = new CELLS[cell](device, { inputSize, hiddenSize, seed: 1 });
  return { layer, dense: new Dense(device, { inputSize: hiddenSize, outputSize: inputSize, seed: 2 }) };
}

/** Sums of two waves and noise, time-major. */
function batchOf({ batchSize, numSteps, inputSize }: Sizes, seed: number): number[] {
  const random = new Random(seed);
  const waves = Array.from({ length: batchSize * inputSize }, () => {
    const [phase, speed] = [6.3 * random.uniform(), 0.2 + 0.6 * random.uniform()];
    return (t: number): number => 0.5 * Math.sin(phase + speed * t) + 0.1 * random.uniform();
  });
  return Array.from({ length: numSteps + 1 }, (_, t) => waves.map((wave) => Math.fround(wave(t)))).flat();
}

/** Writes PATH.json and PATH.safetensors. */
export async function writeTask(device: Device, path: string, sizes: Sizes): Promise<void> {
  const { layer, dense } = modelOf(device, sizes);
  const tensors: StateDict = {};
  for (const [place, module] of Object.entries({ rnn: layer, dense })) {
    for (const [name, tensor] of Object.entries(await module.stateDict())) {
      tensors[`${place}.${name}`] = tensor;
    }
    module[Symbol.dispose]();
  }
  await Deno.writeFile(`${path}.safetensors`, encodeSafetensors(tensors));
  const batches = Array.from({ length: BATCHES }, (_, seed) => batchOf(sizes, seed));
  const file: TaskFile = { ...sizes, learningRate: 1e-3, batches };
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(file));
}

/** A task as a process was told it. */
export function taskOf({ workload }: Settings): TaskFile {
  return workload as unknown as TaskFile; // another kind of file than those of bench/peers
}
