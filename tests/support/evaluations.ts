/**
 * What PyTorch says of texts: the cases that tests/golden/generate_evaluations.py wrote.
 *
 * @module
 */
import { Corpus, type Device, RNNModel, Vocabulary } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";
import { dictOf, type Golden } from "../../src/verify/golden.ts";
import file from "../golden/evaluations/evaluations.json" with { type: "json" };

/** A language model and its losses. */
export interface EvaluationCase {
  cell: Kind;
  vocabularySize: number;
  hiddenSize: number;
  weights: Record<string, Golden>;
  ids: number[];
  /** Of the first ids: mean losses in nats, by the number of rows and the length of windows. */
  texts: { size: number; stream: number; rows: Record<string, number>; windows: Record<string, number> }[];
  /** Of the first ids but the very first one. */
  scores: { logProbabilities: number[]; ranks: number[]; entropies: number[] };
}

/** RNN, GRU and LSTM. */
export const CASES = file.cases as unknown as readonly EvaluationCase[];

/** The letters that stand for ids. */
export const VOCABULARY: Vocabulary = Vocabulary.fromTokens([..."abcdefghijk"]);

/** The model of a case. */
export function modelOf(device: Device, given: EvaluationCase): RNNModel {
  const { cell, vocabularySize, hiddenSize, weights } = given;
  const layer = makeLayer(device, cell, { inputSize: vocabularySize, hiddenSize, seed: 0 });
  const model = new RNNModel(layer, vocabularySize);
  model.loadStateDict(dictOf(weights));
  return model;
}

/** The first ids of a case as a text. */
export function corpusOf({ ids }: Pick<EvaluationCase, "ids">, size: number = ids.length): Corpus {
  return Corpus.fromText(VOCABULARY.decode(ids.slice(0, size)), { vocabulary: VOCABULARY });
}
