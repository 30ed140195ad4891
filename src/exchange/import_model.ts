/**
 * Models of other frameworks: their files told apart, read, and made into refrain's layers.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { languageModelOf } from "./import_model/language_model.ts";
import { networkOf } from "./import_model/network.ts";
import type { ImportedModel, ImportFiles, ImportOptions } from "./import_model/options.ts";
import { type Framework, FRAMEWORKS } from "./import_model/plain.ts";
import { readFiles, vocabularyOf } from "./import_model/read_files.ts";
import { dataOf, numbersOf, release } from "./import_model/release.ts";
import { makeModel } from "./make_model.ts";
import { checkVocabulary } from "./read_model.ts";

export type { Framework, ImportedModel, ImportFiles, ImportOptions };

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
 * import { openDevice } from "@refrain/refrain";
 * import { importModel } from "@refrain/refrain/exchange";
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
  const { from, nonlinearity, reset, signal } = options;
  refuseUnknown("import the model", options, {
    from,
    vocabulary: options.vocabulary,
    nonlinearity,
    reset,
    signal,
  });
  if (from !== undefined && !FRAMEWORKS.includes(from)) {
    throw new RangeError(
      `Cannot import the model as from must be ${FRAMEWORKS.map(quote).join(" or ")}: current value is ${
        quote(from)
      }`,
    );
  }
  const plain = await readFiles(files, { from, nonlinearity, reset, signal });
  const { framework, version } = plain;
  const vocabulary = options.vocabulary ?? vocabularyOf(plain);
  const language = languageModelOf(plain, vocabulary?.size);
  if (typeof language !== "string") {
    const { config, tensors } = language;
    release(numbersOf(plain.layers), dataOf(tensors));
    if (vocabulary) checkVocabulary(vocabulary, config.vocabularySize, "import");
    const model = makeModel(device, config, tensors);
    return { model, vocabulary, framework, version, notes: [...plain.notes, ...language.notes] };
  }
  if (vocabulary) throw noLanguageModel(language);
  const { network, notes } = networkOf(plain, device);
  return { model: network, vocabulary, framework, version, notes: [...plain.notes, ...notes] };
}

/** The error of a model that was to be one of tokens. */
function noLanguageModel(reason: string): TypeError {
  return new TypeError(
    `Cannot import the model as one of a vocabulary: ${reason}; importModel() without a vocabulary gives its layers`,
  );
}
