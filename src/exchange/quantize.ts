/**
 * A model's file made smaller: its weights as int8, or as float16, in place of float32.
 *
 * @module
 */
import { refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { type Int8Weights, toInt8 } from "../tensors/int8.ts";
import type { StateDict } from "../tensors/module.ts";
import { inTurns } from "../turn.ts";
import { encodeWeights } from "./model_file.ts";
import { type LoadOptions, readModel } from "./read_model.ts";
import { WEIGHT_TYPES, type WeightType } from "./weight_types.ts";

/** The least number that float16 rounds to infinity. */
const TOO_LARGE = 65_520;

/** What becomes of a model's file, and what it may lack. */
export interface QuantizeOptions extends LoadOptions {
  /**
   * What weights become: "int8", a quarter of the file, with a scale a row, biases as they are; or "f16", half of it, which
   * is computed in float32.
   *
   * @default {"int8"}
   */
  to?: WeightType;
}

/**
 * Makes the file of a model smaller: another file, that load() and decodeModel() take. A model of int8 writes and is
 * measured as any other, and cannot be trained.
 *
 * @param bytes What encodeModel() gave, or another file that decodeModel() reads.
 * @param options What weights become, what the file lacks, and what may end it early.
 * @returns The other file's bytes.
 * @throws {SyntaxError} If the file is damaged, of another format or of a newer version, or weights are not finite.
 * @throws {TypeError} If weights and configuration do not belong together, there is no vocabulary, or the weights are int8
 * already.
 * @throws {RangeError} If float16 does not hold a weight, or `to` is none of these types.
 *
 * @example Usage
 * ```ts
 * import { decodeModel, encodeModel, openDevice, quantize, RNN, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 64, seed: 0 }), 4);
 * const bytes = await encodeModel(model, Vocabulary.fromText("分开 不"));
 * const small = await quantize(bytes);
 * assertEquals(small.length < 0.4 * bytes.length, true);
 * const { vocabulary } = await decodeModel(small, device);
 * assertEquals(vocabulary.size, 4);
 * ```
 */
export async function quantize(
  bytes: Uint8Array,
  options: QuantizeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { to = "int8", ...loading } = options;
  const { vocabulary: tokens, nonlinearity, verify, signal } = loading;
  refuseUnknown("quantize the model", options, { to, vocabulary: tokens, nonlinearity, verify, signal });
  if (!WEIGHT_TYPES.includes(to)) {
    throw new RangeError(
      `Cannot quantize the model to ${quote(String(to))}: weights become ${WEIGHT_TYPES.join(" or ")}`,
    );
  }
  const { config, tensors, int8, vocabulary, origin } = await readModel(bytes, loading);
  if (!vocabulary) {
    throw new TypeError("Cannot quantize the model as its file has no vocabulary: a file of refrain has one");
  }
  if (Object.keys(int8).length > 0) {
    throw new TypeError(
      "Cannot quantize the model as its weights are int8: name the one that it was made of",
    );
  }
  const about = { vocabulary, origin, signal };
  if (to === "int8") {
    const matrices = await inTurns(matricesOf(tensors), signal);
    return await encodeWeights(config, tensors, { ...about, int8: matrices });
  }
  await inTurns(checkHalf(tensors), signal);
  return await encodeWeights(config, tensors, { ...about, half: true });
}

/** All matrices as int8; what has one dimension is a bias. Others may have their turn meanwhile. */
function* matricesOf(tensors: StateDict): Generator<void, Int8Weights, void> {
  const weights: Int8Weights = Object.create(null);
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.shape.length !== 2) continue;
    weights[name] = toInt8(tensor);
    yield;
  }
  return weights;
}

function* checkHalf(tensors: StateDict): Generator<void, void, void> {
  for (const [name, { data }] of Object.entries(tensors)) {
    yield;
    const bad = data.findIndex((value) => Math.abs(value) >= TOO_LARGE);
    if (bad < 0) continue;
    throw new RangeError(
      `Cannot quantize the model to f16 as weights ${quote(name)} must be within 65,504: element ${bad} is ${
        data[bad]
      }; int8 takes them`,
    );
  }
}
