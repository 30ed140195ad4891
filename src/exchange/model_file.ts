/**
 * A model as one file: weights under PyTorch's names and in its layouts, configuration and vocabulary as JSON in the
 * file's metadata. What a file says is believed only where its shapes bear it out; a file without metadata, as Python
 * writes a state dict, is read by its names and shapes.
 *
 * @module
 */
import { readFile, writeFileAtomic } from "../files/atomic_file.ts";
import { assertFiles } from "../files/file_error.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from "../files/safetensors.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import type { Device } from "../device/device.ts";
import { makeLayer } from "../layers/make_layer.ts";
import { checkShapes, configOf, type ModelConfig, readConfig } from "../model/config.ts";
import { modelMaking } from "../model/demand.ts";
import { seal, verdictOf } from "../files/proof.ts";
import { errorNaming } from "../messages/naming.ts";
import { checkFileRoom } from "./file_room.ts";
import { foreignKind } from "./foreign.ts";
import { inferModel, type Inferred, type Suppositions } from "./pytorch.ts";
import { readMetadata, writeMetadata } from "./metadata.ts";
import { refuseUnknown } from "../messages/options.ts";
import { RNNModel } from "../model.ts";
import { typeName } from "../messages/type_name.ts";
import { checkRoom } from "../tensors/room.ts";
import type { StateDict } from "../tensors/module.ts";

/** A model with its tokens. */
export interface LoadedModel {
  /** The model, its weights loaded. */
  model: RNNModel;
  /** Its tokens. */
  vocabulary: Vocabulary;
  /** The version of the file's format; 1 of a file of refrain 0.1, undefined of another program's. */
  formatVersion: number | undefined;
  /** What was supposed as the file does not tell it; nothing of a file of refrain, which tells all. */
  supposed: Suppositions;
  /** Names of the file's tensors that are no weights of the model, as counters are. */
  leftAside: readonly string[];
}

/** What a file may lack. */
export interface LoadOptions {
  /** The tokens, of as many as the model has; in place of the file's own, where it has some. */
  vocabulary?: Vocabulary;
  /**
   * The activation of an RNN, of a file without configuration: shapes do not tell it, and without this "tanh" is supposed.
   * Where the file tells, it must be the same.
   */
  nonlinearity?: "tanh" | "relu";
  /**
   * Whether a file that refrain wrote must be as it was written; `false` takes one whose weights another program changed.
   *
   * @default {true}
   */
  verify?: boolean;
}

/**
 * A model as the bytes of a safetensors file: what save() writes, for where there are no files.
 *
 * @param model The model whose weights and configuration are written.
 * @param vocabulary The vocabulary that the ids of the model stand for.
 * @returns The file's bytes.
 * @throws {TypeError} If the vocabulary is not of the model's size.
 * @throws {RangeError} If a weight is not finite: no file could be read that has it.
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
export async function encodeModel(model: RNNModel, vocabulary: Vocabulary): Promise<Uint8Array<ArrayBuffer>> {
  checkVocabulary(vocabulary, model.vocabularySize, "save");
  const weights = await model.stateDict();
  const bad = notFinite(weights);
  if (bad !== undefined) throw new RangeError(`Cannot save the model: ${bad}`);
  return await seal(encodeSafetensors(weights, writeMetadata(configOf(model), vocabulary.toJSON())));
}

/**
 * A model from the bytes of a safetensors file: load() for where there are no files. All of it is checked before anything
 * is allocated on the device.
 *
 * @param bytes What encodeModel() gave, or Python's safetensors of a state dict.
 * @param device The device on which it shall compute.
 * @param options The vocabulary, and what shapes do not tell, for a file without metadata.
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
  const { vocabulary: tokens, nonlinearity, verify = true } = options;
  refuseUnknown("load the model", options, { vocabulary: tokens, nonlinearity, verify });
  const content = decode(bytes);
  const stated = readMetadata(content.metadata);
  if (verify && stated) await checkProof(bytes);
  const { config, tensors, supposed, leftAside }: Inferred = stated
    ? {
      config: readConfig(stated.config),
      tensors: content.tensors,
      supposed: {},
      leftAside: Object.keys(content.whole),
    }
    : inferModel(content, nonlinearity);
  checkNonlinearity(config, nonlinearity);
  checkShapes(config, tensors);
  checkValues(tensors, config.model.tieWeights);
  if (!tokens && stated === undefined) {
    throw errorNaming(TypeError, (option) =>
      `Cannot load the model as its file has no vocabulary: ` +
      `give one of ${config.vocabularySize} tokens as ${option("vocabulary")}`);
  }
  const vocabulary = tokens ?? Vocabulary.fromJSON(stated!.vocabulary);
  checkVocabulary(vocabulary, config.vocabularySize, "load");
  checkRoom(device, () => "load the model", [modelMaking(config)]);
  const layer = makeLayer(device, config.kind, { ...config.layer, seed: 0 });
  const model = new RNNModel(layer, config.vocabularySize, { ...config.model, seed: 0 });
  model.loadStateDict(tensors);
  return { model, vocabulary, formatVersion: stated?.version, supposed, leftAside };
}

/** Holds a file against its own SHA-256; one of another program has none, nor one of a former version. */
async function checkProof(bytes: Uint8Array): Promise<void> {
  try {
    await verdictOf(bytes);
  } catch (cause) {
    throw errorNaming(SyntaxError, (option) => {
      const flag = option("acceptChangedWeights");
      return "Cannot load the model as its file has changed since refrain wrote it: it is damaged, or another " +
        `program changed its weights, which ${flag.startsWith("--") ? flag : "{ verify: false }"} takes`;
    }, { cause });
  }
}

