/**
 * A model as Keras 3's `.keras`: a zip of metadata.json, config.json and model.weights.h5.
 *
 * @module
 */
import { encodeHdf5 } from "../../../files/hdf5_writer.ts";
import { storedZip } from "../../../files/stored_zip.ts";
import type { HostTensor } from "../../../tensors/module.ts";
import { VERSION } from "../../../version.ts";
import { groupsOf, placed } from "../../import_model/keras/places.ts";
import { VOCABULARY_KEY } from "../../import_model/plain.ts";
import { sizesOf } from "../../import_model/sizes.ts";
import type { Outgoing } from "../outgoing.ts";
import { kerasLayers } from "./layers.ts";
import { serialized, type WrittenLayer } from "./written.ts";

/** The Keras whose words these are, and which has opened such files. */
const KERAS_VERSION = "3.15.1";

/**
 * Writes a model: a Sequential of sequences (B, T, ·) whose states are zero, with logits where the model has logits. Others
 * may have their turn meanwhile.
 *
 * @param model The model.
 * @returns The file's bytes.
 * @throws {RangeError} If the file would have 4 GiB or more.
 */
export function* encodeKeras(
  { layers, vocabulary }: Outgoing,
): Generator<void, Uint8Array<ArrayBuffer>, void> {
  const written: WrittenLayer[] = [];
  for (const layer of layers) {
    written.push(...kerasLayers(layer));
    yield;
  }
  const [first] = layers;
  const isIds = first!.kind === "embedding" || first!.kind === "one_hot";
  const { reads } = layers.map(sizesOf).find((sizes) => sizes !== undefined)!;
  const input = {
    className: "InputLayer",
    config: {
      name: "inputs",
      batch_shape: [null, null, ...isIds ? [] : [reads]],
      dtype: isIds ? "int32" : "float32",
    },
  };
  const config = {
    module: "keras",
    class_name: "Sequential",
    config: {
      name: "refrain",
      layers: [input, ...written].map(serialized),
    },
    registered_name: null,
  };
  const metadata = {
    keras_version: KERAS_VERSION,
    writer: `refrain ${VERSION}`,
    ...vocabulary ? { [VOCABULARY_KEY]: vocabulary } : {},
  };
  const bytesOf = (json: object): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
  const weights = encodeHdf5(weightsOf(written));
  yield;
  return yield* storedZip({
    "metadata.json": bytesOf(metadata),
    "config.json": bytesOf(config),
    "model.weights.h5": weights,
  });
}

/** Arrays by their places. */
function weightsOf(layers: readonly WrittenLayer[]): Record<string, HostTensor> {
  const arrays: Record<string, HostTensor> = {};
  for (const layer of placed(layers, "")) {
    const groups = groupsOf(layer);
    const each = layer.arrays.length / groups.length;
    layer.arrays.forEach((array, index) => {
      arrays[`${groups[Math.floor(index / each)]}/${index % each}`] = array;
    });
  }
  return arrays;
}
