/**
 * The layers of a Sequential, as far as they are refrain's own.
 *
 * @module
 */
import { gelu } from "../../layers/activations.ts";
import { Dense } from "../../layers/dense.ts";
import { Dropout } from "../../layers/dropout.ts";
import { Embedding } from "../../layers/embedding.ts";
import type { Recurrent } from "../../layers/recurrent.ts";
import { Sequential, type SequentialPart } from "../../layers/sequential.ts";
import { layerConfigOf } from "../../model/config.ts";
import { Module, type StateDict } from "../../tensors/module.ts";
import { FUNCTIONS } from "../import_model/functions.ts";
import { tokensOf } from "../import_model/one_hot_rows.ts";
import { Outputs } from "../import_model/outputs.ts";
import type { PlainActivation, PlainLayer } from "../import_model/plain.ts";
import { named, type Outgoing, recurrentLayers } from "./outgoing.ts";
import { unfit } from "./unfit.ts";

/**
 * Reads a Sequential.
 *
 * @param model The model.
 * @param weights Its weights under its names.
 * @returns The model as it goes out, which keeps no state.
 * @throws {TypeError} If a part is no layer that is written, none is recurrent, or those that are differ in their axes.
 */
export function sequentialModel(model: Sequential, weights: StateDict): Outgoing {
  const orders = new Set(recurrentIn(model).map(({ options }) => options.batchFirst));
  const [batchFirst] = orders;
  if (batchFirst === undefined) throw unfit("it has no recurrent layer that importModel() has made");
  if (orders.size > 1) throw unfit("its layers read batches in different orders of axes");
  return { layers: named(layersOf(model, weights, "")), batchFirst, hasStates: false, vocabulary: undefined };
}

/**
 * The recurrent layers of a Sequential.
 *
 * @param model The model.
 */
export function recurrentIn({ parts }: Sequential): Recurrent[] {
  return parts.flatMap((part) =>
    part instanceof Outputs ? [part.layer] : part instanceof Sequential ? recurrentIn(part) : []
  );
}

function layersOf({ parts }: Sequential, weights: StateDict, prefix: string): PlainLayer[] {
  return parts.flatMap((part, index) => partOf(part, weights, `${prefix}${index}.`));
}

function partOf(part: SequentialPart, weights: StateDict, prefix: string): PlainLayer[] {
  const array = (name: string): StateDict => {
    const tensor = weights[prefix + name];
    return tensor ? { [name]: tensor } : {};
  };
  if (part instanceof Sequential) return layersOf(part, weights, prefix);
  if (part instanceof Dropout) return [];
  const tokens = tokensOf(part);
  if (tokens !== undefined) return [{ kind: "one_hot", name: "", size: tokens }];
  if (part instanceof Embedding) return [{ kind: "embedding", name: "", arrays: array("weight") }];
  if (part instanceof Dense) {
    return [{ kind: "dense", name: "", arrays: { ...array("weight"), ...array("bias") } }];
  }
  if (part instanceof Outputs) {
    const { layer, last } = part;
    const layers = recurrentLayers(layer.kind, layerConfigOf(layer), weights, prefix);
    return layers.map((one, index) => ({
      ...one,
      outputs: last && index === layers.length - 1 ? "last" : "all",
    }));
  }
  const [name] = Object.entries({ ...FUNCTIONS, gelu_: gelu }).find(([, known]) => known === part) ?? [];
  if (name !== undefined) {
    const which = name.replace(/_$/, "") as PlainActivation["function"];
    return [{ kind: "activation", name: "", function: which }];
  }
  const what = part instanceof Module ? part.describe() : (part as { name?: string }).name || "a function";
  throw unfit(`its part ${prefix.slice(0, -1)} is ${what}, which is not among what is written`);
}
