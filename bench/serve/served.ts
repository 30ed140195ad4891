/** The models that bench/serve.ts serves. @module */
import { type Device, type RNNModel, Vocabulary } from "../../mod.ts";
import { modelOf } from "../workloads.ts";

/** What is served: the tutorial's model, and larger ones. */
export const MODELS = {
  tutorial: { cell: "rnn", hiddenSize: 256, numLayers: 1, size: 1027 },
  "LSTM 512": { cell: "lstm", hiddenSize: 512, numLayers: 1, size: 96 },
  "LSTM 2 × 512": { cell: "lstm", hiddenSize: 512, numLayers: 2, size: 96 },
} as const;

/** A model of random weights, and a vocabulary. */
export function served(
  device: Device,
  name: string,
): { model: RNNModel; vocabulary: Vocabulary; cell: "rnn" | "lstm"; hiddenSize: number } {
  const { cell, hiddenSize, numLayers, size } = MODELS[name as keyof typeof MODELS];
  const characters = Array.from({ length: size }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const model = modelOf(device, { cell, hiddenSize, numLayers, vocabularySize: size });
  return { model, vocabulary: Vocabulary.fromText(characters.join("")), cell, hiddenSize };
}
