/**
 * A model as one file: weights under PyTorch's names and in its layouts, configuration and vocabulary as JSON in the
 * file's metadata. What a file says is believed only where its shapes bear it out; a file without metadata, as Python
 * writes a state dict, is read by its names and shapes.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Device } from "../device/device.ts";
import { readFile, writeFileAtomic } from "../files/atomic_file.ts";
import { assertFiles } from "../files/file_error.ts";
import { isSha256, type Origin } from "../files/origin.ts";
import { seal } from "../files/proof.ts";
import { encodeSafetensors } from "../files/safetensors.ts";
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { configOf, type ModelConfig, statedOf } from "../model/config.ts";
import { RNNModel } from "../model.ts";
import { assertIn, RANGES } from "../ranges.ts";
import { quote } from "../messages/quote.ts";
import { typeName } from "../messages/type_name.ts";
import type { Int8Weights } from "../tensors/int8.ts";
import type { StateDict } from "../tensors/module.ts";
import { inTurns, turn } from "../turn.ts";
import { checkFileRoom } from "./file_room.ts";
import { makeModel } from "./make_model.ts";
import { marksOf } from "./marks.ts";
import { int8Tensors } from "./int8.ts";
import { FORMAT_VERSION, INT8_VERSION, writeMetadata } from "./metadata.ts";
import type { Suppositions } from "./pytorch.ts";
import { checkVocabulary, type LoadOptions, notFinite, readModel } from "./read_model.ts";

/** A model with its tokens. */
export interface LoadedModel {
  /** The model, its weights loaded. */
  model: RNNModel;
  /** Its tokens. */
  vocabulary: Vocabulary;
  /** The version of the file's format; 1 of a file of refrain 0.1, undefined of another program's. */
  formatVersion: number | undefined;
  /** The refrain that wrote the file, and what it says of the training; nothing of another program's. */
  origin: Origin;
  /** What was supposed as the file does not tell it; nothing of a file of refrain, which tells all. */
  supposed: Suppositions;
  /** Names of the file's tensors that are no weights of the model, as counters are. */
  leftAside: readonly string[];
}

/** What a model cannot tell of where its weights come from, and what may end the writing early. */
export interface SaveOptions extends Omit<Origin, "refrain"> {
  /** Ends it: it rejects with the signal's reason, and a file that was there stays. */
  signal?: AbortSignal | undefined;
}

/**
 * A model as the bytes of a safetensors file: what save() writes, for where there are no files.
 *
 * @param model The model whose weights and configuration are written.
 * @param vocabulary The vocabulary that the ids of the model stand for.
 * @param options Epoch, step and text of the training, as far as the file shall say them, and what may end it early.
 * @returns The file's bytes.
 * @throws {TypeError} If the vocabulary is not of the model's size.
 * @throws {RangeError} If a weight is not finite: no file could be read that has it; or epoch, step or hash are none.
 *
 * @example Usage
 * ```ts
 * import { decodeModel, encodeModel, openDevice, RNN, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * const bytes = await encodeModel(model, Vocabulary.fromText("分开 不"));
 * const { vocabulary } = await decodeModel(bytes, device);
 * assertEquals(vocabulary.size, 4);
 * ```
 */
export async function encodeModel(
  model: RNNModel,
  vocabulary: Vocabulary,
  options: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(model instanceof RNNModel)) throw noLanguageModel(model);
  checkVocabulary(vocabulary, model.vocabularySize, "save");
  checkOrigin(options);
  const { signal, ...origin } = options;
  signal?.throwIfAborted();
  const weights = await model.stateDict();
  const bad = await inTurns(notFinite(weights), signal);
  if (bad !== undefined) throw new RangeError(`Cannot save the model: ${bad}`);
  const int8 = model.int8Weights();
  const bytes = await encodeWeights(configOf(model), weights, { vocabulary, origin, int8, signal });
  signal?.throwIfAborted();
  return bytes;
}

/** What a file has beside configuration and weights. */
export interface FileParts {
  /** Its tokens. */
  readonly vocabulary: Vocabulary;
  /** What is known of where the weights come from. */
  readonly origin?: Origin;
  /** Matrices of int8 in place of the weights of their names. */
  readonly int8?: Int8Weights;
  /** Whether float32 weights are rounded to float16. */
  readonly half?: boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** Is called once the weights are in the file, as they may be large. */
  readonly written?: () => void;
}

/**
 * The file of a model whose weights may lie on no device.
 *
 * @param config What the model is made of.
 * @param weights Its weights under refrain's names, all finite.
 * @param parts What else it has, what may end it early, and what is done once the weights are in the file.
 * @returns The file's bytes.
 */
export async function encodeWeights(
  config: ModelConfig,
  weights: StateDict,
  { vocabulary, origin = {}, int8 = {}, half = false, signal, written }: FileParts,
): Promise<Uint8Array<ArrayBuffer>> {
  const version = Object.keys(int8).length > 0 ? INT8_VERSION : FORMAT_VERSION;
  const metadata = writeMetadata(statedOf(config), vocabulary.toJSON(), origin, version);
  const floats = Object.entries(weights).map(([name, tensor]) => [name, { ...tensor, half }]);
  const tensors = { ...Object.fromEntries(floats), ...int8Tensors(int8), ...marksOf(config.layer) };
  const bytes = encodeSafetensors(tensors, metadata);
  written?.();
  await turn({ signal });
  await seal(bytes);
  return bytes;
}

