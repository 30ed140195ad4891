/**
 * Small language models for whole-program tests.
 *
 * @module
 */
import {
  type Corpus,
  type Device,
  type RecurrentOptions,
  RNNModel,
  train,
  type TrainOptions,
  type TrainReport,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";

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
