/**
 * The file of a model whose weights may lie on no device, in any format.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { ModelConfig } from "../../model/config.ts";
import type { StateDict } from "../../tensors/module.ts";
import { inTurns } from "../../turn.ts";
import { encodeKeras } from "./keras/keras.ts";
import { encodeOnnx, type OnnxForm } from "./onnx/onnx.ts";
import type { ExportFormat } from "./options.ts";
import { languageModel, type Outgoing } from "./outgoing.ts";
import { encodeStateDict } from "./safetensors.ts";

/** What a model becomes. */
export interface Target {
  readonly to: ExportFormat;
  readonly form: OnnxForm;
  readonly vocabulary: Vocabulary | undefined;
  /** What may end it early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The file of a language model whose weights may lie on no device.
 *
 * @param config What the model is made of.
 * @param weights Its weights under refrain's names, all finite.
 * @param target What it becomes.
 * @returns The file's bytes.
 * @throws {TypeError} If the format has not what the model has.
 * @throws {RangeError} If the file would be too large for it.
 */
export async function exportedWeights(
  config: ModelConfig,
  weights: StateDict,
  target: Target,
): Promise<Uint8Array<ArrayBuffer>> {
  const { to, vocabulary } = target;
  if (to === "safetensors") return encodeStateDict(weights, [config.layer], vocabulary);
  return await encoded(languageModel(config, weights, vocabulary), target);
}

/**
 * The file of plain layers.
 *
 * @param model The layers.
 * @param target What they become: ONNX or Keras's file.
 * @returns The file's bytes.
 * @throws {TypeError} If the format has not what the model has.
 * @throws {RangeError} If the file would be too large for it.
 */
export async function encoded(
  model: Outgoing,
  { to, form, signal }: Target,
): Promise<Uint8Array<ArrayBuffer>> {
  return await inTurns(to === "onnx" ? encodeOnnx(model, form) : encodeKeras(model), signal);
}
