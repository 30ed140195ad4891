/**
 * Parameters of any modules as one module, numbered, so that their weights are read and written as a model's are.
 *
 * @module
 */
import { Module } from "../../tensors/module.ts";
import type { Parameter } from "../../tensors/parameters.ts";

/** A list of parameters that belong to others. */
export class ParameterList extends Module {
  /**
   * Names them "0", "1", and so on.
   *
   * @param parameters One at least, all of one device.
   */
  constructor(parameters: readonly Parameter[]) {
    super(parameters[0]!.device);
    parameters.forEach((parameter, index) => this.share(String(index), parameter));
  }
}