/** Reads the file, and says what it is where it is none of safetensors. */
function decode(bytes: Uint8Array): SafetensorsContent {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot read the model as its bytes must be a Uint8Array: current type is ${typeName(bytes)}`,
    );
  }
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    const kind = foreignKind(bytes);
    throw kind === undefined
      ? error
      : new SyntaxError(`Cannot read the model as its file is ${kind}`, { cause: error });
  }
}

/** Holds an activation that was given against the one that the file tells. */
function checkNonlinearity({ kind, layer }: ModelConfig, given: "tanh" | "relu" | undefined): void {
  if (given === undefined || given === layer.nonlinearity && (kind === "rnn" || given === "tanh")) return;
  const told = kind === "rnn"
    ? `its file says ${layer.nonlinearity}`
    : `it is of kind ${kind}, which has tanh alone`;
  throw errorNaming(
    RangeError,
    (option) => `Cannot load the model with ${option("nonlinearity", given)}: ${told}`,
  );
}

function checkVocabulary(vocabulary: Vocabulary, expected: number, task: "load" | "save"): void {
  if (!(vocabulary instanceof Vocabulary)) {
    throw new TypeError(
      `Cannot ${task} the model as its vocabulary must be a Vocabulary, which Vocabulary.fromJSON() makes: ` +
        `current type is ${typeName(vocabulary)}`,
    );
  }
  const { size } = vocabulary;
  if (size !== expected) {
    throw new TypeError(
      `Cannot ${task} the model as its vocabulary must have ${expected} tokens: current size is ${size}`,
    );
  }
}

/** Weights that are not finite would spoil all that is computed with them: where they are, or undefined. */
function notFinite(tensors: StateDict): string | undefined {
  for (const [name, { data }] of Object.entries(tensors)) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) return `weights "${name}" are not all finite, element ${bad} is ${data[bad]}`;
  }
  return undefined;
}

function checkValues(tensors: StateDict, tied: boolean): void {
  const bad = notFinite(tensors);
  if (bad !== undefined) throw new SyntaxError(`Cannot read the model: ${bad}`);
  const table = tensors["embedding.weight"]?.data;
  const weight = tensors["dense.weight"]!.data;
  if (tied && !weight.every((value, i) => value === table![i])) {
    throw new TypeError(
      'Cannot load the model as its tied weights "embedding.weight" and "dense.weight" differ',
    );
  }
}

/**
 * Writes a model to a file: whole, or not at all.
 *
 * @param path The path of the file.
 * @param model The model whose weights and configuration are written.
 * @param vocabulary The vocabulary that the ids of the model stand for.
 * @throws {TypeError} If the vocabulary is not of the model's size.
 * @throws {RangeError} If a weight is not finite, or the file cannot be written: one that was there stays.
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
export async function save(path: string, model: RNNModel, vocabulary: Vocabulary): Promise<void> {
  await writeFileAtomic(path, await encodeModel(model, vocabulary));
}

/**
 * Reads a model from a file: one of refrain, which is the whole model, or one that Python wrote from a state dict. Of
 * the latter, the cell and the sizes are inferred from names and shapes (one recurrent and one linear part, under any
 * prefixes, and perhaps an embedding), and the vocabulary is an option.
 *
 * @param path The path of a file that save(), a training run or Python's safetensors wrote.
 * @param device The device on which it shall compute.
 * @param options The vocabulary, and what shapes do not tell, for a file without metadata.
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
  await checkFileRoom(path, device);
  return await decodeModel(await readFile(path), device, options);
}
