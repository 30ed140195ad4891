/**
 * What every reader yields, and the one builder takes: layers one behind the other, in PyTorch's equations, their arrays
 * under PyTorch's names and in its layouts. Nothing here knows a device or a framework.
 *
 * @module
 */
import type { GateActivation, Kind } from "../../layers/recurrent/cell.ts";
import type { StateDict } from "../../tensors/module.ts";

/** The frameworks whose files are read, by the names of --from. */
export const FRAMEWORKS: readonly Framework[] = [
  "keras",
  "tfjs",
  "mlx",
  "pytorch",
  "onnx",
  "paddle",
  "candle",
  "flax",
  "burn",
];
/** A framework. */
export type Framework =
  | "keras"
  | "tfjs"
  | "mlx"
  | "pytorch"
  | "onnx"
  | "paddle"
  | "candle"
  | "flax"
  | "burn";

/** A file that was given. */
export interface ImportFile {
  /** Its name, without folders. */
  readonly name: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/** What a file may not tell. */
export interface ReaderOptions {
  /** The framework, which does not contradict what the file's first bytes tell. */
  readonly from?: Framework | undefined;
  /** The activation of an RNN. */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
  /** Whether the reset gate of a GRU acts behind the product with the state, or before it. */
  readonly reset?: "after" | "before" | undefined;
}

/** A table of vectors by id. */
export interface PlainEmbedding {
  readonly kind: "embedding";
  /** What the file calls it. */
  readonly name: string;
  /** weight (V, E). */
  readonly arrays: StateDict;
}

/** Ids as one-hot rows. */
export interface PlainOneHot {
  readonly kind: "one_hot";
  /** What the file calls it. */
  readonly name: string;
  /** V. */
  readonly size: number;
}

/** A recurrent layer, in one direction or two. */
export interface PlainRecurrent {
  readonly kind: "recurrent";
  /** What the file calls it. */
  readonly name: string;
  /** "rnn", "gru" or "lstm". */
  readonly cell: Kind;
  /** The activation of an RNN. */
  readonly nonlinearity: "tanh" | "relu";
  /** Whether the reset gate of a GRU acts behind the product. */
  readonly resetAfter: boolean;
  /** The activation of the gates of a GRU or LSTM. */
  readonly gateActivation: GateActivation;
  /** H. */
  readonly hiddenSize: number;
  /** Whether it has biases. */
  readonly bias: boolean;
  /** Whether a second direction runs backwards. */
  readonly bidirectional: boolean;
  /** Whether it gives the outputs of all steps, or each direction's last. */
  readonly outputs: "all" | "last";
  /** weight_ih_l0 (G·H, I), weight_hh_l0 (G·H, H), bias_ih_l0, bias_hh_l0 (G·H), and those of "…_reverse". */
  readonly arrays: StateDict;
}

/** An affine layer. */
export interface PlainDense {
  readonly kind: "dense";
  /** What the file calls it. */
  readonly name: string;
  /** weight (O, I), and perhaps bias (O). */
  readonly arrays: StateDict;
}

/** A function of single elements, or softmax over the last axis. */
export interface PlainActivation {
  readonly kind: "activation";
  /** What the file calls its layer. */
  readonly name: string;
  /** Which one. */
  readonly function: "relu" | "tanh" | "sigmoid" | "gelu" | "gelu_tanh" | "softmax";
}

/** A layer. */
export type PlainLayer = PlainEmbedding | PlainOneHot | PlainRecurrent | PlainDense | PlainActivation;

/** A model. */
export interface PlainModel {
  /** What wrote it. */
  readonly framework: Framework;
  /** The framework's version, where the file states one. */
  readonly version: string | undefined;
  /** Its layers, the input's first: at least one. */
  readonly layers: readonly PlainLayer[];
  /** Whether sequences are (B, T, ·) rather than (T, B, ·). */
  readonly batchFirst: boolean;
  /** What who uses the model should know, a sentence each. */
  readonly notes: readonly string[];
  /** The parsed JSON of the tokens, not trusted, of a file that refrain wrote. */
  readonly vocabulary?: unknown;
}

/** The key of the tokens in a file's metadata, as refrain writes it. */
export const VOCABULARY_KEY = "refrain.vocabulary";
