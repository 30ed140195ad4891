/**
 * A short training whose losses all devices must agree on: the same seed, recorded steps, state carried along.
 *
 * @module
 */
import { type Difference, differenceOf } from "./cases/assert_close.ts";
import { ACROSS_DEVICES } from "./cases/tolerances.ts";
import { Corpus } from "../data/corpus.ts";
import { LYRICS } from "../data/lyrics.ts";
import type { Device } from "../device/device.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { Kind } from "../layers/recurrent/cell.ts";
import { RNNModel } from "../model.ts";
import { train } from "../train.ts";

/** Epochs of the training. */
export const EPOCHS = 10;

/**
 * Trains a model of 32 units on the first line or two of the built-in lyrics.
 *
 * @param device The device.
 * @param kind The layer.
 * @param signal Ends it.
 * @returns The mean loss of each epoch.
 */
export async function lossCurve(device: Device, kind: Kind, signal?: AbortSignal): Promise<number[]> {
  const corpus = Corpus.fromText(LYRICS, { newlines: "space", maxChars: 132 });
  const V = corpus.vocabulary.size;
  using model = new RNNModel(makeLayer(device, kind, { inputSize: V, hiddenSize: 32, seed: 0 }), V);
  const options = {
    batchSize: 4,
    numSteps: 8,
    learningRate: 1e-2,
    clipGradNorm: 1e-2,
    ...(signal ? { signal } : {}),
  };
  const losses: number[] = [];
  for await (const { loss } of train(model, corpus, { ...options, epochs: EPOCHS })) losses.push(loss);
  return losses;
}

/**
 * The difference of two devices' curves.
 *
 * @param actual One device's losses.
 * @param expected The other one's.
 * @param what Their names for the failure.
 */
export function compareCurves(actual: number[], expected: number[], what: string): Difference {
  return differenceOf(actual, expected, { shape: [EPOCHS], tolerance: ACROSS_DEVICES, what });
}
