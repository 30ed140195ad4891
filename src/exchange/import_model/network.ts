/**
 * A plain model as layers one behind the other, whatever they read and give.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { Dense } from "../../layers/dense.ts";
import { Embedding } from "../../layers/embedding.ts";
import { undrawn } from "../../layers/initial.ts";
import { makeLayer } from "../../layers/make_layer.ts";
import { Sequential, type SequentialPart } from "../../layers/sequential.ts";
import { quote } from "../../messages/quote.ts";
import type { StateDict } from "../../tensors/module.ts";
import { FUNCTIONS } from "./functions.ts";
import { oneHotRows } from "./one_hot_rows.ts";
import { Outputs } from "./outputs.ts";
import type { PlainLayer, PlainModel } from "./plain.ts";
import { sizesOf } from "./sizes.ts";
import { unfit } from "./unfit.ts";

/**
 * Makes the layers.
 *
 * @param model The plain model.
 * @param device The device on which they shall compute.
 * @returns The layers, and what who uses them should know, a sentence each.
 * @throws {TypeError} If refrain has no such layer.
 * @throws {DeviceError} If the device has no room for them.
 */
export function networkOf(
  { layers, batchFirst }: PlainModel,
  device: Device,
): { network: Sequential; notes: string[] } {
  const last = layers.at(-1);
  const softmax = last?.kind === "activation" && last.function === "softmax";
  const kept = softmax ? layers.slice(0, -1) : layers;
  const inner = kept.find((layer) => layer.kind === "activation" && layer.function === "softmax");
  if (inner) throw unfit(`${quote(inner.name)} is a softmax between layers, which refrain does not have`);
  if (kept.length === 0) throw unfit("it has no layers with weights");
  const network = device.scope(() => {
    const made = undrawn(() =>
      new Sequential(device, kept.map((layer) => partOf(layer, device, batchFirst)))
    );
    const dict: StateDict = Object.create(null);
    kept.forEach((layer, index) => {
      if (!("arrays" in layer)) return;
      for (const [name, { shape, data }] of Object.entries(layer.arrays)) {
        dict[`${index}.${name}`] = { shape, data };
      }
    });
    made.loadStateDict(dict);
    return made;
  });
  return { network, notes: softmax ? ["its softmax is left out: outputs are logits"] : [] };
}

function partOf(layer: PlainLayer, device: Device, batchFirst: boolean): SequentialPart {
  const { reads = 0, gives = 0 } = sizesOf(layer) ?? {};
  switch (layer.kind) {
    case "embedding":
      return new Embedding(device, { vocabularySize: reads, embeddingSize: gives, seed: 0 });
    case "one_hot":
      return oneHotRows(reads);
    case "dense":
      return new Dense(device, {
        inputSize: reads,
        outputSize: gives,
        bias: "bias" in layer.arrays,
        seed: 0,
      });
    case "activation":
      return FUNCTIONS[layer.function as keyof typeof FUNCTIONS];
    case "recurrent": {
      const { cell, hiddenSize, bias, bidirectional, outputs } = layer;
      const { nonlinearity, resetAfter, gateActivation } = layer;
      const options = { inputSize: reads, hiddenSize, bias, bidirectional, batchFirst, seed: 0 };
      const made = makeLayer(device, cell, { ...options, nonlinearity, resetAfter, gateActivation });
      return new Outputs(made, outputs === "last");
    }
  }
}