/** The error of other layers, which no file describes. */
function noLanguageModel(model: unknown): TypeError {
  return new TypeError(
    `Cannot save the model as it must be an RNNModel: current type is ${
      typeName(model)
    }, whose weights are what ` +
      "its stateDict() gives, and one that was imported is made anew by importModel() from the same file",
  );
}

function checkOrigin(options: SaveOptions): void {
  const { epoch, step, corpus, signal } = options;
  refuseUnknown("save the model", options, { epoch, step, corpus, signal });
  for (const [name, value] of Object.entries({ epoch, step })) {
    if (value !== undefined) assertIn(RANGES.seed, value, { action: "save the model", name });
  }
  if (corpus === undefined || isSha256(corpus)) return;
  throw new RangeError(
    `Cannot save the model as corpus must be a SHA-256 in 64 hexadecimal digits: current value is ${
      quote(String(corpus))
    }`,
  );
}

/**
 * A model from the bytes of a safetensors file: load() for where there are no files. All of it is checked before anything
 * is allocated on the device.
 *
 * @param bytes What encodeModel() gave, or Python's safetensors of a state dict.
 * @param device The device on which it shall compute.
 * @param options The vocabulary, and what shapes do not tell, for a file without metadata; what may end it early.
 * @returns The model and its vocabulary.
 * @throws {SyntaxError} If the file is damaged, of another format or of a newer version, or weights are not finite.
 * @throws {TypeError} If weights and configuration do not belong together, the weights are not those of a language
 * model, or there is no vocabulary of its size.
 * @throws {DeviceError} If the device has no room for the model.
 *
 * @example Usage
 * ```ts
 * import { decodeModel, openDevice, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const folder = "tests/golden/from_python";
 * const vocabulary = Vocabulary.fromJSON(JSON.parse(await Deno.readTextFile(`${folder}/vocabulary.json`)));
 * const bytes = await Deno.readFile(`${folder}/model.safetensors`); // in a browser: await (await fetch(url)).bytes()
 * const { model } = await decodeModel(bytes, device, { vocabulary });
 * assertEquals(model.rnn.kind, "lstm");
 * ```
 */
export async function decodeModel(
  bytes: Uint8Array,
  device: Device,
  options: LoadOptions = {},
): Promise<LoadedModel> {
  const { config, tensors, int8, vocabulary, ...facts } = await readModel(bytes, options);
  if (!vocabulary) {
    throw errorNaming(TypeError, (option) =>
      `Cannot load the model as its file has no vocabulary: ` +
      `give one of ${config.vocabularySize} tokens as ${option("vocabulary")}`);
  }
  await turn(options);
  const model = makeModel(device, config, tensors, int8);
  const { formatVersion, origin, supposed, leftAside } = facts;
  return { model, vocabulary, formatVersion, origin, supposed, leftAside };
}

/**
 * Writes a model to a file: whole, or not at all.
 *
 * @param path The path of the file.
 * @param model The model whose weights and configuration are written.
 * @param vocabulary The vocabulary that the ids of the model stand for.
 * @param options Epoch, step and text of the training, as far as the file shall say them, and what may end it early.
 * @throws {TypeError} If the vocabulary is not of the model's size.
 * @throws {RangeError} If a weight is not finite, epoch, step or hash are none, or the file cannot be written: one that
 * was there stays.
 *
 * @example Usage
 * ```ts
 * import { load, openDevice, RNN, RNNModel, save, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * await save(path, model, Vocabulary.fromText("分开 不"));
 * const { vocabulary } = await load(path, device);
 * assertEquals(vocabulary.size, 4);
 * await Deno.remove(path);
 * ```
 */
export async function save(
  path: string,
  model: RNNModel,
  vocabulary: Vocabulary,
  options: SaveOptions = {},
): Promise<void> {
  const bytes = await encodeModel(model, vocabulary, options);
  await writeFileAtomic(path, bytes, { signal: options.signal });
}

/**
 * Reads a model from a file: one of refrain, which is the whole model, or one that Python wrote from a state dict. Of
 * the latter, the cell and the sizes are inferred from names and shapes (one recurrent and one linear part, under any
 * prefixes, and perhaps an embedding), and the vocabulary is an option.
 *
 * @param path The path of a file that save(), a training run or Python's safetensors wrote.
 * @param device The device on which it shall compute.
 * @param options The vocabulary, and what shapes do not tell, for a file without metadata; what may end it early.
 * @returns The model and its vocabulary.
 * @throws {SyntaxError} If the file is damaged, of another format or of a newer version, or weights are not finite.
 * @throws {TypeError} If weights and configuration do not belong together, the weights are not those of a language
 * model, or there is no vocabulary of its size.
 * @throws {RangeError} If the file cannot be read.
 * @throws {DeviceError} If the device has no room for the model.
 *
 * @example A state dict that Python wrote
 * ```ts
 * import { load, openDevice, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const folder = "tests/golden/from_python";
 * const vocabulary = Vocabulary.fromJSON(JSON.parse(await Deno.readTextFile(`${folder}/vocabulary.json`)));
 * const { model } = await load(`${folder}/model.safetensors`, device, { vocabulary });
 * const { numLayers, hiddenSize } = model.rnn.options;
 * assertEquals([model.rnn.kind, numLayers, hiddenSize], ["lstm", 2, 5]);
 * ```
 */
export async function load(path: string, device: Device, options: LoadOptions = {}): Promise<LoadedModel> {
  assertFiles(`read "${path}"`);
  options.signal?.throwIfAborted();
  await checkFileRoom(path, device);
  return await decodeModel(await readFile(path, options), device, options);
}
