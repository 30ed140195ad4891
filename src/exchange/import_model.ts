/**
 * Models of other frameworks: their files told apart, read, and made into refrain's layers. What does so is loaded when
 * it is asked for.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { ImportedModel, ImportFiles, ImportOptions } from "./import_model/options.ts";

export type { ImportedModel, ImportFiles, ImportOptions };
export type { Framework } from "./import_model/plain.ts";

/**
 * Makes a model of files of another framework. What takes ids or one-hot rows through one recurrent stack to logits of as
 * many tokens is an RNNModel; anything else is a Sequential, whose inputs and outputs are as the framework has them, (B, T, ·)
 * of Keras, but for a softmax at its end, which is left out.
 *
 * @param files Paths, or bytes by name.
 * @param device The device on which it shall compute.
 * @param options The framework, the vocabulary, and what may end it early.
 * @returns The model.
 * @throws {SyntaxError} If a file is damaged, or weights are not finite.
 * @throws {TypeError} If the model has something that refrain has not, no reader knows the files, or the vocabulary is of
 * another size.
 * @throws {RangeError} If a file cannot be read, or an option is out of range.
 * @throws {DeviceError} If the device has no room for the model.
 *
 * @example Usage
 * ```ts
 * import { importModel, openDevice } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const { readable } = await Deno.open("tests/golden/imports/keras_lstm_language.keras.gz");
 * const bytes = await new Response(readable.pipeThrough(new DecompressionStream("gzip"))).bytes();
 * const { model, framework } = await importModel({ "model.keras": bytes }, device); // or the path of a file
 * assertEquals([framework, model.constructor.name], ["keras", "RNNModel"]);
 * ```
 */
export async function importModel(
  files: ImportFiles,
  device: Device,
  options: ImportOptions = {},
): Promise<ImportedModel> {
  const { imported } = await import("./import_model/imported.ts");
  return await imported(files, device, options);
}
