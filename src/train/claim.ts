/**
 * Who trains a parameter: one training at a time, as two would mix their gradients and carried states.
 *
 * @module
 */
import { DeviceError } from "../device/device.ts";
import type { Parameter } from "../tensors/parameters.ts";

/** The parameters of all trainings that have begun and not ended. */
const CLAIMED = new WeakSet<Parameter>();

/**
 * Claims parameters for a training, until the claim is disposed.
 *
 * @param parameters The parameters of a model.
 * @throws {DeviceError} If another training has one of them.
 */
export function claim(parameters: readonly Parameter[]): Disposable {
  if (parameters.some((parameter) => CLAIMED.has(parameter))) {
    throw new DeviceError(
      "Cannot train the model as another training of its parameters has begun: let that one end or call its return(), or train a second model",
    );
  }
  for (const parameter of parameters) CLAIMED.add(parameter);
  return {
    [Symbol.dispose]: (): void => {
      for (const parameter of parameters) CLAIMED.delete(parameter);
    },
  };
}
