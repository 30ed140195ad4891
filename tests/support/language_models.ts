/**
 * Small language models for whole-program tests.
 *
 * @module
 */
import {
  Corpus,
  type Device,
  type RecurrentOptions,
  RNNModel,
  train,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";

/** A text of 6 steps of {@linkcode BATCH} an epoch. */
export const TEXT: Corpus = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));
/** Another text of its vocabulary. */
export const HELD_OUT: Corpus = Corpus.fromText("la sol fa mi re do", { vocabulary: TEXT.vocabulary });
/** What {@linkcode TEXT} is cut into. */
export const BATCH = { batchSize: 3, numSteps: 5 } as const;
/** Steps of an epoch. */
export const STEPS = 6;

/** A model of any cell. */
export function makeModel(
  device: Device,
  { cell = "gru", vocabularySize, ...options }:
    & { cell?: Kind; vocabularySize: number }
    & Partial<RecurrentOptions>,
): RNNModel {
  const settings = { inputSize: vocabularySize, hiddenSize: 11, seed: 1, ...options };
  return new RNNModel(makeLayer(device, cell, settings), vocabularySize);
}

/** All reports of a run. */
export async function reportsOf(
  model: RNNModel,
  corpus: Corpus,
  options: TrainOptions,
): Promise<TrainReport[]> {
  const reports: TrainReport[] = [];
  for await (const report of train(model, corpus, options)) reports.push(report);
  return reports;
}

/** What of reports does not depend on the clock. */
export function timeless(reports: readonly TrainReport[]): unknown[] {
  return reports.map(({ tokensPerSecond: _, seconds: __, ...rest }) => rest);
}
