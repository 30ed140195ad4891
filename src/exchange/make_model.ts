/**
 * A model on a device, from its configuration and weights.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { undrawn } from "../layers/initial.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { ModelConfig } from "../model/config.ts";
import { modelMaking } from "../model/demand.ts";
import { RNNModel } from "../model.ts";
import type { Int8Weights } from "../tensors/int8.ts";
import type { StateDict } from "../tensors/module.ts";
import { checkRoom } from "../tensors/room.ts";

/**
 * Makes a model.
 *
 * @param device The device on which it shall compute.
 * @param config What it is made of.
 * @param tensors Its weights under refrain's names.
 * @param int8 What some of them stand for.
 * @returns The model.
 * @throws {TypeError} If weights and configuration do not belong together.
 * @throws {DeviceError} If the device has no room for it.
 */
export function makeModel(
  device: Device,
  config: ModelConfig,
  tensors: StateDict,
  int8: Int8Weights = {},
): RNNModel {
  checkRoom(device, () => "load the model", [modelMaking(config)]);
  return device.scope(() => { // where memory runs out nothing is left
    const made = undrawn(() => {
      const layer = makeLayer(device, config.kind, { ...config.layer, seed: 0 });
      return new RNNModel(layer, config.vocabularySize, { ...config.model, seed: 0 });
    });
    made.loadStateDict(tensors);
    made.keepInt8(int8);
    return made;
  });
}
