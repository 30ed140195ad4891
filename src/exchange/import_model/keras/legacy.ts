/**
 * `.h5` of Keras 2 and 3: configuration and names of arrays are attributes.
 *
 * @module
 */
import { Hdf5File } from "../../../files/hdf5.ts";
import { parseObject } from "../members.ts";
import type { ImportFile, PlainModel } from "../plain.ts";
import { unfit } from "../unfit.ts";
import type { KerasLayer } from "./chain.ts";
import { modelOf } from "./model.ts";
import { forwardFirst, sharedOut } from "./owners.ts";
import { arrayIn } from "./weights.ts";

/** The group of a model's weights. */
const WEIGHTS = "model_weights";

/**
 * Reads an `.h5` file.
 *
 * @param files The file.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 */
export async function readLegacy(files: readonly ImportFile[]): Promise<PlainModel> {
  const { bytes } = files[0]!;
  const file = new Hdf5File(bytes);
  const config = file.text("/", "model_config");
  if (config === undefined) {
    throw unfit("its file has weights without a configuration: save the whole model with model.save()");
  }
  await file.unpack(WEIGHTS);
  return modelOf({
    framework: "keras",
    version: file.text("/", "keras_version"),
    config: parseObject(config, "its model_config"),
    weights: (layers) => {
      const paths = pathsOf(file, layers);
      return (layer) => (paths.get(layer) ?? []).map((path) => arrayIn(file, path));
    },
  });
}

/** The paths of each layer's arrays. A model within the model has those of all its layers. */
function pathsOf(file: Hdf5File, layers: readonly KerasLayer[]): Map<KerasLayer, string[]> {
  const paths = new Map<KerasLayer, string[]>();
  const groups = Map.groupBy(layers, ({ models: [model], name }) => model ?? name);
  for (const [name, inner] of groups) {
    const [layer] = inner as [KerasLayer];
    const group = `${WEIGHTS}/${name}`;
    const all = file.texts(group, "weight_names") ?? [];
    const owned = layer.models.length === 0 ? [[layer, all] as const] : sharedOut(all, inner);
    for (const [one, own] of owned) {
      paths.set(one, forwardFirst(own, one).map((path) => `${group}/${path}`));
    }
  }
  return paths;
}
