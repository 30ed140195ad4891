/**
 * What exportModel() takes.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { OnnxForm } from "./onnx/onnx.ts";

/** The formats, by the names of --to. */
export const FORMATS: readonly ExportFormat[] = ["onnx", "keras", "safetensors"];
/** A format. */
export type ExportFormat = "onnx" | "keras" | "safetensors";

/** The forms of ONNX, by the names of --form. */
export const FORMS: readonly OnnxForm[] = ["sequence", "step"];

/** What a model becomes. */
export interface ExportOptions {
  /** The format. */
  to: ExportFormat;
  /**
   * ONNX only: whether the model reads whole sequences, or one step.
   *
   * @default {"sequence"}
   */
  form?: OnnxForm;
  /** The tokens, of as many as a language model has: the file has them beside the model. */
  vocabulary?: Vocabulary | undefined;
  /** Ends it: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}
