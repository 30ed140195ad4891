/**
 * A model as one file: weights under PyTorch's names, configuration and vocabulary in the file's metadata.
 *
 * @module
 */
import { readFile, writeFileAtomic } from "./checkpoint/atomic_file.ts";
import { decodeSafetensors, encodeSafetensors } from "./checkpoint/safetensors.ts";
import { Vocabulary } from "./data/vocabulary.ts";
import type { Device } from "./device/device.ts";
import { GRU } from "./layers/gru.ts";
import { LSTM } from "./layers/lstm.ts";
import type { Recurrent, RecurrentOptions } from "./layers/recurrent.ts";
import { RNN } from "./layers/rnn.ts";
import { RNNModel } from "./model.ts";

/** The layers that a file may name. */
const LAYERS = { rnn: RNN, gru: GRU, lstm: LSTM };

/** A model with its characters. */
export interface LoadedModel {
  /** The model, its weights loaded. */
  model: RNNModel;
  /** Its characters. */
  vocabulary: Vocabulary;
}

/**
 * A model as the bytes of a safetensors file.
 *
 * @param model whose weights and configuration
 * @param vocabulary its characters
 */
export async function encodeModel(model: RNNModel, vocabulary: Vocabulary): Promise<Uint8Array> {
  const { kind, options: { seed: _, ...layer } } = model.rnn;
  return encodeSafetensors(await model.stateDict(), {
    format: "pt",
    "refrain.config": JSON.stringify({ kind, layer, vocabularySize: model.vocabularySize }),
    "refrain.vocabulary": JSON.stringify(vocabulary),
  });
}

/**
 * A model from the bytes of a safetensors file.
 *
 * @param bytes what encodeModel() gave
 * @param device where it shall compute
 * @throws {SyntaxError} when the file is damaged or does not hold a model of refrain
 * @throws {TypeError} when weights and configuration do not belong together
 */
export function decodeModel(bytes: Uint8Array, device: Device): LoadedModel {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const config = metadata?.["refrain.config"], tokens = metadata?.["refrain.vocabulary"];
  if (config === undefined || tokens === undefined) {
    throw new SyntaxError("Cannot read the model: its file has no configuration and vocabulary of refrain");
  }
  const { kind, layer, vocabularySize } = parse(config) as {
    kind: keyof typeof LAYERS;
    layer: RecurrentOptions;
    vocabularySize: number;
  };
  const vocabulary = Vocabulary.fromJSON(parse(tokens));
  if (!Object.hasOwn(LAYERS, kind) || vocabulary.size !== vocabularySize) {
    throw new SyntaxError("Cannot read the model: its configuration is not one of refrain");
  }
  for (const [name, { data }] of Object.entries(tensors)) {
    if (!data.every(Number.isFinite)) {
      throw new SyntaxError(`Cannot read the model: weights "${name}" are not all finite`);
    }
  }
  const model = new RNNModel(new LAYERS[kind](device, { ...layer, seed: 0 }) as Recurrent, vocabularySize);
  model.loadStateDict(tensors);
  return { model, vocabulary };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new SyntaxError("Cannot read the model: its metadata is not JSON");
  }
}

/**
 * Writes a model to a file: whole, or not at all.
 *
 * @example Use
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
 *
 * @param path of the file
 * @param model whose weights and configuration
 * @param vocabulary its characters
 */
export async function save(path: string, model: RNNModel, vocabulary: Vocabulary): Promise<void> {
  await writeFileAtomic(path, await encodeModel(model, vocabulary));
}

/**
 * Reads a model from a file.
 *
 * @param path of a file that save() or a training run wrote
 * @param device where it shall compute
 * @throws {SyntaxError} when the file is damaged or does not hold a model of refrain
 */
export async function load(path: string, device: Device): Promise<LoadedModel> {
  return decodeModel(await readFile(path), device);
}
