/**
 * PyTorch's numbers in tests/golden/cells.json, which generate_cells.py wrote and explains.
 *
 * @module
 */
import type { CellOptions } from "../../mod.ts";
import type { Golden, TrainingCase } from "../../src/verify/golden.ts";
import file from "../golden/cells.json" with { type: "json" };

/** Two steps of a cell. */
export interface CellCase {
  name: string;
  kind: "rnn" | "gru" | "lstm";
  options: CellOptions;
  inputs: Golden[];
  state: Golden[] | null;
  weights: Record<string, Golden>;
  states: [first: Golden[], second: Golden[]];
  /** Of each second state, then of the first h. */
  upstream: Golden[];
  gradients: { inputs: Golden[]; weights: Record<string, Golden>; state: Golden[] | null };
}

/** An embedding. */
export interface EmbeddingCase {
  name: string;
  vocabularySize: number;
  embeddingSize: number;
  ids: number[];
  weight: Golden;
  output: Golden;
  upstream: Golden;
  gradient: Golden;
}

/** Ten steps of a language model with an embedding. */
export interface EmbeddingModelCase extends TrainingCase {
  embeddingSize: number;
  tieWeights: boolean;
}

function casesOf<Case>(type: string): Case[] {
  return file.cases.filter((given) => given.type === type) as unknown[] as Case[];
}

/** Sixteen, of all cells. */
export const CELL_CASES: CellCase[] = casesOf("cell");
/** One. */
export const EMBEDDING_CASES: EmbeddingCase[] = casesOf("embedding");
/** Two: weights tied and not. */
export const MODEL_CASES: EmbeddingModelCase[] = casesOf("language model");
