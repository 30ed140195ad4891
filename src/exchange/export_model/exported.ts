/**
 * The file of a model: what exportModel() gives, and what the command line writes.
 *
 * @module
 */
import type { Vocabulary } from "../../data/vocabulary.ts";
import { Recurrent } from "../../layers/recurrent.ts";
import { Sequential } from "../../layers/sequential.ts";
import { errorNaming } from "../../messages/naming.ts";
import { refuseUnknown } from "../../messages/options.ts";
import { quote } from "../../messages/quote.ts";
import { typeName } from "../../messages/type_name.ts";
import { configOf, layerConfigOf, type ModelConfig } from "../../model/config.ts";
import { RNNModel } from "../../model.ts";
import type { StateDict } from "../../tensors/module.ts";
import { inTurns } from "../../turn.ts";
import { checkVocabulary, notFinite } from "../read_model.ts";
import { encodeKeras } from "./keras/keras.ts";
import { encodeOnnx, type OnnxForm } from "./onnx/onnx.ts";
import { type ExportFormat, type ExportOptions, FORMATS, FORMS } from "./options.ts";
import { languageModel, named, type Outgoing, recurrentLayers } from "./outgoing.ts";
import { encodeStateDict } from "./safetensors.ts";
import { recurrentIn, sequentialModel } from "./sequential.ts";

/** What a model becomes. */
export interface Target {
  readonly to: ExportFormat;
  readonly form: OnnxForm;
  readonly vocabulary: Vocabulary | undefined;
  /** What may end it early. */
  readonly signal?: AbortSignal | undefined;
}

/** exportModel(). */
export async function exported(
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

async function encoded(model: Outgoing, { to, form, signal }: Target): Promise<Uint8Array<ArrayBuffer>> {
  return await inTurns(to === "onnx" ? encodeOnnx(model, form) : encodeKeras(model), signal);
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
