/**
 * `.h5` of Keras 2 and 3: configuration and names of arrays are attributes.
 *
 * @module
 */
import { Hdf5File } from "../../../files/hdf5.ts";
import { parseObject } from "../members.ts";
import type { ImportFile, PlainModel } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { modelOf } from "./model.ts";
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
    weights: () => ({ name }) => {
      const group = `${WEIGHTS}/${name}`;
      return (file.texts(group, "weight_names") ?? []).map((path) => arrayIn(file, `${group}/${path}`));
    },
  });
}
