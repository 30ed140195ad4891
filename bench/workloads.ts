/**
 * The workloads that are timed, and their models and texts.
 *
 * - H0: one step of training a small model, which bench/busy.ts gives more and more threads.
 * - H1: one step of training the tutorial's model. H1-gru, H1-lstm: with those cells.
 * - H2: one step of a larger LSTM on few characters. H3: of a still larger one, for hardware GPUs only.
 * - G1: 200 characters, greedily, one stream. G1-lstm; G32: 32 streams at once.
 *
 * @module
 */
import { Corpus } from "../src/data/corpus.ts";
import { Vocabulary } from "../src/data/vocabulary.ts";
import type { Device } from "../src/device/device.ts";
import { makeLayer } from "../src/layers/make_layer.ts";
import { RNNModel } from "../src/model.ts";
import { Random } from "../src/random.ts";

/** Sizes of a model. */
export interface ModelSizes {
  cell: "rnn" | "gru" | "lstm";
  /** H */
  hiddenSize: number;
  /** L */
  numLayers: number;
  /** V */
  vocabularySize: number;
}

/** A step of training. */
export interface TrainingWorkload extends ModelSizes {
  /** B */
  batchSize: number;
  /** T */
  numSteps: number;
}

/** A generation. */
export interface GenerationWorkload extends ModelSizes {
  /** Texts side by side. */
  streams: number;
  /** Characters added to each. */
  length: number;
}

const TUTORIAL = { cell: "rnn", hiddenSize: 256, numLayers: 1, vocabularySize: 1027 } as const;
const H1: TrainingWorkload = { ...TUTORIAL, batchSize: 32, numSteps: 35 };
const G1: GenerationWorkload = { ...TUTORIAL, streams: 1, length: 200 };

/** Steps of training by name. */
export const TRAINING: Readonly<Record<string, TrainingWorkload>> = {
  "H1": H1,
  "H1-gru": { ...H1, cell: "gru" },
  "H1-lstm": { ...H1, cell: "lstm" },
  "H2": { cell: "lstm", hiddenSize: 512, numLayers: 2, vocabularySize: 65, batchSize: 50, numSteps: 50 },
};

/** Steps of training that only a hardware GPU is given: on a processor one takes minutes. */
export const GPU_TRAINING: Readonly<Record<string, TrainingWorkload>> = {
  "H3": { cell: "lstm", hiddenSize: 1024, numLayers: 3, vocabularySize: 256, batchSize: 128, numSteps: 128 },
};

/** A step of a model so small that to wake a second thread may cost more than the thread gives. */
export const SMALL_TRAINING: Readonly<Record<string, TrainingWorkload>> = {
  "H0": { cell: "rnn", hiddenSize: 64, numLayers: 1, vocabularySize: 65, batchSize: 2, numSteps: 35 },
};

/** The steps of training that a device is timed with. */
export function trainingOn({ name, software }: Device): Readonly<Record<string, TrainingWorkload>> {
  const hardware = name === "webgpu" && !software;
  return hardware ? { ...TRAINING, ...GPU_TRAINING } : TRAINING;
}

/** Generations by name. */
export const GENERATION: Readonly<Record<string, GenerationWorkload>> = {
  "G1": G1,
  "G1-lstm": { ...G1, cell: "lstm" },
  "G32": { ...G1, streams: 32 },
};

/** A model of these sizes, with the weights of seed 0; characters go through an embedding where that has a size. */
export function modelOf(
  device: Device,
  { cell, hiddenSize, numLayers, vocabularySize }: ModelSizes,
  embeddingSize = 0,
): RNNModel {
  const options = { inputSize: embeddingSize || vocabularySize, hiddenSize, numLayers, seed: 0 };
  return new RNNModel(makeLayer(device, cell, options), vocabularySize, { embeddingSize });
}

/**
 * A text of random characters, of V distinct ones, that gives `steps` batches an epoch: each comes at least once where the
 * text is as long as that.
 */
export function corpusOf({ vocabularySize, batchSize, numSteps }: TrainingWorkload, steps: number): Corpus {
  const random = new Random(0);
  const size = batchSize * (numSteps * steps + 1);
  const ids = Array.from({ length: size }, (_, i) => i < vocabularySize ? i : random.integer(vocabularySize));
  for (let i = size - 1; i > 0; i--) {
    const k = random.integer(i + 1);
    [ids[i], ids[k]] = [ids[k]!, ids[i]!];
  }
  const characters = Array.from({ length: vocabularySize }, (_, id) => String.fromCodePoint(0x4e00 + id));
  const vocabulary = Vocabulary.fromTokens(characters);
  return Corpus.fromText(ids.map((id) => characters[id]).join(""), { vocabulary });
}
