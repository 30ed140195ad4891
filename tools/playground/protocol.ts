/**
 * What the page and the engine, its worker, say to each other. Each request has an id; all that answers it carries the same
 * one, and its last answer is "opened", "inspected", "saved", "done" or "error". A request that is stopped is "done".
 *
 * @module
 */
import type { Generated, GenerateOptions, Inspection, TokenKind, TrainReport } from "../../mod.ts";

export type { Generated, Inspection, TrainReport };

/** Which device, where the page does not leave it to the engine. */
export interface DeviceWish {
  /** Absent or "auto": a hardware GPU, else WebAssembly. */
  device?: "auto" | "webgpu" | "wasm";
  threads?: number;
  /** WebAssembly alone: bits that depend on no machine. */
  deterministic?: boolean;
}

/** A small model and how it is trained. */
export interface TrainWish extends DeviceWish {
  kind?: "rnn" | "gru" | "lstm"; // gru
  hiddenSize?: number; // 128
  numLayers?: number; // 1
  epochs?: number; // 20
  batchSize?: number; // 16, fewer for a short text
  numSteps?: number; // 32
  learningRate?: number; // 3e-3
  clipGradNorm?: number; // 1
  seed?: number; // 0
  /** Steps after which it ends, whatever the epochs. */
  maxSteps?: number;
  /** As of train(): "500ms" has no meaning there, "1s" has; the default is one report each second. */
  logEvery?: number | `${number}steps` | `${number}s`;
}

/** What the page asks for. */
export type Request =
  & { id: number }
  & (
    | ({ kind: "open"; bytes: ArrayBuffer } & DeviceWish)
    | (
      & { kind: "generate"; prefix: string; count?: number; length?: number; top?: number }
      & Pick<GenerateOptions, "temperature" | "topK" | "topP" | "seed">
    )
    | { kind: "inspect"; text: string; top?: number }
    | { kind: "train"; text: string; options?: TrainWish }
    /** The model that was trained last becomes the open one; also while it is in training, as it is then. */
    | { kind: "adopt" }
    /** The bytes of the model that was trained last, as a file. */
    | { kind: "save" }
    /** Ends the request `target`. */
    | { kind: "stop"; target: number }
    /** Holds the text or the training `target`, which answers "paused" behind the step that runs, or lets it go on. */
    | { kind: "pause" | "resume"; target: number }
  );

/** What is known of an open model. */
export interface ModelFacts {
  /** "rnn", "gru" or "lstm". */
  kind: string;
  hiddenSize: number;
  numLayers: number;
  /** All weights. */
  parameters: number;
  vocabularySize: number;
  /** What a token is: "character", "byte", "word". */
  tokens: TokenKind;
  /** Whether a text is a line, which no line break is in. */
  lines: boolean;
  /** A character or word that the model knows, to begin with; nothing where it begins lines. */
  first: string;
}

/** Where it computes. */
export interface DeviceFacts {
  device: "webgpu" | "wasm";
  threads: number;
  /** One line of the library's. */
  description: string;
  /** Why there is one thread: "isolated", the page is not cross-origin isolated; "threads", the browser has none. */
  single?: "isolated" | "threads";
  /** Why there is no WebGPU: "secure", the page came over plain http; "absent"; "software", no GPU. */
  noGpu?: "secure" | "absent" | "software";
}

/** Where a training is. */
export interface Progress {
  epoch: number;
  epochs: number;
  /** Steps since it began. */
  steps: number;
  totalSteps: number;
  tokensPerSecond: number;
}

/** What the engine answers. */
export type Answer =
  & { id: number }
  & (
    | { kind: "opened"; device: DeviceFacts; facts: ModelFacts }
    | { kind: "pieces"; pieces: Generated[] }
    /** With how many tokens of the text the model does not know, which were left out. */
    | { kind: "inspected"; inspection: Inspection; unknown: number }
    /** First of a training: where it computes, and its model. */
    | { kind: "training"; device: DeviceFacts; facts: ModelFacts }
    /** Some times a second. */
    | { kind: "progress"; progress: Progress }
    | { kind: "report"; report: TrainReport }
    | { kind: "paused" }
    | { kind: "saved"; bytes: ArrayBuffer }
    | { kind: "done"; stopped?: boolean }
    | { kind: "error"; message: string }
  );
