/**
 * Models for other programs: ONNX, Keras's file, PyTorch's names.
 *
 * @module
 */
import { Recurrent } from "../layers/recurrent.ts";
import { Sequential } from "../layers/sequential.ts";
import { errorNaming } from "../messages/naming.ts";
import { refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { typeName } from "../messages/type_name.ts";
import { configOf, layerConfigOf } from "../model/config.ts";
import { RNNModel } from "../model.ts";
import type { StateDict } from "../tensors/module.ts";
import { inTurns } from "../turn.ts";
import { encoded, exportedWeights } from "./export_model/exported.ts";
import type { OnnxForm } from "./export_model/onnx/onnx.ts";
import { type ExportFormat, type ExportOptions, FORMATS, FORMS } from "./export_model/options.ts";
import { named, type Outgoing, recurrentLayers } from "./export_model/outgoing.ts";
import { encodeStateDict } from "./export_model/safetensors.ts";
import { recurrentIn, sequentialModel } from "./export_model/sequential.ts";
import { checkVocabulary, notFinite } from "./read_model.ts";

export type { ExportFormat, ExportOptions, OnnxForm };

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
 * import { GRU, openDevice, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { exportModel, importModel } from "@refrain/refrain/exchange";
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
  const { to, form = "sequence", vocabulary, signal } = options ?? {};
  refuseUnknown("export the model", options, { to, form, vocabulary, signal });
  checkChoices({ to, form });
  if (![RNNModel, Recurrent, Sequential].some((known) => model instanceof known)) {
    throw new TypeError(
      `Cannot export the model as it must be an RNNModel, a recurrent layer or a Sequential: current type is ${
        typeName(model)
      }`,
    );
  }
  if (vocabulary) {
    if (!(model instanceof RNNModel)) {
      throw new TypeError(
        "Cannot export the model with a vocabulary as it is no RNNModel, which reads its ids",
      );
    }
    checkVocabulary(vocabulary, model.vocabularySize, "export");
  }
  signal?.throwIfAborted();
  const weights = await model.stateDict();
  const bad = await inTurns(notFinite(weights), signal);
  if (bad !== undefined) throw new RangeError(`Cannot export the model: ${bad}`);
  const target = { to, form, vocabulary, signal };
  if (model instanceof RNNModel) return await exportedWeights(configOf(model), weights, target);
  if (to === "safetensors") {
    const layers = model instanceof Recurrent ? [model] : recurrentIn(model);
    return encodeStateDict(weights, layers.map(layerConfigOf), undefined);
  }
  const outgoing = model instanceof Recurrent ? layerModel(model, weights) : sequentialModel(model, weights);
  return await encoded(outgoing, target);
}

/** A layer by itself: numbers to its outputs, with its states. */
function layerModel(layer: Recurrent, weights: StateDict): Outgoing {
  const { batchFirst } = layer.options;
  const layers = named(recurrentLayers(layer.kind, layerConfigOf(layer), weights, ""));
  return { layers, batchFirst, hasStates: true, vocabulary: undefined };
}

function checkChoices({ to, form }: { to: ExportFormat; form: OnnxForm }): void {
  const check = (name: string, value: string, known: readonly string[]): void => {
    if (known.includes(value)) return;
    throw new RangeError(
      `Cannot export the model as ${name} must be ${known.map(quote).join(" or ")}: current value is ${
        quote(value)
      }`,
    );
  };
  check("to", to, FORMATS);
  check("form", form, FORMS);
  if (form === "sequence" || to === "onnx") return;
  throw errorNaming(
    TypeError,
    (option) => `Cannot export the model with ${option("form", form)}: it belongs to ${option("to", "onnx")}`,
  );
}
