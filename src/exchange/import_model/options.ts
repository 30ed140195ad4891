/**
 * What importModel() takes and gives.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Sequential } from "../../layers/sequential.ts";
import type { RNNModel } from "../../model.ts";
import type { Framework } from "./plain.ts";

/** A path, several, or the bytes of files by their names. */
export type ImportFiles = string | readonly string[] | Readonly<Record<string, Uint8Array>>;

/** What files do not tell, and what may end it early. */
export interface ImportOptions {
  /**
   * The framework that wrote the files.
   *
   * @default {told from the files}
   */
  from?: Framework;
  /**
   * The tokens, of as many as the model has. With them inputs of as many numbers are taken for one-hot rows of ids, and a
   * layer that gives the last step of a sequence for one that gives all.
   */
  vocabulary?: Vocabulary;
  /** The activation of an RNN, where the files do not tell it. */
  nonlinearity?: "tanh" | "relu";
  /** Whether the reset gate of a GRU acts behind the product with the state, or before it, where the files do not tell it. */
  reset?: "after" | "before";
  /** Ends it: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A model of another framework. */
export interface ImportedModel {
  /** A language model, which save() takes; of other models the layers, one behind the other, which it does not take. */
  readonly model: RNNModel | Sequential;
  /** The tokens, where they were given. */
  readonly vocabulary: Vocabulary | undefined;
  /** What wrote the files. */
  readonly framework: Framework;
  /** Its version, where the files state one. */
  readonly version: string | undefined;
  /** What who uses the model should know, a sentence each. */
  readonly notes: readonly string[];
}
