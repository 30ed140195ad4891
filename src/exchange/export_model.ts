/**
 * Models for other programs: ONNX, Keras's file, PyTorch's names. What writes these is loaded when it is asked for.
 *
 * @module
 */
import type { Recurrent } from "../layers/recurrent.ts";
import type { Sequential } from "../layers/sequential.ts";
import type { RNNModel } from "../model.ts";
import type { ExportFormat, ExportOptions } from "./export_model/options.ts";

export type { ExportFormat, ExportOptions };
export type { OnnxForm } from "./export_model/onnx/onnx.ts";

/**
 * Writes a model as a file of another framework: ONNX of opset 14, Keras 3's `.keras`, or safetensors with PyTorch's names.
 * importModel() reads what it writes, and load() the safetensors of a language model.
 *
 * @param model A language model, ids (B, T) to logits (B, T, V); a recurrent layer; or a Sequential of importModel(), or of
 * layers and functions that are refrain's.
 * @param options The format, the form of ONNX, the tokens, and what may end it early.
 * @returns The file's bytes.
 * @throws {TypeError} If the format has not what the model has, or an option is unknown.
 * @throws {RangeError} If a weight is not finite, there is no such format, or the file would be too large for it.
 *
 * @example Usage
 * ```ts
 * import { exportModel, GRU, importModel, openDevice, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const vocabulary = Vocabulary.fromText("分开 不");
 * const model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * const bytes = await exportModel(model, { to: "onnx", vocabulary }); // for a file "model.onnx"
 * const again = await importModel({ "model.onnx": bytes }, device);
 * assertEquals(again.vocabulary?.tokens, vocabulary.tokens);
 * ```
 */
export async function exportModel(
  model: RNNModel | Recurrent | Sequential,
  options: ExportOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { exported } = await import("./export_model/exported.ts");
  return await exported(model, options);
}
